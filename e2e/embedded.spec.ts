import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let site: Server | undefined
test.beforeEach(async () => {
  stage = await openStage()
})
test.afterEach(async () => {
  site?.close()
  await stage.close()
})

/** Another site, with the room in a frame: the browsers of these tests keep storage and locks from such a frame. */
async function framing(room: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const frame = `<iframe allow="cross-origin-isolated" src="${stage.url.replace('localhost', '127.0.0.1')}/${room}"></iframe>`
  site = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(frame)
  })
  const listening = site
  await new Promise<void>((resolve) => listening.listen(0, 'localhost', resolve))
  return `http://localhost:${(listening.address() as AddressInfo).port}/`
}

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

for (const [kind, headers, isIsolated] of [
  ['a site', {}, false],
  ['an isolated site', isolation, true],
] as const)
  test(`in a frame of ${kind} a tab trains and merges with others`, async () => {
    const room = { key: 'framed', samples: 500, start: true, backend: 'wasm' }
    const outside = await stage.open({ ...room, classes: '5-9' })
    const query = 'inspect=1&start=1&samples=500&backend=wasm&classes=0-4&key=framed'
    const page = await stage.browser.newPage()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(await framing(`#/room/mnist?${query}`, headers))
    const [, frame] = page.frames()
    if (frame === undefined) throw new Error('there is no frame')
    await frame.waitForFunction(() => (window.gossamer?.session.getSnapshot().merges ?? 0) >= 3, undefined, {
      timeout: 60_000,
    })
    expect(await frame.evaluate(() => crossOriginIsolated)).toBe(isIsolated)
    await outside.until('merges with the framed tab', ({ merges }) => merges >= 3)
    expect(errors).toEqual([])
  })
