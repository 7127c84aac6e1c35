import { expect, test } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'
import type { Tab } from './tab.ts'

let stage: Stage
test.beforeAll(async () => {
  stage = await openStage()
})
test.afterAll(() => stage.close())

/** Trains alone, and shows that the classes of others are unknown before any merge. */
async function trainAlone(tab: Tab, steps: number, unseen: readonly number[]): Promise<void> {
  await tab.until(`${steps} steps alone`, (snapshot) => snapshot.steps >= steps, 120_000)
  const { perClass } = await tab.evaluate('own')
  for (const label of unseen) expect(perClass[label]).toBeLessThan(0.005)
  expect((await tab.snapshot()).merges).toBe(0)
}

async function learnTogether(backend: string, aloneSteps: number): Promise<void> {
  const key = `learn-${backend}`
  const common = { backend, samples: 4000, start: true }
  const low = await stage.open({ ...common, key, classes: '0-4', seed: 1 })
  await trainAlone(low, aloneSteps, [5, 6, 7, 8, 9])
  const stranger = await stage.open({ ...common, key: `${key}-alone`, classes: '5-9', seed: 2 })
  await trainAlone(stranger, aloneSteps, [0, 1, 2, 3, 4])
  await stranger.close()

  const high = await stage.open({ ...common, key, classes: '5-9', seed: 2 })
  const tabs = [low, high]
  if (backend !== 'auto') for (const tab of tabs) expect((await tab.snapshot()).backend.name).toBe(backend)
  for (const tab of tabs)
    await tab.until('a served accuracy of 0.86', ({ served }) => (served?.accuracy ?? 0) >= 0.86, 200_000)
  for (const tab of tabs) {
    await expect
      .poll(async () => (await tab.evaluate('served')).accuracy, { timeout: 60_000 })
      .toBeGreaterThanOrEqual(0.85)
    const { count, perClass } = await tab.evaluate('served')
    expect(count).toBe(10_000)
    for (const accuracy of perClass) expect(accuracy).toBeGreaterThan(0.3)
  }
  for (const tab of tabs) await tab.close()
}

test('two tabs with other digits learn each other’s, on the backend that is fastest here', () =>
  learnTogether('auto', 200))

test('two tabs with other digits learn each other’s on WebGPU', () => learnTogether('webgpu', 100))
