import { existsSync } from 'node:fs'
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

/**
 * Bundles the page of a benchmark's folder as an app would be, and lets a tab find it at `pageUrl`.
 *
 * @param isolated gives the page a finer clock, and tfjs threads
 */
export async function buildPage(
  folder = 'training',
  isolated = false,
): Promise<(page: Page) => Promise<void>> {
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

function contentTypeOf(path: string): string {
  if (path.endsWith('.html')) return 'text/html'
  return path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'
}
