import { presets } from './presets.ts'
import { completeTask, parseTask } from './schema.ts'
import type { CompleteTask } from './task.ts'
import { canonicalJson } from './task-id.ts'

export type LinkResult =
  | { readonly ok: true; readonly task: CompleteTask; readonly roomKey: string | undefined }
  | { readonly ok: false; readonly reason: string }

const longestKey = 128
const longestTask = 16_384

/**
 * The fragment of a link that opens a room: `#/room/<task>?key=<room key>`, with the whole task in `task=` where
 * its name does not stand for a preset. A fragment never reaches a server.
 */
export function roomFragment(task: CompleteTask, roomKey: string): string {
  const known = presets[task.name]
  const isPreset = known !== undefined && canonicalJson(completeTask(known)) === canonicalJson(task)
  const query = isPreset ? '' : `task=${encodeURIComponent(canonicalJson(task))}&`
  return `#/room/${task.name}?${query}key=${encodeURIComponent(roomKey)}`
}

/** Reads a join link from anywhere; the reason is a sentence for the person who followed it. */
export function parseLink(link: string): LinkResult {
  const hash = link.indexOf('#')
  if (hash === -1) return { ok: false, reason: 'This link has no room in it: it should contain "#/room/".' }
  const [path = '', query = ''] = link.slice(hash + 1).split('?', 2)
  const name = /^\/room\/([^/]+)$/.exec(path)?.[1]
  if (name === undefined)
    return { ok: false, reason: 'This link has no room in it: it should contain "#/room/".' }
  const parameters = parseQuery(query)
  const roomKey = parameters.get('key')
  if (roomKey !== undefined && (roomKey === '' || roomKey.length > longestKey))
    return { ok: false, reason: `The room key must have 1 to ${longestKey} characters.` }
  const written = parameters.get('task')
  const parsed = written === undefined ? preset(name) : parseWrittenTask(written)
  return parsed.ok ? { ok: true, task: parsed.task, roomKey } : parsed
}

function preset(name: string): ReturnType<typeof parseTask> {
  const known = Object.hasOwn(presets, name) ? presets[name] : undefined
  return known === undefined
    ? { ok: false, reason: `There is no task called "${name.slice(0, 64)}" here.` }
    : { ok: true, task: completeTask(known) }
}

function parseWrittenTask(json: string): ReturnType<typeof parseTask> {
  if (json.length > longestTask) return { ok: false, reason: 'The task in this link is too long.' }
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return { ok: false, reason: 'The task in this link is damaged.' }
  }
  const result = parseTask(value)
  return result.ok ? result : { ok: false, reason: `The task in this link is not valid: ${result.reason}.` }
}

function parseQuery(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const pair of query.split('&')) {
    const [key = '', value = ''] = pair.split('=', 2)
    try {
      parameters.set(key, decodeURIComponent(value.replaceAll('+', '%20')))
    } catch {
      // A value that is not percent-encoded text counts as absent.
    }
  }
  return parameters
}
