import { createReadStream } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}
const worthCompressing = /^(text|application\/(json|manifest)|image\/svg)/
const smallestCompressed = 1024
const largestCompressed = 8 * 1024 * 1024
const compress = promisify(gzip)

/** Vite's hashed output: the content never changes under that name. */
const hashed = /^\/assets\/[^/]*-[A-Za-z0-9_-]{8}\.[a-z0-9.]+$/

/** Modules, workers and WebAssembly of this origin, sockets to any signaling server, and nothing else. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self' ws: wss:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

export const securityHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': policy,
  'Referrer-Policy': 'no-referrer',
  // Together they isolate the page from other origins, which is what browsers want before threads may share memory.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  // A page that is isolated itself may frame this one.
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

export type ServeFile = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>

/**
 * Serves the files under `directory` to GET and HEAD; the answer says whether there was one. `path` is the
 * URL's, still encoded. `/` is index.html. Nothing outside the directory is ever read, symbolic links included,
 * nor any file or folder whose name begins with a dot.
 */
export function staticFiles(directory: string): ServeFile {
  const compressed = new Map<string, Buffer>()
  return async (request, response, path) => {
    const file = await fileOf(directory, path)
    if (file === undefined) return false
    const type = types[extname(file.path)] ?? 'application/octet-stream'
    const tag = `"${file.bytes.toString(36)}-${Math.floor(file.changedMs).toString(36)}"`
    response.setHeader('Content-Type', type)
    response.setHeader('ETag', tag)
    response.setHeader('Vary', 'Accept-Encoding')
    response.setHeader(
      'Cache-Control',
      hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    )
    if (request.headers['if-none-match']?.includes(tag)) {
      response.writeHead(304).end()
      return true
    }
    const gzipped =
      worthCompressing.test(type) &&
      file.bytes >= smallestCompressed &&
      file.bytes <= largestCompressed &&
      /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    if (gzipped) {
      const key = `${file.path}\n${tag}`
      const body = compressed.get(key) ?? (await compress(await readFile(file.path)))
      compressed.set(key, body)
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': body.length })
      response.end(request.method === 'HEAD' ? undefined : body)
      return true
    }
    response.writeHead(200, { 'Content-Length': file.bytes })
    if (request.method === 'HEAD') response.end()
    else
      createReadStream(file.path)
        .on('error', () => response.destroy())
        .pipe(response)
    return true
  }
}

interface Found {
  readonly path: string
  readonly bytes: number
  readonly changedMs: number
}

async function fileOf(directory: string, urlPath: string): Promise<Found | undefined> {
  try {
    const decoded = decodeURIComponent(urlPath)
    if (decoded.includes('\0') || decoded.includes('\\') || /(^|\/)\./.test(decoded)) return undefined
    const root = await realpath(resolve(directory))
    const path = await realpath(join(root, decoded === '/' ? 'index.html' : decoded))
    if (!path.startsWith(root + sep)) return undefined
    const { size, mtimeMs, isFile } = await stat(path).then((found) => ({
      size: found.size,
      mtimeMs: found.mtimeMs,
      isFile: found.isFile(),
    }))
    return isFile ? { path, bytes: size, changedMs: mtimeMs } : undefined
  } catch {
    return undefined
  }
}
