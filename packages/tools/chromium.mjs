import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { chromium } from 'playwright-core'

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

const runs = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of a Chromium that can be started here: CHROMIUM_PATH, the system's, Playwright's own; or undefined. */
export function findChromium() {
  return [process.env.CHROMIUM_PATH, ...systemPaths, chromium.executablePath()].find(
    (path) => path !== undefined && path !== '' && runs(path),
  )
}

/** Finds a Chromium or installs one: Playwright's own download first, then Debian's package where this is root. */
export function requireChromium() {
  const found = findChromium()
  if (found !== undefined) return found
  const attempts = [
    ['npx', ['--yes', 'playwright-core', 'install', 'chromium']],
    ['sh', ['-c', 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium']],
  ]
  for (const [command, args] of attempts) {
    console.error(`No Chromium found; trying: ${command} ${args.join(' ')}`)
    try {
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'], timeout: 300_000 })
    } catch {
      continue
    }
    const installed = findChromium()
    if (installed !== undefined) return installed
  }
  throw new Error(
    'No Chromium could be found or installed. Install Chromium or Chrome and set CHROMIUM_PATH to its executable.',
  )
}

/** What a headless Chromium needs to train on WebGPU and to connect tabs over loopback, also as root. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--allow-loopback-in-peer-connection',
]
