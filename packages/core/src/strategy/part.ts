import type { PeerId } from '../ports.ts'
import type { Move, Occasion, Progress, Proposal, Received } from './strategy.ts'

/** Where moves come from: pure functions over plain state, the first link of a strategy. */
export interface Source<State> {
  init(): State
  /** A neighbour's model arrived. */
  receive(state: State, received: Received): readonly [State, Proposal]
  /** An own exchange. Without it, everything is merged on arrival. */
  gather?(state: State, occasion: Occasion, neighbours: readonly PeerId[]): readonly [State, Proposal]
  /** Own weights leave for `count` neighbours. Without it, mass 1 goes with each. */
  send?(state: State, count: number): readonly [State, number]
  /** A move was made. */
  accept?(state: State, move: Move): State
}

/** What a part may know of a move: where it starts, and whose model it leads to (own for gathered moves). */
export interface Context extends Occasion {
  readonly sender: Progress
}

/** A link of a strategy behind the source: judges, scales, holds or reshapes moves. Pure functions over plain state. */
export interface Part<State> {
  init(): State
  /** Before the loss is checked: passes the move on, changed or not, holds it or refuses it. Owns the difference. */
  propose?(state: State, move: Move, context: Context): readonly [State, Proposal]
  /** The loss of a proposed move was measured: how much it raises the loss on own examples, in nats. */
  weighed?(state: State, increase: number): State
  /** When the move is made: may change in place what is about to be added to the training replica, but not keep it. */
  accept?(state: State, displacement: Float32Array, context: Occasion): State
}

/** The part that does nothing. */
export const nothing: Part<undefined> = { init: () => undefined }

/** One part after the other, each on what the one before passed on; the first that holds or refuses ends it. */
export function chain(...parts: readonly Part<unknown>[]): Part<readonly unknown[]> {
  return {
    init: () => parts.map((part) => part.init()),
    propose: (states, move, context) => {
      const next = [...states]
      let proposal: Proposal = { type: 'move', ...move }
      for (const [i, part] of parts.entries()) {
        if (part.propose === undefined) continue
        const [state, changed] = part.propose(next[i], proposal, context)
        next[i] = state
        if (changed.type !== 'move') return [next, changed]
        proposal = changed
      }
      return [next, proposal]
    },
    weighed: (states, increase) => parts.map((part, i) => part.weighed?.(states[i], increase) ?? states[i]),
    ...(parts.every((part) => part.accept === undefined)
      ? {}
      : {
          accept: (states: readonly unknown[], displacement: Float32Array, context: Occasion) =>
            parts.map((part, i) => part.accept?.(states[i], displacement, context) ?? states[i]),
        }),
  }
}
