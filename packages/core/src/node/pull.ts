import type { Effect, Transition } from './effect.ts'
import type { Moment } from './event.ts'
import type { Neighbour, NodeState } from './state.ts'

/** A newcomer is one that trained less than this and never merged. */
const newcomerSteps = 200

/**
 * Lets a newcomer ask the most trained neighbour for its served model, to begin from there. Training goes on
 * meanwhile: nothing here waits, and a peer alone has nobody to ask.
 */
export function maybePull(
  state: NodeState,
  effects: readonly Effect[],
  { nowMs }: Moment,
): Transition<NodeState> {
  const isNewcomer = state.status === 'training' && state.merges === 0 && state.steps < newcomerSteps
  if (!isNewcomer || state.pending !== undefined) return [state, effects]
  let teacher: Neighbour | undefined
  for (const neighbour of state.neighbours)
    if (neighbour.state === 'connected' && neighbour.steps > (teacher?.steps ?? 4 * state.steps + 50))
      teacher = neighbour
  if (teacher === undefined) return [state, effects]
  const id = state.nextId
  return [
    {
      ...state,
      nextId: (id + 1) >>> 0,
      pending: { id, peer: teacher.id, subject: 'served', sinceMs: nowMs, stage: 'pulled' },
    },
    [...effects, { type: 'send', to: teacher.id, message: { type: 'pull', id } }],
  ]
}
