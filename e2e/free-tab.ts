import type { Snapshot } from '@gossamer/core'
import type { Browser } from 'playwright-core'

/** A tab that Playwright does not hold: it tells its own pages that they are seen, whatever becomes of them. */
export interface FreeTab {
  visibility(): Promise<DocumentVisibilityState>
  snapshot(): Promise<Snapshot>
  until(what: string, condition: (snapshot: Snapshot) => boolean): Promise<Snapshot>
  /** Puts another tab in front, as people do. */
  hide(): Promise<void>
  /** What browsers do to tabs that have been hidden for long: nothing of the page runs, its workers included. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  close(): Promise<void>
}

interface Answer {
  readonly id?: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
  readonly error?: { readonly message: string }
}

const patienceMs = 60_000

export async function openFreeTab(browser: Browser, url: string): Promise<FreeTab> {
  const root = await browser.newBrowserCDPSession()
  const { targetId } = await root.send('Target.createTarget', { url })
  const { sessionId } = await root.send('Target.attachToTarget', { targetId, flatten: false })
  /** Tabs to close in the end. */
  const opened = [targetId]
  const waiting = new Map<number, (answer: Answer) => void>()
  let sent = 0
  root.on('Target.receivedMessageFromTarget', (event) => {
    if (event.sessionId !== sessionId) return
    const answer: Answer = JSON.parse(event.message)
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
  })

  async function send(method: string, params: object): Promise<Answer['result']> {
    const id = ++sent
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    await root.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method, params }),
    })
    const { result, error } = await answered
    waiting.delete(id)
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }

  async function evaluate<T>(expression: string): Promise<T | undefined> {
    const result = await send('Runtime.evaluate', { expression, returnByValue: true })
    return result?.result?.value as T | undefined
  }

  /** Undefined where there is no session yet, nor even a page: an isolated one takes the place of the empty one. */
  async function peek(): Promise<Snapshot | undefined> {
    try {
      return await evaluate('window.gossamer?.session?.getSnapshot()')
    } catch (error) {
      if (String(error).includes('execution context')) return undefined
      throw error
    }
  }

  async function until(what: string, condition: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const last = await peek()
      if (last !== undefined && condition(last)) return last
      if (Date.now() > deadline)
        throw new Error(`Not within ${patienceMs} ms: ${what}. ${JSON.stringify(last)}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  await until('a session', () => true)
  return {
    until,
    visibility: async () =>
      (await evaluate<DocumentVisibilityState>('document.visibilityState')) ?? 'visible',
    snapshot: () => until('a snapshot', () => true),
    hide: async () => {
      opened.push((await root.send('Target.createTarget', { url: 'about:blank' })).targetId)
    },
    freeze: async () => {
      await send('Page.setWebLifecycleState', { state: 'frozen' })
    },
    thaw: async () => {
      await send('Page.setWebLifecycleState', { state: 'active' })
    },
    close: async () => {
      for (const id of opened) await root.send('Target.closeTarget', { targetId: id })
      await root.detach()
    },
  }
}
