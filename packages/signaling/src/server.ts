import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { addressOf } from './address.ts'
import { createHub, type Line } from './hub.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { IceServer } from './protocol.ts'
import { securityHeaders, staticFiles } from './static-files.ts'

export interface SignalingOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** All interfaces where left out. */
  readonly host?: string
  /** A folder to serve on the same port, such as a built web app. */
  readonly staticDirectory?: string | undefined
  /** Handed to every peer; none where left out. */
  readonly iceServers?: readonly IceServer[]
  /** Origins that may connect, e.g. `https://example.org`; all where left out. */
  readonly origins?: readonly string[] | undefined
  /** Asked of every peer where given. */
  readonly joinToken?: string | undefined
  /** Counts by X-Forwarded-For: only behind a proxy that sets it. */
  readonly trustProxy?: boolean
  /** Heartbeat: a connection that leaves a ping unanswered until the next one is cut. */
  readonly pingMs?: number
  readonly limits?: Partial<Limits>
}

export interface Signaling {
  /** `http://localhost:<port>`. */
  readonly url: string
  /** `ws://localhost:<port>/signal`; the path `/` does as well. */
  readonly signalUrl: string
  readonly port: number
  counts(): { readonly connections: number; readonly rooms: number }
  /** Closes every connection with 1001 and frees the port. */
  close(): Promise<void>
}

const socketPaths: ReadonlySet<string> = new Set(['/', '/signal'])
const closingGraceMs = 1_000
const tidyEveryMs = 1_000

/** Starts the signaling server; rejects where the port cannot be had. */
export async function startSignaling(options: SignalingOptions = {}): Promise<Signaling> {
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const pingMs = options.pingMs ?? 15_000
  const hub = createHub({
    limits,
    pingMs,
    ice: options.iceServers ?? [],
    joinToken: options.joinToken,
    now: () => performance.now(),
    random: Math.random,
    secret: () => randomBytes(24).toString('base64url'),
  })
  const serveFile = options.staticDirectory === undefined ? undefined : staticFiles(options.staticDirectory)
  const http = createServer((request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    const path = pathOf(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    } else if (path === '/healthz') {
      const uptimeSeconds = Math.floor(process.uptime())
      const body = JSON.stringify({ status: 'ok', ...hub.counts(), uptimeSeconds })
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(body)
    } else {
      void Promise.resolve(serveFile?.(request, response, path) ?? false)
        .catch(() => false)
        .then((served) => {
          if (!served && !response.headersSent) {
            response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n')
          }
        })
    }
  })

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 64 * 1024,
    maxFragments: 16,
    perMessageDeflate: false,
  })
  const answered = new WeakSet<WebSocket>()

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    if (!socketPaths.has(pathOf(request))) return refuse(stream, 404)
    if (options.origins !== undefined && !options.origins.includes(request.headers.origin ?? '')) {
      return refuse(stream, 403)
    }
    if (sockets.clients.size >= limits.connections) return refuse(stream, 503)
    sockets.handleUpgrade(request, stream, head, (socket) => converse(socket, request))
  })

  function converse(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', () => socket.terminate())
    answered.add(socket)
    const line = lineOf(socket, limits.queueBytes, () => conversation?.ended())
    const conversation = hub.open(line, addressOf(request, options.trustProxy ?? false))
    if (conversation === undefined) return
    socket.on('message', (data: Buffer, isBinary) => {
      answered.add(socket)
      conversation.receive(isBinary ? '' : data.toString('utf8'), data.length)
    })
    socket.on('pong', () => answered.add(socket))
    socket.on('close', conversation.ended)
  }

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (answered.delete(socket)) socket.ping()
      else socket.terminate()
    }
  }, pingMs)
  const tidying = setInterval(() => hub.tidy(), tidyEveryMs)

  const port = await new Promise<number>((resolve, reject) => {
    http.once('error', reject)
    http.listen(
      { port: options.port ?? 0, ...(options.host === undefined ? {} : { host: options.host }) },
      () => {
        http.off('error', reject)
        const address = http.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      },
    )
  }).catch((error: unknown) => {
    clearInterval(heartbeat)
    clearInterval(tidying)
    throw error
  })

  async function stop(): Promise<void> {
    clearInterval(heartbeat)
    clearInterval(tidying)
    const freed = new Promise<void>((resolve) => http.close(() => resolve()))
    for (const socket of sockets.clients) socket.close(1001, 'server stops')
    const cut = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
    }, closingGraceMs)
    http.closeIdleConnections()
    await freed
    clearTimeout(cut)
  }

  let stopping: Promise<void> | undefined
  return {
    url: `http://localhost:${port}`,
    signalUrl: `ws://localhost:${port}/signal`,
    port,
    counts: hub.counts,
    close() {
      stopping ??= stop()
      return stopping
    },
  }
}

/** A line whose closing handshake is cut short: a peer that reads nothing would otherwise linger for 30 s. */
function lineOf(socket: WebSocket, queueBytes: number, overflowed: () => void): Line {
  const close = (code: number, reason: string): void => {
    socket.close(code, reason)
    setTimeout(() => socket.terminate(), closingGraceMs).unref()
  }
  return {
    close,
    send(message) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount <= queueBytes) {
        socket.send(JSON.stringify(message))
        return
      }
      close(1013, 'send queue full')
      // Not at once: the hub may be in the middle of telling others.
      queueMicrotask(overflowed)
    },
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/'
}

function refuse(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
