import type { IncomingMessage } from 'node:http'

/**
 * Whom a connection is counted against: an IPv4 address, or the /64 network of an IPv6 address (one household
 * holds a whole /64). Behind a proxy that is trusted, the last entry of X-Forwarded-For, which that proxy wrote.
 */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? [request.headers['x-forwarded-for'] ?? []].flat().join(',') : ''
  const claimed = forwarded.split(',').at(-1)?.trim()
  const address =
    claimed !== undefined && claimed !== '' ? claimed : (request.socket.remoteAddress ?? 'unknown')
  return network(address)
}

/** `::ffff:1.2.3.4` is 1.2.3.4; other IPv6 addresses lose their last 64 bits. */
export function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? []
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros =
    tail === undefined ? [] : new Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  const groups = [...front, ...zeros, ...back].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
  return `${groups.slice(0, 4).join(':')}::/64`
}
