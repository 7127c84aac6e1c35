import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
test.beforeEach(async () => {
  stage = await openStage()
})
test.afterEach(() => stage.close())

const connected = 'a connected neighbour'

test('a late tab is good within a few merges; a crashed one holds nobody up', async () => {
  const room = { key: 'late', samples: 1500, start: true, backend: 'wasm' }
  const first = await stage.open({ ...room, classes: '0-4', seed: 1 })
  const second = await stage.open({ ...room, classes: '5-9', seed: 2 })
  for (const tab of [first, second])
    await tab.until('a served accuracy of 0.85', ({ served }) => (served?.accuracy ?? 0) >= 0.85, 150_000)

  const late = await stage.open({ ...room, classes: '0-1', seed: 3 })
  const joined = await late.until(
    'a late tab above 0.8',
    ({ served }) => (served?.accuracy ?? 0) > 0.8,
    60_000,
  )
  expect(joined.merges).toBeLessThanOrEqual(40)

  const { peerId } = await second.snapshot()
  const cdp = await second.page.context().newCDPSession(second.page)
  cdp.send('Page.crash').catch(() => {})
  const before = await first.snapshot()
  const after = await first.until(
    'the crashed tab gone and merging going on',
    ({ peers, merges, steps }) =>
      !peers.some(({ id }) => id === peerId) && merges >= before.merges + 5 && steps > before.steps,
  )
  expect(after.peers.map(({ id }) => id)).toContain((await late.snapshot()).peerId)
})

test('merging outlives the signaling server, and a new tab joins after its return', async () => {
  const room = { key: 'outage', samples: 1000, start: true, backend: 'wasm' }
  const first = await stage.open({ ...room, classes: '0-4' })
  const second = await stage.open({ ...room, classes: '5-9' })
  await first.until('a merge', ({ merges }) => merges > 0)

  await stage.stopServer()
  const cut = await first.until('the outage noticed', ({ signaling }) => signaling === 'retrying')
  await first.until('merging without a server', ({ merges }) => merges >= cut.merges + 5)
  expect((await second.snapshot()).status).toBe('training')
  await expect(first.page.getByText(/introducing server/i).first()).toBeVisible()

  await stage.startServer()
  for (const tab of [first, second])
    await tab.until('signaling again', ({ signaling }) => signaling === 'connected', 30_000)
  const newcomer = await stage.open({ ...room, classes: '2-6' })
  await newcomer.until('merges of the newcomer', ({ merges, peers }) => merges > 0 && peers.length === 2)
})

test('a tab that closes is missed at once; one that reloads goes on from where it was', async () => {
  const room = { key: 'reload', samples: 1000, start: true, backend: 'wasm' }
  const first = await stage.open({ ...room, classes: '0-4' })
  const second = await stage.open({ ...room, classes: '5-9' })
  await second.until(connected, ({ peers, merges }) => peers[0]?.state === 'connected' && merges > 2)
  await first.pause()
  const { steps } = await first.until('a pause', ({ status }) => status === 'paused')
  await first.page.waitForTimeout(500)
  await first.page.reload()
  await first.page.waitForFunction(() => 'gossamer' in globalThis)
  const resumed = await first.snapshot()
  expect(resumed.steps).toBeGreaterThanOrEqual(steps)
  expect(resumed.merges).toBeGreaterThan(0)

  await second.until('the reloaded tab back', ({ peers }) => peers.length === 1)
  await first.page.close({ runBeforeUnload: false })
  await second.until('the closed tab gone', ({ peers }) => peers.length === 0, 5_000)
})

test('settling leaves all tabs with nearly the same model, no worse than any had before', async () => {
  const room = { key: 'settle', samples: 1000, start: true, backend: 'wasm' }
  const tabs = await Promise.all(['0-4', '5-9'].map((classes) => stage.open({ ...room, classes })))
  for (const tab of tabs) await tab.until('20 merges', ({ merges }) => merges >= 20)
  const served = (): Promise<number[]> =>
    Promise.all(tabs.map(async (tab) => (await tab.evaluate('served')).accuracy))
  const before = await served()
  await Promise.all(tabs.map((tab) => tab.page.evaluate(() => window.gossamer?.session.settle())))
  const after = await served()
  expect(Math.max(...after) - Math.min(...after)).toBeLessThan(0.02)
  expect(Math.min(...after)).toBeGreaterThan(Math.max(...before) - 0.02)
  for (const tab of tabs) expect((await tab.snapshot()).status).toBe('paused')
})

test('a room with a rule of its own is opened from the start page, and its link brings others into it', async () => {
  const context = await stage.browser.newContext()
  const host = await context.newPage()
  await host.goto(stage.url)
  await host.getByText('How this room exchanges').click()
  await host.getByRole('radio', { name: /few bytes/i }).check()
  await host.getByText('Every number', { exact: true }).click()
  await expect(host.getByRole('spinbutton', { name: 'Neighbours' })).toHaveValue('2')

  await host.getByRole('spinbutton', { name: 'Mixing' }).fill('2')
  await host.getByRole('button', { name: /open the room/i }).click()
  await expect(host.getByText('2 is not a number from 0 to 1 (share).')).toBeVisible()
  await expect(host.getByRole('spinbutton', { name: 'Mixing' })).toBeFocused()
  expect((await new AxeBuilder({ page: host }).analyze()).violations).toEqual([])
  await host.getByRole('radio', { name: /few bytes/i }).check()
  await host.getByLabel('Training examples').selectOption('500')
  await host.getByRole('button', { name: /open the room/i }).click()

  const rule = /“Few bytes”: swap, sign, every 60 steps, up to 2 neighbours/
  await expect(host.getByText(rule)).toBeVisible({ timeout: 60_000 })
  await host.getByRole('button', { name: 'Invite' }).first().click()
  const link = await host.getByLabel('Link to this room').inputValue()
  const guest = await stage.browser.newPage()
  await guest.goto(`${link}&backend=wasm&inspect=1`)
  await expect(guest.getByText(rule)).toBeVisible({ timeout: 60_000 })
  const snapshot = () => guest.evaluate(() => window.gossamer?.session.getSnapshot())
  await expect.poll(async () => (await snapshot())?.merges, { timeout: 120_000 }).toBeGreaterThan(0)
  expect((await snapshot())?.everySteps).toBe(60)
})
