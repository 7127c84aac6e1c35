import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Signaling, startSignaling } from './server.ts'

let home: string
let signaling: Signaling

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gossamer-static-'))
  const site = join(home, 'site')
  await mkdir(join(site, 'assets'), { recursive: true })
  await mkdir(join(site, 'mnist'))
  await mkdir(join(site, '.git'))
  await writeFile(join(home, 'secret.txt'), 'secret')
  await writeFile(join(site, '.git', 'config'), 'secret')
  await writeFile(join(site, 'index.html'), '<!doctype html><title>Gossamer</title>')
  await writeFile(join(site, 'assets', 'index-Ab3_-xY9.js'), `export const big = '${'x'.repeat(5000)}'`)
  await writeFile(join(site, 'tfjs.wasm'), Buffer.from([0, 97, 115, 109]))
  await writeFile(join(site, 'mnist', '0.bin'), Buffer.alloc(3000, 7))
  await writeFile(join(site, 'mnist', '0.gz'), Buffer.from([31, 139, 8]))
  await symlink(join(home, 'secret.txt'), join(site, 'link.txt'))
  signaling = await startSignaling({ staticDirectory: site })
})

afterAll(async () => {
  await signaling.close()
  await rm(home, { recursive: true })
})

/** `fetch` would tidy the path up before it is sent. */
function get(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
    (resolve, reject) => {
      request({ port: signaling.port, path, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        )
      })
        .on('error', reject)
        .end()
    },
  )
}

test('types are exact, so that modules and WebAssembly load', async () => {
  const types = async (path: string) => (await get(path)).headers['content-type']
  expect(await types('/')).toBe('text/html; charset=utf-8')
  expect(await types('/assets/index-Ab3_-xY9.js')).toBe('text/javascript; charset=utf-8')
  expect(await types('/tfjs.wasm')).toBe('application/wasm')
  expect(await types('/mnist/0.bin')).toBe('application/octet-stream')
  const packed = await get('/mnist/0.gz', { 'accept-encoding': 'gzip' })
  expect(packed.headers['content-type']).toBe('application/octet-stream')
  expect(packed.headers['content-encoding']).toBeUndefined()
  expect(packed.body).toEqual(Buffer.from([31, 139, 8]))
})

test('hashed assets are kept for ever, others are asked for again and answered by their tag', async () => {
  expect((await get('/assets/index-Ab3_-xY9.js')).headers['cache-control']).toContain('immutable')
  const first = await get('/mnist/0.bin')
  expect(first.headers['cache-control']).toBe('no-cache')
  const again = await get('/mnist/0.bin', { 'if-none-match': String(first.headers.etag) })
  expect(again.status).toBe(304)
  expect(again.body).toHaveLength(0)
})

test('text is compressed where the client takes it', async () => {
  const response = await fetch(`${signaling.url}/assets/index-Ab3_-xY9.js`)
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(await response.text()).toContain('x'.repeat(5000))
  const plain = await get('/assets/index-Ab3_-xY9.js')
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(plain.body.toString()).toContain('x'.repeat(5000))
})

test('nothing outside the folder is served', async () => {
  const attempts = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/mnist/../../secret.txt',
    '/mnist/%2e%2e/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '//etc/passwd',
    '/link.txt',
    '/.git/config',
    '/%00',
    '/%',
    '/mnist',
    '/mnist/',
    '/no-such-page',
  ]
  for (const path of attempts) {
    const response = await get(path)
    expect(response.status, path).toBe(404)
    expect(response.body.toString(), path).not.toContain('secret')
  }
})

test('every answer is fenced in', async () => {
  for (const path of ['/', '/healthz', '/nothing']) {
    const { headers } = await get(path)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp')
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin')
    expect(headers['content-security-policy']).toContain("'wasm-unsafe-eval'")
    expect(headers['content-security-policy']).toContain("worker-src 'self' blob:")
  }
})
