import { expect, test } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'
import type { Tab } from './tab.ts'

let stage: Stage
test.beforeEach(async () => {
  stage = await openStage()
})
test.afterEach(() => stage.close())

const room = { task: 'mnist-cnn', key: 'threads', samples: 500, backend: 'wasm', start: true }

const pageErrors = (tab: Tab): string[] => {
  const errors: string[] = []
  tab.page.on('pageerror', ({ message }) => errors.push(message))
  return errors
}

test('threads share the steps of a tab, which learns and merges as others do', async () => {
  const shared = await stage.open({ ...room, classes: '0-4', threads: 2 })
  const errors = pageErrors(shared)
  expect(await shared.page.evaluate(() => crossOriginIsolated)).toBe(true)
  const { backend } = await shared.snapshot()
  // Two were tried: which was faster depends on what else the machine does.
  expect(backend.why).toMatch(/wasm: \d.* ms a step/)
  expect(backend.why).toMatch(/wasm \(2 threads\): \d.* ms a step/)

  const alone = await stage.open({ ...room, classes: '5-9', threads: 1 })
  expect((await alone.snapshot()).backend).toMatchObject({ name: 'wasm', adapter: 'SIMD, 1 thread' })
  for (const tab of [shared, alone])
    await tab.until('merges and a falling loss', ({ merges, own }) => merges >= 3 && own.loss < 0.5, 90_000)
  expect(errors).toEqual([])
})

test('a page that is not isolated trains on one thread', async () => {
  const context = await stage.browser.newContext()
  await context.route('**/*', async (route) => {
    const response = await route.fetch()
    const headers = Object.fromEntries(
      Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin-')),
    )
    await route.fulfill({ response, headers })
  })
  const page = await context.newPage()
  await page.goto(`${stage.url}/#/room/mnist?inspect=1&start=1&samples=500&backend=wasm&threads=2&key=open`)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await page.waitForFunction(() => (window.gossamer?.session.getSnapshot().steps ?? 0) > 100, undefined, {
    timeout: 60_000,
  })
  const backend = await page.evaluate(() => window.gossamer?.session.getSnapshot().backend)
  expect(backend).toMatchObject({ name: 'wasm', adapter: 'SIMD, 1 thread' })
})
