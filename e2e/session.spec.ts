import { expect, test } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
test.beforeAll(async () => {
  stage = await openStage()
})
test.afterAll(() => stage.close())

test('a session predicts, evaluates, exports and reports as its types say', async () => {
  const tab = await stage.open({
    key: 'session',
    classes: '0-9',
    samples: 1000,
    seed: 1,
    backend: 'cpu',
    start: true,
  })
  await tab.until('some training', ({ steps }) => steps > 100)
  await tab.pause()
  const paused = await tab.until('a pause', ({ status }) => status === 'paused')
  expect(paused.backend.name).toBe('cpu')
  expect(paused.ownClassCounts).toEqual(new Array(10).fill(100))

  const seen = await tab.page.evaluate(async () => {
    const { gossamer } = window
    if (gossamer === undefined) throw new Error('no session')
    const { session, test: examples } = gossamer
    const ten = {
      ...examples,
      inputs: examples.inputs.subarray(0, 7840),
      labels: examples.labels.subarray(0, 10),
    }
    const probabilities = await session.predict(ten.inputs)
    const evaluation = await session.evaluate(ten)
    const model = await session.exportModel()
    const refusal = await session
      .evaluate({ ...ten, labels: Uint8Array.of(10) })
      .then(() => '')
      .catch((error: Error) => error.message)
    const first = session.getSnapshot()
    return {
      probabilities: [...probabilities],
      evaluation,
      format: model.format,
      weightBytes: model.weightData.byteLength,
      tensors: model.weightSpecs.map(({ shape }) => shape),
      refusal,
      isStable: session.getSnapshot() === first,
      link: session.link,
    }
  })
  expect(seen.probabilities).toHaveLength(100)
  for (let row = 0; row < 10; row++) {
    const sum = seen.probabilities.slice(10 * row, 10 * row + 10).reduce((total, p) => total + p, 0)
    expect(sum).toBeCloseTo(1, 4)
  }
  expect(seen.evaluation.count).toBe(10)
  expect(seen.format).toBe('layers-model')
  expect(seen.weightBytes).toBe(4 * 50_890)
  expect(seen.tensors).toEqual([[784, 64], [64], [64, 10], [10]])
  expect(seen.refusal).toMatch(/examples/)
  expect(seen.isStable).toBe(true)
  expect(seen.link).toMatch(/#\/room\/mnist\?.*key=session/)
})

test('a link opens the same room elsewhere', async () => {
  const room = { key: 'by-link', samples: 500, backend: 'wasm', start: true }
  const host = await stage.open({ ...room, classes: '0-4' })
  const link = await host.page.evaluate(() => window.gossamer?.session.link ?? '')
  const guest = await stage.browser.newPage()
  await guest.goto(`${link}&start=1&samples=500&classes=5-9&backend=wasm`)
  await host.until('the guest', ({ peers, merges }) => peers.length === 1 && merges > 0)
  await guest.close()
})
