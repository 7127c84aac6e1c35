import { join, memoryStore, type Session } from '@gossamer/core/browser'
import type { Company, Exchanged, Overlap } from './measured.ts'
import { examples, taskOf } from './tasks.ts'

const trainee = (): Worker => new Worker(new URL('./trainee.worker.ts', import.meta.url), { type: 'module' })

const neighbour = (stepMs: number): Worker =>
  new Worker(new URL('./neighbour.worker.ts', import.meta.url), { type: 'module', name: String(stepMs) })

const open = (model: string, roomKey: string, engine: () => Worker, seed: number): Promise<Session> =>
  join({
    task: taskOf(model),
    data: { train: examples },
    engine,
    // Tabs of one origin find each other without a server; what they exchange goes over WebRTC all the same.
    signaling: false,
    roomKey,
    seed,
    store: memoryStore(),
  })

/** Sessions as an app has them, over WebRTC between two tabs. */
export function exchangingBench(): Omit<Overlap, 'prepare' | 'run' | 'pauses' | 'dispose'> {
  const own = new Map<Company, Session>()
  const others: Session[] = []

  const sessionOf = (company: Company): Session => {
    const session = own.get(company)
    if (session === undefined) throw new Error('there is no trainee')
    return session
  }

  return {
    trainee: async (model, roomKey) => {
      own.set('off', await open(model, `${roomKey}-alone`, trainee, 1))
      own.set('on', await open(model, roomKey, trainee, 1))
      const { name, adapter } = sessionOf('on').getSnapshot().backend
      return `${name}, ${adapter}`
    },
    neighbours: async (model, roomKey, count, stepMs) => {
      for (let i = 0; i < count; i++) others.push(await open(model, roomKey, () => neighbour(stepMs), 2 + i))
    },
    startNeighbours: () => {
      for (const session of others) session.start()
    },
    meet: (count) =>
      until(sessionOf('on'), () => {
        const connected = sessionOf('on')
          .getSnapshot()
          .peers.filter(({ state }) => state === 'connected')
        return connected.length >= count
      }),
    measure: async (company, ms) => {
      const session = sessionOf(company)
      const begun = session.getSnapshot().steps
      session.start()
      const first = await stepsAfter(session, performance.now() + 1_000)
      const before = session.getSnapshot()
      const last = await stepsAfter(session, first.atMs + ms)
      const after = session.getSnapshot()
      session.pause()
      await until(session, () => session.getSnapshot().status === 'paused')
      return {
        ...exchanged(first, last, judgedBy(after) - judgedBy(before), after),
        steps: session.getSnapshot().steps - begun,
      }
    },
  }

  function exchanged(first: Seen, last: Seen, judged: number, after: Snapshot): Omit<Exchanged, 'steps'> {
    const samples = (last.steps - first.steps) * taskOf('mlp').training.batchSize
    return {
      samplesPerSecond: (1_000 * samples) / (last.atMs - first.atMs),
      judged,
      peers: after.peers.length,
      everySteps: after.everySteps,
      rejected: after.rejected,
    }
  }
}

type Snapshot = ReturnType<Session['getSnapshot']>

const judgedBy = ({ merges, rejected: { loss = 0 } }: Snapshot): number => merges + loss

interface Seen {
  readonly atMs: number
  readonly steps: number
}

/** The first snapshot with news of training that arrives after a moment, and when. */
function stepsAfter(session: Session, afterMs: number): Promise<Seen> {
  return new Promise((resolve) => {
    let known = session.getSnapshot().steps
    const unlisten = session.subscribe(() => {
      const atMs = performance.now()
      const { steps } = session.getSnapshot()
      const isNew = steps !== known
      known = steps
      if (!isNew || atMs < afterMs) return
      unlisten()
      resolve({ atMs, steps })
    })
  })
}

function until(session: Session, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (condition()) return resolve()
    const unlisten = session.subscribe(() => {
      if (!condition()) return
      unlisten()
      resolve()
    })
  })
}
