import type { PeerId } from '../ports.ts'
import type { Message } from '../wire/message.ts'
import { protocolVersion } from '../wire/message.ts'
import { hasTimeToAnswer, withRoundTrip } from './cadence.ts'
import type { Transition } from './effect.ts'
import type { Moment } from './event.ts'
import { giveUp, onViolation } from './on-peer.ts'
import { maybePull } from './pull.ts'
import type { Arrival, Neighbour, NodeState, Pending } from './state.ts'
import { counted, neighbourOf, withNeighbour } from './state.ts'

/** Asks that may wait for a step boundary; a node with more says that it is busy. */
const mostAsks = 4

export function onMessage(
  state: NodeState,
  from: PeerId,
  message: Message,
  moment: Moment,
): Transition<NodeState> {
  const sender = neighbourOf(state, from)
  if (sender === undefined) return [state, []]
  const { nowMs } = moment
  const heard = withNeighbour(state, from, {
    heardMs: nowMs,
    state: sender.state === 'suspect' ? 'connected' : sender.state,
    ...saidOf(sender, message, nowMs),
  })
  if (message.type === 'hello') return onHello(heard, sender, message, moment)
  if (sender.state === 'joining')
    return message.type === 'credit' ? [heard, []] : onViolation(heard, from, 'before-hello', nowMs)
  switch (message.type) {
    case 'ping':
      return [
        heard,
        [{ type: 'send', to: from, message: { type: 'pong', stamp: message.stamp, steps: state.steps } }],
      ]
    case 'pong':
    case 'credit':
      return [heard, []]
    case 'announce':
      return [
        heard,
        [
          {
            type: 'send',
            to: from,
            message: { type: canAnswer(heard, from) ? 'want' : 'busy', id: message.id },
          },
        ],
      ]
    case 'want':
      return isPending(heard, from, message.id, 'announced')
        ? [{ ...heard, pending: { ...heard.pending, stage: 'wanted' } }, []]
        : [heard, []]
    case 'ask':
      if (message.subject === 'own' && state.config.talk.type !== 'pair')
        return onViolation(heard, from, 'wrong-talk', nowMs)
      return canAnswer(heard, from)
        ? [enqueued(heard, { from, message }), []]
        : [heard, [{ type: 'send', to: from, message: { type: 'busy', id: message.id } }]]
    case 'pull':
      return heard.steps > 0
        ? [enqueued(heard, { from, message }), []]
        : [heard, [{ type: 'send', to: from, message: { type: 'busy', id: message.id } }]]
    case 'push':
      if (message.subject !== 'own' || state.config.talk.type === 'pair')
        return onViolation(heard, from, 'wrong-talk', nowMs)
      // Nobody waits for an answer: what comes at a bad time is dropped.
      return canTake(heard) ? [enqueued(heard, { from, message }), []] : [heard, []]
    case 'reply':
      return answered(heard, 'asked', { from, message }, nowMs)
    case 'model':
      return answered(heard, 'pulled', { from, message }, nowMs)
    case 'busy':
      return heard.pending?.peer === from && heard.pending.id === message.id ? giveUp(heard) : [heard, []]
  }
}

/** What a heartbeat says of its sender, once it has said hello. */
function saidOf(sender: Neighbour, message: Message, nowMs: number): Partial<Neighbour> | undefined {
  if (sender.state === 'joining') return undefined
  if (message.type !== 'ping' && message.type !== 'pong') return undefined
  const { steps } = message
  const said = { steps, stepMs: paceOf(sender, steps, nowMs) }
  return message.type === 'ping' ? said : { ...said, rttMs: smoothedRtt(sender, nowMs - message.stamp) }
}

/** Over less time than this nobody's speed is known. */
const shortestPaceMs = 2_000

function paceOf(
  { upSinceMs, stepsAtHello, stepMs }: Neighbour,
  steps: number,
  nowMs: number,
): number | undefined {
  const made = steps - (stepsAtHello ?? steps)
  const tookMs = nowMs - upSinceMs
  return made > 0 && tookMs >= shortestPaceMs ? tookMs / made : stepMs
}

function onHello(
  state: NodeState,
  sender: Neighbour,
  message: Extract<Message, { type: 'hello' }>,
  moment: Moment,
): Transition<NodeState> {
  const { config } = state
  if (message.version !== protocolVersion) return onViolation(state, sender.id, 'wrong-version', moment.nowMs)
  if (message.taskId !== config.taskId) return onViolation(state, sender.id, 'wrong-task', moment.nowMs)
  if (message.fingerprint !== config.fingerprint)
    return onViolation(state, sender.id, 'wrong-layout', moment.nowMs)
  const { name, steps } = message
  const greeted = withNeighbour(state, sender.id, {
    state: 'connected',
    name,
    steps,
    stepsAtHello: sender.stepsAtHello ?? steps,
  })
  if (sender.state !== 'joining') return [greeted, []]
  return maybePull(greeted, [{ type: 'tell', news: { type: 'peer-up', peer: sender.id, name } }], moment)
}

/** Untrained weights would only pull others back, a newcomer's are about to be replaced, and training comes first. */
const canAnswer = (state: NodeState, to: PeerId): boolean =>
  state.steps > 0 &&
  hasTimeToAnswer(state, to) &&
  state.status !== 'idle' &&
  state.pending?.stage !== 'pulled' &&
  state.inbox.filter(({ message }) => message.type === 'ask').length < mostAsks

const canTake = (state: NodeState): boolean =>
  state.steps > 0 && state.status === 'training' && state.pending?.stage !== 'pulled'

/** A newer message of one kind replaces an older one of the same sender: at most five wait for each neighbour. */
const enqueued = (state: NodeState, arrival: Arrival): NodeState => ({
  ...state,
  inbox: [
    ...state.inbox.filter(
      ({ from, message }) => from !== arrival.from || message.type !== arrival.message.type,
    ),
    arrival,
  ],
})

function isPending(
  state: NodeState,
  from: PeerId,
  id: number,
  stage: 'announced' | 'asked' | 'pulled',
): state is NodeState & { readonly pending: Pending } {
  return state.pending?.peer === from && state.pending.id === id && state.pending.stage === stage
}

function answered(
  state: NodeState,
  stage: 'asked' | 'pulled',
  arrival: Arrival & { readonly message: { readonly id: number } },
  nowMs: number,
): Transition<NodeState> {
  if (!isPending(state, arrival.from, arrival.message.id, stage)) return [counted(state, 'late'), []]
  const timed = withRoundTrip(state, nowMs - state.pending.sinceMs)
  return [enqueued({ ...timed, pending: { ...state.pending, stage: 'answered' } }, arrival), []]
}

const smoothedRtt = ({ rttMs }: Neighbour, measuredMs: number): number =>
  rttMs === undefined ? Math.max(0, measuredMs) : rttMs + 0.2 * (Math.max(0, measuredMs) - rttMs)
