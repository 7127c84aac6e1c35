import type { Effect } from '../node/effect.ts'
import type { NodeEvent } from '../node/event.ts'
import type { NodeConfig, NodeState } from '../node/state.ts'
import { initialState } from '../node/state.ts'
import { step } from '../node/step.ts'
import type { Clock, PeerId, Random, Trainer, Transport, TransportEvent } from '../ports.ts'
import { strategies } from '../strategy/strategies.ts'
import type { CompleteTask } from '../task/task.ts'
import { taskIdOf } from '../task/task-id.ts'
import { weightsHeaderBytes } from '../wire/encode.ts'
import type { Message } from '../wire/message.ts'
import { Inlet } from './inlet.ts'
import { createJournal, type Journal } from './journal.ts'
import { createLearner, type Learner } from './learner.ts'
import { createLinks } from './links.ts'
import { Meter } from './meter.ts'
import { Outbox } from './outbox.ts'
import { piecesOf } from './pieces.ts'
import { travelOf } from './travel.ts'
import { createTurns, type Turns } from './turns.ts'
import { createTrainingEffects } from './weights-effects.ts'

export interface NodePorts {
  readonly transport: Transport
  readonly trainer: Trainer
  readonly clock: Clock
  readonly random: Random
}

export interface NodeOptions {
  readonly task: CompleteTask
  /** As neighbours will see it. */
  readonly name: string
  /** Where an earlier life of this node left off; `trainer` must hold `own` already. */
  readonly resumed?: {
    readonly steps: number
    readonly merges: number
    readonly served: Float32Array | undefined
  }
  /** Longest slice of training between two looks at messages. Default 20 ms. */
  readonly sliceMs?: number
}

export interface RunningNode {
  readonly state: () => NodeState
  readonly meter: Meter
  readonly journal: Journal
  readonly learner: Learner
  /** To use the trainer beside the node: one operation at a time. */
  readonly turn: Turns
  dispatch(event: NodeEvent): void
  /** Silences the node for good; the caller disposes the ports. */
  stop(): void
}

/** Drives `step` with real or simulated ports: the only place where effects happen. */
export function runNode(
  { transport, trainer, clock, random }: NodePorts,
  { task, name, resumed, sliceMs = 20 }: NodeOptions,
): RunningNode {
  const strategy = strategies[task.gossip.strategy].create(task.gossip.options)
  const travel = travelOf(trainer.layout, task.gossip.stays)
  const pieces = piecesOf(travel, Math.min(task.gossip.fragments, travel.size))
  const links = createLinks(task.gossip.codec, travel.size, pieces.count, random)
  const config: NodeConfig = {
    self: transport.self,
    name,
    taskId: taskIdOf(task),
    fingerprint: trainer.layout.fingerprint,
    samples: trainer.samples,
    gossip: task.gossip,
    talk: strategy.talk,
    exchangeBytes: links.exchangeBytes + weightsHeaderBytes,
    sliceMs,
  }
  let state: NodeState = {
    ...initialState(config, random),
    ...(resumed === undefined ? {} : { steps: resumed.steps, merges: resumed.merges }),
  }
  let stopped = false
  let cancelWake = (): void => {}
  const meter = new Meter()
  const journal = createJournal(clock)
  const outbox = new Outbox(transport, (to, lane, bytes) => meter.count(to, lane, 'up', bytes))
  const inlet = new Inlet(links.mostBytes + weightsHeaderBytes)
  const learner = createLearner({
    trainer,
    strategy,
    links,
    travel,
    pieces,
    settleBy: task.gossip.settleBy,
    resumed: resumed?.served,
    progress: () => ({ steps: state.steps, samples: trainer.samples, everySteps: state.everySteps }),
  })
  const turn = createTurns()

  const dispatch = (event: NodeEvent): void => {
    if (stopped) return
    const nowMs = clock.now()
    const [next, effects] = step(state, event, { nowMs, uplinkIdle: outbox.isIdle(nowMs) }, random)
    state = next
    for (const effect of effects) perform(effect)
  }

  const performWithWeights = createTrainingEffects({
    clock,
    learner,
    turn,
    codec: task.gossip.codec,
    steps: () => state.steps,
    send: (to, message) => outbox.send(to, message, clock.now()),
    dispatch,
  })

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'send':
        outbox.send(effect.to, effect.message, clock.now())
        break
      case 'find':
        transport.find(effect.count)
        break
      case 'connect':
        transport.connect(effect.peer)
        break
      case 'disconnect':
        transport.disconnect(effect.peer)
        break
      case 'wake':
        cancelWake()
        cancelWake = clock.after(effect.afterMs, () => {
          meter.smooth(effect.afterMs / 1_000)
          dispatch({ type: 'tick' })
        })
        break
      case 'tell':
        journal.add(effect.news)
        break
      case 'forget-offer':
        learner.forgetOffer(effect.to)
        outbox.cancel(effect.to, 'ask')
        break
      case 'close':
        transport.close()
        stop()
        break
      default:
        performWithWeights(effect)
        break
    }
  }

  const onDropped = (from: PeerId, reason: string, violation: boolean): void =>
    dispatch({ type: 'dropped', from, reason, violation })

  const onMessage = (from: PeerId, message: Message): void => {
    const isTrue = message.type !== 'credit' || outbox.credit(from, message.bytes, clock.now())
    if (isTrue) dispatch({ type: 'message', from, message })
    else onDropped(from, 'false-credit', true)
  }

  const onTransport = (event: TransportEvent): void => {
    switch (event.type) {
      case 'frame': {
        meter.count(event.from, event.lane, 'down', event.bytes.byteLength)
        for (const arrival of inlet.take(event.from, event.lane, event.bytes)) {
          if (arrival.type === 'credit') outbox.send(event.from, arrival, clock.now())
          else if (arrival.type === 'message') onMessage(event.from, arrival.message)
          else onDropped(event.from, arrival.reason, arrival.violation)
        }
        break
      }
      case 'flooded':
        onDropped(event.peer, 'flood', true)
        break
      case 'writable':
        outbox.writable(event.peer, clock.now())
        break
      case 'up':
        outbox.open(event.peer)
        inlet.open(event.peer)
        links.close(event.peer)
        dispatch(event)
        break
      case 'down':
        outbox.close(event.peer)
        inlet.close(event.peer)
        links.close(event.peer)
        meter.forget(event.peer)
        dispatch(event)
        break
      case 'found':
        dispatch(event)
        break
    }
  }

  const unlisten = transport.listen(onTransport)
  const stop = (): void => {
    stopped = true
    unlisten()
    cancelWake()
  }
  dispatch({ type: 'tick' })
  return { state: () => state, meter, journal, learner, turn, dispatch, stop }
}
