import { expect, test } from '@playwright/test'
import { openFreeTab } from './free-tab.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
test.beforeAll(async () => {
  stage = await openStage({ throttles: true })
})
test.afterAll(() => stage.close())

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test('a tab that nobody looks at trains and merges on; a frozen one goes on where it was', async () => {
  const room = 'inspect=1&start=1&samples=1000&backend=wasm&key=away'
  const away = await openFreeTab(stage.browser, `${stage.url}/#/room/mnist?${room}&classes=0-4&seed=1`)
  const other = await stage.open({
    key: 'away',
    classes: '5-9',
    samples: 1000,
    seed: 2,
    backend: 'wasm',
    start: true,
  })
  await away.until('a merge', ({ merges }) => merges > 2)
  expect(await away.visibility()).toBe('visible')

  await away.hide()
  expect(await away.visibility()).toBe('hidden')
  const hidden = await away.snapshot()
  await away.until('merges in a hidden tab', ({ merges }) => merges > hidden.merges + 2)
  const seen = await away.until('steps in a hidden tab', ({ steps }) => steps > hidden.steps + 500)
  expect(seen.status).toBe('training')

  await away.freeze()
  const frozen = await away.snapshot()
  const meanwhile = await other.snapshot()
  await pass(8_000)
  expect((await away.snapshot()).steps).toBe(frozen.steps)
  await other.until('steps of the other tab', ({ steps }) => steps > meanwhile.steps + 500)

  await away.thaw()
  const { merges } = await away.until('steps after the thaw', ({ steps }) => steps > frozen.steps + 100)
  await away.until('merges after the thaw', (snapshot) => snapshot.merges > merges)
  const reached = frozen.served?.accuracy ?? 0
  await away.until('what it knew before', ({ served }) => (served?.accuracy ?? 0) >= reached)
  await away.close()
  await other.close()
})
