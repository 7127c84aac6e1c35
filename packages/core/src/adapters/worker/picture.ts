import { withSample } from '../../lib/ema.ts'
import type { Problem, ProblemCode, Snapshot } from '../../node/snapshot.ts'
import type { Clock, DiscoveryStatus, Examples, Unsubscribe } from '../../ports.ts'
import { observe } from '../../runtime/observe.ts'
import type { RunningNode } from '../../runtime/run-node.ts'
import { classCount } from '../../task/data.ts'
import { labelCounts } from '../../task/logit-adjustment.ts'
import type { CompleteTask } from '../../task/task.ts'
import type { ChosenTrainer } from '../tfjs/select-backend.ts'
import type { Examiner } from './examiner.ts'

/** The snapshots that leave the worker: at most ten a second, fewer while little happens. */
export interface Picture {
  current(): Snapshot
  /** Sends a fresh one at once. */
  changed(): void
  setSignaling(status: DiscoveryStatus): void
  addProblem(problem: Problem): void
  /** A problem that the node's journal tells of by itself. */
  show(problem: Problem): void
  /** A problem that no longer holds. */
  clear(code: ProblemCode): void
  listen(listener: () => void): Unsubscribe
}

interface Sources {
  readonly node: RunningNode
  readonly trainer: ChosenTrainer
  readonly clock: Clock
  readonly examiner: Examiner
  readonly train: Examples
  readonly task: CompleteTask
  readonly signaling: DiscoveryStatus
  readonly onSnapshot: (snapshot: Snapshot) => void
}

const everyMs = 100
const quietEveryMs = 1_000

export function createPicture(sources: Sources): Picture {
  const { node, trainer, clock, examiner, train, task, onSnapshot } = sources
  const listeners = new Set<() => void>()
  const classes = classCount(task.data)
  const ownClassCounts = classes === 0 ? [] : labelCounts(train.labels, classes)
  const problems = new Map<string, Problem>()
  let signaling = sources.signaling
  let samplesPerSecond = 0
  let seen = { samples: node.state().samplesSeen, atMs: clock.now() }
  let snapshot = take()
  let sentMs = 0

  function take(): Snapshot {
    return observe(node, {
      nowMs: clock.now(),
      backend: trainer.backend(),
      samplesPerSecond,
      ownClassCounts,
      own: examiner.own(),
      served: examiner.served(),
      signaling,
      problems: [...problems.values()],
    })
  }

  const measureSpeed = (): void => {
    const nowMs = clock.now()
    const { samplesSeen, status } = node.state()
    const seconds = (nowMs - seen.atMs) / 1_000
    if (seconds < 0.5) return
    const rate = (samplesSeen - seen.samples) / seconds
    samplesPerSecond = status === 'training' ? withSample(samplesPerSecond || undefined, rate, 0.3) : 0
    seen = { samples: samplesSeen, atMs: nowMs }
  }

  const send = (): void => {
    snapshot = take()
    sentMs = clock.now()
    onSnapshot(snapshot)
    for (const listener of [...listeners]) listener()
  }

  const beat = (): void => {
    measureSpeed()
    examiner.look(send)
    const before = snapshot.status
    const { status, steps, neighbours } = node.state()
    const isQuiet =
      status === before && steps === snapshot.steps && neighbours.length === snapshot.peers.length
    if (!isQuiet || clock.now() - sentMs >= quietEveryMs) send()
    if (status !== 'left') clock.after(everyMs, beat)
  }
  clock.after(everyMs, beat)

  trainer.onMoved((problem) => {
    if (problem !== undefined) problems.set(problem.code, problem)
    const { name, why } = trainer.backend()
    node.journal.add({ type: 'backend', name, why })
    send()
  })

  return {
    current: () => snapshot,
    changed: send,
    setSignaling: (status) => {
      if (status === signaling) return
      signaling = status
      node.journal.add({ type: 'signaling', status })
      if (status === 'retrying') problems.set('no-signaling', { code: 'no-signaling', detail: '' })
      else problems.delete('no-signaling')
      send()
    },
    addProblem: (problem) => {
      problems.set(problem.code, problem)
      node.journal.add({ type: 'problem', ...problem })
      send()
    },
    show: (problem) => {
      problems.set(problem.code, problem)
      send()
    },
    clear: (code) => {
      problems.delete(code)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
