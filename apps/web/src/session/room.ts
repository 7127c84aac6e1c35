import type { Examples, Snapshot } from '@gossamer/core'
import { type JoinOptions, join, type ModelArtifacts, type Session } from '@gossamer/core/browser'
import { dealClasses } from '../data/classes.ts'
import { loadDigits } from '../data/digits.ts'
import { DataError } from '../data/fetch-shard.ts'
import type { RoomRoute } from '../routes.ts'
import { createHistory, type History } from './history.ts'
import { createStopwatch } from './stopwatch.ts'

/** The digits that this tab trains on, and whether the room dealt them out. */
export interface Holding {
  readonly classes: readonly number[]
  readonly dealt: boolean
  readonly train: Examples
}

export type RoomState =
  | { readonly type: 'opening'; readonly doing: 'joining' | 'fetching' }
  | {
      readonly type: 'open'
      readonly snapshot: Snapshot
      readonly link: string
      readonly holding?: Holding
      readonly trainedMs: number
    }
  | { readonly type: 'failed'; readonly of: 'data' | 'session'; readonly detail: string }

/** One stay in a room: a session, its data and its curves. All that screens know of a live engine. */
export interface Room {
  /** Immutable; the same reference while nothing changed. Changes at most four times a second, or when it matters. */
  getState(): RoomState
  subscribe(listener: () => void): () => void
  /** As peers see this tab. */
  readonly name: string
  readonly history: History
  /** Tells of every new point of the curves, up to ten times a second. */
  onRecord(listener: () => void): () => void
  start(): void
  pause(): void
  settle(): Promise<void>
  /** Trains on at another learning rate, in this tab alone; the room and its link stay as they are. */
  goOnSlower(learningRate: number): void
  exportModel(): Promise<ModelArtifacts>
  /** Leaves the room for good; a session that is still opening leaves as soon as it can. */
  close(): void
}

export interface RoomSettings {
  readonly route: RoomRoute
  readonly key: string
  readonly name: string
  readonly signaling: readonly string[] | false
  /** Where the data files are, ending in '/'. */
  readonly dataBase: string
  /** Chooses the examples, and the course of training where the route has no seed. */
  readonly seed: number
  readonly engine: () => Worker
  /** Called once with the live session. */
  readonly onOpen?: (session: Session, test: Examples) => void
}

const quietMs = 250

const isUrgent = (before: Snapshot, after: Snapshot): boolean =>
  before.status !== after.status ||
  before.signaling !== after.signaling ||
  before.peers.length !== after.peers.length ||
  before.problems.length !== after.problems.length ||
  (before.merges === 0 && after.merges > 0)

/** Opens a room at once; what comes of it is told through the state. Never throws. */
export function openRoom(settings: RoomSettings): Room {
  const { route } = settings
  const history = createHistory()
  const stopwatch = createStopwatch(() => performance.now())
  const listeners = new Set<() => void>()
  const recordListeners = new Set<() => void>()
  let state: RoomState = { type: 'opening', doing: 'joining' }
  let session: Session | undefined
  let holding: Holding | undefined
  let testSet: Examples | undefined
  let isClosed = false
  let publishedMs = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const setState = (next: RoomState): void => {
    if (isClosed) return
    state = next
    for (const listener of listeners) listener()
  }

  const publish = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (session === undefined) return
    publishedMs = performance.now()
    setState({
      type: 'open',
      snapshot: session.getSnapshot(),
      link: session.link,
      ...(holding === undefined ? {} : { holding }),
      trainedMs: stopwatch.elapsedMs(),
    })
  }

  const onSnapshot = (): void => {
    if (session === undefined || isClosed) return
    const snapshot = session.getSnapshot()
    stopwatch.run(snapshot.status === 'training')
    history.record(snapshot, stopwatch.elapsedMs() / 1000)
    for (const listener of recordListeners) listener()
    const waitMs = publishedMs + quietMs - performance.now()
    if (state.type !== 'open' || waitMs <= 0 || isUrgent(state.snapshot, snapshot)) publish()
    else timer ??= setTimeout(publish, waitMs)
  }

  const data: JoinOptions['data'] = async (seat) => {
    const classes = route.classes ?? dealClasses(seat)
    if (state.type === 'opening') setState({ type: 'opening', doing: 'fetching' })
    const digits = await loadDigits(settings.dataBase, {
      classes,
      samples: route.samples,
      seed: settings.seed,
    })
    holding = { classes, dealt: route.classes === undefined, train: digits.train }
    testSet = digits.test
    if (session !== undefined) publish()
    return digits
  }

  const open = async (): Promise<void> => {
    const opened = await join({
      task: route.task,
      data,
      engine: settings.engine,
      signaling: settings.signaling,
      backend: route.backend,
      threads: route.threads,
      roomKey: settings.key,
      name: settings.name,
      seed: route.seed,
    })
    if (isClosed) return opened.leave()
    session = opened
    if (testSet !== undefined) settings.onOpen?.(opened, testSet)
    opened.subscribe(onSnapshot)
    onSnapshot()
    if (route.start) opened.start()
  }

  open().catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error)
    setState({ type: 'failed', of: error instanceof DataError ? 'data' : 'session', detail })
  })

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    name: settings.name,
    history,
    onRecord(listener) {
      recordListeners.add(listener)
      return () => recordListeners.delete(listener)
    },
    start: () => session?.start(),
    pause: () => session?.pause(),
    settle: async () => session?.settle(),
    goOnSlower: (learningRate) => {
      const live = session
      // Where the engine is gone, its own problem says so.
      live?.setLearningRate(learningRate).then(live.start, () => undefined)
    },
    async exportModel() {
      if (session === undefined) throw new Error('The room is not open yet.')
      return session.exportModel('served')
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      listeners.clear()
      recordListeners.clear()
      void session?.leave()
    },
  }
}
