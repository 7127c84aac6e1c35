import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
test.beforeAll(async () => {
  stage = await openStage()
})
test.afterAll(() => stage.close())

test('the page is never blocked for more than 100 ms while tabs train and gossip', async () => {
  const room = { key: 'smooth', samples: 1000, backend: 'wasm' }
  const tab = await stage.open({ ...room, classes: '0-4' })
  await stage.open({ ...room, classes: '5-9', start: true })
  await tab.page.evaluate(() => {
    const longest = { ms: 0 }
    Object.assign(globalThis, { longest })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.ms = Math.max(longest.ms, duration)
    }).observe({ type: 'longtask' })
  })
  await tab.start()
  await tab.until('30 merges', ({ merges }) => merges >= 30, 120_000)
  const longestMs = await tab.page.evaluate(
    () => (globalThis as unknown as { longest: { ms: number } }).longest.ms,
  )
  expect(longestMs).toBeLessThanOrEqual(100)
})

test('Home and Room have no accessibility violations and fit a phone', async () => {
  const context = await stage.browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await page.goto(stage.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  await page.getByRole('button', { name: /start/i }).first().click()
  await expect(page).toHaveURL(/#\/room\/mnist\?.*key=/)
  await expect(page.getByText(/training/i).first()).toBeVisible({ timeout: 60_000 })
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBeLessThanOrEqual(0)
  await context.close()
})

test('training that runs away stops, says so, and goes on at a lower rate at the press of a button', async () => {
  const tab = await stage.open({ key: 'steep', classes: '0-4', samples: 500, backend: 'wasm', start: true })
  const before = await tab.until('some training', ({ steps }) => steps > 200)
  await tab.page.evaluate(() => window.gossamer?.session.setLearningRate(100))
  const problem = tab.page.getByRole('region', { name: 'Good to know' }).getByText('The loss ran away')
  for (const rate of [33, 11]) {
    await tab.until(
      'a stop',
      ({ status, problems }) => status === 'paused' && problems[0]?.learningRate === rate,
    )
    await expect(problem).toBeVisible()
    // Back at weights from before: nothing is lost, and the page shows it.
    expect((await tab.evaluate('own')).accuracy).toBeGreaterThan(0.3)
    await tab.until('what the weights are worth', ({ own }) => (own.accuracy ?? 0) > 0.3)
    await tab.page.getByRole('button', { name: `Go on at a rate of ${rate}` }).click()
  }
  const after = await tab.until('training', ({ status, steps }) => status === 'training' && steps > 2_000)
  expect(after.problems).toEqual([])
  expect(after.steps).toBeGreaterThan(before.steps)
  await expect(problem).toBeHidden()
  await tab.close()
})

test.describe('what cannot be used has a sentence and a way on', () => {
  const faults = [
    { name: 'an unknown task', fragment: '#/room/cats?key=a', sentence: /cats/ },
    { name: 'classes that do not exist', fragment: '#/room/mnist?key=a&classes=7-12', sentence: /7-12|12/ },
    { name: 'an unknown backend', fragment: '#/room/mnist?key=a&backend=abacus', sentence: /abacus/ },
  ]
  for (const { name, fragment, sentence } of faults)
    test(name, async () => {
      const page = await stage.browser.newPage()
      await page.goto(`${stage.url}/${fragment}`)
      await expect(page.getByText(sentence).first()).toBeVisible()
      await expect(page.getByRole('link').or(page.getByRole('button')).first()).toBeVisible()
      await page.close()
    })
})

test('without WebRTC or signaling a tab trains alone and says so', async () => {
  const context = await stage.browser.newContext()
  await context.addInitScript(() => {
    for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection'])
      Reflect.deleteProperty(globalThis, name)
  })
  const page = await context.newPage()
  await page.goto(
    `${stage.url}/#/room/mnist?inspect=1&start=1&samples=500&classes=0-9&backend=wasm&key=alone&signaling=${encodeURIComponent('ws://localhost:9')}`,
  )
  await page.waitForFunction(() => 'gossamer' in globalThis, undefined, { timeout: 60_000 })
  await expect
    .poll(() => page.evaluate(() => window.gossamer?.session.getSnapshot().steps ?? 0), { timeout: 60_000 })
    .toBeGreaterThan(50)
  const codes = await page.evaluate(() =>
    window.gossamer?.session.getSnapshot().problems.map(({ code }) => code),
  )
  expect(codes).toContain('no-webrtc')
  expect(codes).toContain('no-signaling')
  await expect(page.getByText(/webrtc/i).first()).toBeVisible()
  await context.close()
})

test('a peer’s name is text, whatever it holds', async () => {
  const room = { key: 'names', samples: 500, backend: 'wasm', start: true, classes: '0-4' }
  const tab = await stage.open(room)
  const context = await stage.browser.newContext()
  const hostile = await context.newPage()
  const name = '<img src=x onerror=alert(1)>'
  await hostile.goto(
    `${stage.url}/#/room/mnist?start=1&samples=500&classes=5-9&backend=wasm&key=names&name=${encodeURIComponent(name)}`,
  )
  const { peers } = await tab.until('a named peer', (snapshot) => (snapshot.peers[0]?.name ?? '') !== '')
  expect(peers[0]?.name).toBe(name)
  await expect(tab.page.getByText(name).first()).toBeVisible()
  expect(await tab.page.locator('img[src="x"]').count()).toBe(0)
  await context.close()
})
