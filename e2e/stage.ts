import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Signaling, startSignaling } from '@gossamer/signaling'
import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { type Browser, chromium } from 'playwright-core'
import { openTab, type RoomSettings, type Tab } from './tab.ts'

/** A served app, a headless browser, and tabs in one room. */
export interface Stage {
  readonly url: string
  readonly browser: Browser
  /** Opens a tab in a browser profile of its own, straight in the room. */
  open(settings: RoomSettings): Promise<Tab>
  /** Ends the server without a word to anyone. */
  stopServer(): Promise<void>
  /** Starts it again on the same port. */
  startServer(): Promise<void>
  close(): Promise<void>
}

const staticDirectory = fileURLToPath(new URL('apps/web/dist', rootOf(import.meta.url)))

/** The repository's root, from this file or from its compiled twin in dist/. */
function rootOf(url: string): URL {
  const parent = new URL('..', url)
  return existsSync(new URL('package-lock.json', parent)) ? parent : new URL('..', parent)
}

export interface StageOptions {
  /** Whether hidden tabs are slowed down, as everywhere but in Playwright; left out, they are not. */
  readonly throttles?: boolean
}

/** Playwright's arguments that keep hidden tabs awake. */
const wakeful = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

/** Starts the built app on a free port, signaling included, and a headless Chromium. */
export async function openStage({ throttles = false }: StageOptions = {}): Promise<Stage> {
  if (!existsSync(staticDirectory)) throw new Error('The web app is not built: run "npm run build" first.')
  const serve = (port: number): Promise<Signaling> =>
    startSignaling({
      port,
      staticDirectory,
      limits: { connectionsPerAddress: 500, joinsPerAddress: { burst: 500, perSecond: 500 } },
    })
  let server = await serve(0)
  const { port, url } = server
  const browser = await chromium.launch({
    executablePath: requireChromium(),
    args: chromiumFlags,
    ...(throttles ? { ignoreDefaultArgs: wakeful } : {}),
  })
  return {
    url,
    browser,
    open: (settings) => openTab(browser, url, settings),
    stopServer: () => server.close(),
    startServer: async () => {
      server = await serve(port)
    },
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}
