import { missingClasses } from '../data/classes.ts'
import { formatRoute, parseRoute, type RoomRoute } from '../routes.ts'

/**
 * What to send to someone: the session's link, made to open running. A host who chose digits by hand leaves the
 * others to the guest (where any are left); otherwise the room deals. Whatever else the session put into its link stays.
 */
export function inviteLink(sessionLink: string, host: RoomRoute): string {
  const [page = '', fragment = ''] = sessionLink.split(/#(.*)/s, 2)
  const route = parseRoute(fragment)
  if (route.type !== 'room') return sessionLink
  const others = host.classes === undefined ? [] : missingClasses(host.classes)
  return (
    page +
    formatRoute({
      ...route.room,
      start: true,
      samples: host.samples,
      ...(others.length === 0 ? {} : { classes: others }),
      ...(host.signaling === undefined ? {} : { signaling: host.signaling }),
    })
  )
}

export type PastedLink =
  | { readonly ok: true; readonly fragment: string }
  | { readonly ok: false; readonly reason: 'empty' | 'no-room' | 'no-key' }

/**
 * The fragment to go to for a link that someone pasted: a whole URL or what follows its '#'. A link to another
 * copy of this app keeps that copy's signaling server, or the two would never meet.
 */
export function readPastedLink(text: string, origin: string): PastedLink {
  const trimmed = text.trim()
  if (trimmed === '') return { ok: false, reason: 'empty' }
  const [page = '', fragment] = trimmed.split(/#(.*)/s, 2)
  const route = parseRoute(fragment ?? page)
  if (route.type === 'home') return { ok: false, reason: 'no-room' }
  if (route.type === 'fault')
    return route.fault.type === 'unknown-page'
      ? { ok: false, reason: 'no-room' }
      : { ok: true, fragment: `#${fragment ?? page}` }
  if (route.room.key === undefined) return { ok: false, reason: 'no-key' }
  const foreign = foreignSignaling(page, origin)
  return {
    ok: true,
    fragment: formatRoute({
      ...route.room,
      start: true,
      ...(route.room.signaling === undefined && foreign !== undefined ? { signaling: [foreign] } : {}),
    }),
  }
}

function foreignSignaling(page: string, origin: string): string | undefined {
  try {
    const url = new URL(page)
    if (url.origin === origin || !/^https?:$/.test(url.protocol)) return undefined
    return `${url.protocol === 'https:' ? 'wss:' : 'ws:'}//${url.host}`
  } catch {
    return undefined
  }
}
