import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { build } from 'vite'

/** Any origin does that browsers trust like https: nothing listens there. */
export const pageUrl = 'http://localhost/index.html'

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** A page's source, from this file or from its compiled twin in dist/. */
function sourceOf(folder: string): string {
  const here = new URL(`../${folder}/`, import.meta.url)
  const source = existsSync(new URL('index.html', here)) ? here : new URL(`../../${folder}/`, here)
  return fileURLToPath(source)
}

/** Bundles the page of a benchmark's folder as an app would be: the files by their paths. */
async function bundle(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const built = await build({
    root: sourceOf(folder),
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source', 'module', 'browser', 'production'] },
    worker: { format: 'es' },
    build: { write: false, target: 'es2023', chunkSizeWarningLimit: 10_000, assetsInlineLimit: 0 },
  })
  const files = new Map<string, Buffer>()
  for (const result of Array.isArray(built) ? built : [built])
    if ('output' in result)
      for (const file of result.output)
        files.set(`/${file.fileName}`, Buffer.from(file.type === 'asset' ? file.source : file.code))
  return files
}

/**
 * Lets a tab find the bundled page at `pageUrl`.
 *
 * @param isolated gives the page a finer clock
 */
export async function buildPage(
  folder = 'training',
  isolated = false,
): Promise<(page: Page) => Promise<void>> {
  const files = await bundle(folder)
  return async (page) => {
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url())
      const body = files.get(pathname)
      if (body === undefined) return route.fulfill({ status: 404 })
      const contentType = contentTypeOf(pathname)
      return route.fulfill({ body, headers: { 'content-type': contentType, ...(isolated ? isolation : {}) } })
    })
  }
}

/** Serves the bundled page, isolated, on a free port: the workers of workers do not ask the tab for their scripts. */
export async function servePage(folder: string): Promise<{ readonly url: string; close(): void }> {
  const files = await bundle(folder)
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, pageUrl).pathname
    const body = files.get(path)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': contentTypeOf(path), ...isolation })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://localhost:${port}/index.html`, close: () => server.close() }
}

function contentTypeOf(path: string): string {
  if (path.endsWith('.html')) return 'text/html'
  return path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'
}
