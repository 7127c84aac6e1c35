import { completeTask, parseTask, presets, type Task, taskIdOf } from '@gossamer/core'
import { formatClasses, parseClasses } from './data/classes.ts'

export const backends = ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'] as const
export type Backend = (typeof backends)[number]

/** Threads of one tab that train together. */
export const threadLimits = { least: 1, most: 64 } as const

export const sampleLimits = { least: 10, usual: 2000, most: 60_000 } as const

/** A tab in a known state, as the URL fragment holds it. Absent fields are decided when the room opens. */
export interface RoomRoute {
  readonly task: Task
  /** Digits to train on; absent: the room deals them out. */
  readonly classes?: readonly number[]
  readonly samples: number
  readonly seed?: number
  readonly backend: Backend
  /** The most that may train; absent: some of the device's. */
  readonly threads?: number
  readonly start: boolean
  /** The room's secret; absent: a room of its own. */
  readonly key?: string
  /** Signaling addresses; false: none; absent: the server that served this page. */
  readonly signaling?: readonly string[] | false
  readonly name?: string
  /** Puts the session on `window.gossamer` for tests and tools. */
  readonly inspect: boolean
}

/** The parameters whose value can be wrong. */
export type Parameter =
  | 'classes'
  | 'samples'
  | 'seed'
  | 'backend'
  | 'threads'
  | 'start'
  | 'key'
  | 'signaling'
  | 'name'
  | 'inspect'

export type RouteFault =
  | { readonly type: 'unknown-page'; readonly path: string }
  | { readonly type: 'unknown-task'; readonly name: string }
  | { readonly type: 'bad-task'; readonly name: string; readonly reason: string }
  /** A valid task that needs data which this app does not have. */
  | { readonly type: 'no-data'; readonly name: string }
  /** `without` is the same fragment with the bad value left out. */
  | {
      readonly type: 'bad-value'
      readonly parameter: Parameter
      readonly value: string
      readonly without: string
    }

export type Route =
  | { readonly type: 'home' }
  | { readonly type: 'room'; readonly room: RoomRoute }
  | { readonly type: 'fault'; readonly fault: RouteFault }

const integerIn = (text: string, least: number, most: number): number | undefined => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most ? value : undefined
}

const flag = (text: string): boolean | undefined => (text === '1' ? true : text === '0' ? false : undefined)

function isSignalingAddress(text: string): boolean {
  try {
    return ['ws:', 'wss:'].includes(new URL(text).protocol)
  } catch {
    return false
  }
}

function signalingOf(text: string): readonly string[] | false | undefined {
  if (text === 'off') return false
  const addresses = text.split(',')
  return addresses.every(isSignalingAddress) ? addresses : undefined
}

const within = (text: string, most: number): string | undefined =>
  text.length >= 1 && text.length <= most ? text : undefined

const classesOf = (text: string): readonly number[] | undefined => {
  const parsed = parseClasses(text)
  return parsed.ok ? parsed.classes : undefined
}

/** How each parameter is read; undefined refuses the value. */
const readers = {
  classes: classesOf,
  samples: (text: string) => integerIn(text, sampleLimits.least, sampleLimits.most),
  seed: (text: string) => integerIn(text, 0, 0xffffffff),
  backend: (text: string) => backends.find((name) => name === text),
  threads: (text: string) => integerIn(text, threadLimits.least, threadLimits.most),
  start: flag,
  key: (text: string) => within(text, 128),
  signaling: signalingOf,
  name: (text: string) => within(text, 64),
  inspect: flag,
} satisfies Readonly<Record<Parameter, (text: string) => unknown>>

const isParameter = (name: string): name is Parameter => Object.hasOwn(readers, name)

/** A task as `session.link` writes it out: JSON. */
function customTask(name: string, json: string): Task | RouteFault {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return { type: 'bad-task', name, reason: 'it is cut short or was changed on its way' }
  }
  const result = parseTask(value)
  if (!result.ok) return { type: 'bad-task', name, reason: result.reason }
  return withDigits(result.task)
}

/** A task of digits, which are all the data that this app has. */
function withDigits(task: Task): Task | RouteFault {
  const { data, name } = task
  const fits = data.kind === 'image' && data.shape.join() === '28,28,1' && data.classes?.length === 10
  return fits ? task : { type: 'no-data', name }
}

function presetTask(name: string): Task | RouteFault {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined
  return preset === undefined ? { type: 'unknown-task', name } : withDigits(preset)
}

const isFault = (value: Task | RouteFault): value is RouteFault => 'type' in value

/** Reads a URL fragment, with or without its '#'. Never throws; parameters it does not know are left alone. */
export function parseRoute(fragment: string): Route {
  const text = fragment.replace(/^#/, '')
  const [path = '', query = ''] = text.split(/\?(.*)/s, 2)
  if (path === '' || path === '/') return { type: 'home' }
  const match = /^\/room\/([^/]+)\/?$/.exec(path)
  if (match?.[1] === undefined) return { type: 'fault', fault: { type: 'unknown-page', path } }

  const params = new URLSearchParams(query)
  const written = params.get('task')
  const task = written === null ? presetTask(match[1]) : customTask(match[1], written)
  if (isFault(task)) return { type: 'fault', fault: task }

  for (const [name, value] of params) {
    if (!isParameter(name) || readers[name](value) !== undefined) continue
    const rest = new URLSearchParams(query)
    rest.delete(name)
    const without = rest.size === 0 ? `#${path}` : `#${path}?${rest}`
    return { type: 'fault', fault: { type: 'bad-value', parameter: name, value, without } }
  }

  const read = <T>(name: Parameter, reader: (text: string) => T | undefined): T | undefined => {
    const value = params.get(name)
    return value === null ? undefined : reader(value)
  }
  const classes = read('classes', readers.classes)
  const seed = read('seed', readers.seed)
  const threads = read('threads', readers.threads)
  const key = read('key', readers.key)
  const signaling = read('signaling', readers.signaling)
  const name = read('name', readers.name)
  return {
    type: 'room',
    room: {
      task,
      samples: read('samples', readers.samples) ?? sampleLimits.usual,
      backend: read('backend', readers.backend) ?? 'auto',
      start: read('start', readers.start) ?? false,
      inspect: read('inspect', readers.inspect) ?? false,
      ...(classes === undefined ? {} : { classes }),
      ...(seed === undefined ? {} : { seed }),
      ...(threads === undefined ? {} : { threads }),
      ...(key === undefined ? {} : { key }),
      ...(signaling === undefined ? {} : { signaling }),
      ...(name === undefined ? {} : { name }),
    },
  }
}

function isPreset(task: Task): boolean {
  const known = Object.hasOwn(presets, task.name) ? presets[task.name] : undefined
  return known !== undefined && taskIdOf(completeTask(known)) === taskIdOf(completeTask(task))
}

/** The fragment, with '#', that `parseRoute` reads back. Defaults are left out. */
export function formatRoute(room: RoomRoute): string {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['classes', room.classes === undefined ? undefined : formatClasses(room.classes)],
    ['samples', room.samples === sampleLimits.usual ? undefined : `${room.samples}`],
    ['seed', room.seed === undefined ? undefined : `${room.seed}`],
    ['backend', room.backend === 'auto' ? undefined : room.backend],
    ['threads', room.threads === undefined ? undefined : `${room.threads}`],
    ['start', room.start ? '1' : undefined],
    ['key', room.key],
    ['signaling', room.signaling === false ? 'off' : room.signaling?.join(',')],
    ['name', room.name],
    ['inspect', room.inspect ? '1' : undefined],
    ['task', isPreset(room.task) ? undefined : JSON.stringify(room.task)],
  ]
  const params = new URLSearchParams()
  for (const [name, value] of values) if (value !== undefined) params.set(name, value)
  // Commas and slashes stay readable: both are legal in a fragment.
  const query = params.toString().replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':')
  return `#/room/${room.task.name}${query === '' ? '' : `?${query}`}`
}
