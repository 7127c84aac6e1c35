import type { Evaluation, Snapshot } from '@gossamer/core'
import type { Which } from '@gossamer/core/browser'
import type { Browser, Page } from 'playwright-core'

/** What the URL fragment of a room says; see routes in the web app. */
export interface RoomSettings {
  readonly task?: string
  readonly key: string
  readonly classes?: string
  readonly samples?: number
  readonly seed?: number
  readonly backend?: string
  readonly threads?: number
  readonly start?: boolean
}

/** One tab in a room. */
export interface Tab {
  readonly page: Page
  readonly url: string
  snapshot(): Promise<Snapshot>
  /** Waits until the tab's snapshot satisfies `condition`; fails with the last snapshot after `timeoutMs`. */
  until(what: string, condition: (snapshot: Snapshot) => boolean, timeoutMs?: number): Promise<Snapshot>
  /** On the whole real test set. */
  evaluate(which: Which): Promise<Evaluation>
  start(): Promise<void>
  pause(): Promise<void>
  close(): Promise<void>
}

export async function openTab(browser: Browser, appUrl: string, settings: RoomSettings): Promise<Tab> {
  const { task = 'mnist', start, ...rest } = settings
  const query = new URLSearchParams({ inspect: '1', ...(start === true ? { start: '1' } : {}) })
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) query.set(key, String(value))
  const url = `${appUrl}/#/room/${task}?${query}`
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => window.gossamer?.session !== undefined, undefined, {
    timeout: 90_000,
  })
  const snapshot = (): Promise<Snapshot> =>
    page.evaluate(() => {
      const { gossamer } = window
      if (gossamer === undefined) throw new Error('no session')
      return gossamer.session.getSnapshot()
    })
  return {
    page,
    url,
    snapshot,
    until: async (what, condition, timeoutMs = 60_000) => {
      const deadline = Date.now() + timeoutMs
      for (;;) {
        const last = await snapshot()
        if (condition(last)) return last
        if (Date.now() > deadline) {
          const { log, ...brief } = last
          throw new Error(
            `Not within ${timeoutMs} ms: ${what}. ${JSON.stringify(brief)} ${JSON.stringify(log.slice(-10))}`,
          )
        }
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    evaluate: (which) =>
      page.evaluate(async (model) => {
        const { gossamer } = window
        if (gossamer === undefined) throw new Error('no session')
        return gossamer.session.evaluate(gossamer.test, model)
      }, which),
    start: () => page.evaluate(() => window.gossamer?.session.start()),
    pause: () => page.evaluate(() => window.gossamer?.session.pause()),
    close: () => context.close(),
  }
}
