import { expect, test } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
test.beforeAll(async () => {
  stage = await openStage()
})
test.afterAll(() => stage.close())

/** What a site sends that wants shared memory; @gossamer/core must train there, too. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

test('a cross-origin isolated page trains on wasm', async () => {
  const context = await stage.browser.newContext()
  await context.route('**/*', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), ...isolation } })
  })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  await page.goto(`${stage.url}/#/room/mnist?inspect=1&start=1&samples=500&backend=wasm&key=isolated`)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  await page.waitForFunction(() => (window.gossamer?.session.getSnapshot().steps ?? 0) > 100, undefined, {
    timeout: 60_000,
  })
  const { backend } = await page.evaluate(() => {
    const { gossamer } = window
    if (gossamer === undefined) throw new Error('no session')
    return gossamer.session.getSnapshot()
  })
  expect(backend).toMatchObject({ name: 'wasm', adapter: 'SIMD, 1 thread' })
  expect(errors).toEqual([])
  await context.close()
})
