/** What arrived from a neighbour, decoded and of the right layout. */
export interface Received {
  /** Their parameters. The strategy takes ownership and may write into it. */
  readonly theirs: Float32Array
  /** What the difference is taken from: own parameters, or those sent when the exchange began. Only read. */
  readonly reference: Float32Array
}

export type Proposal =
  /** `displacement` is what would be added to the own parameters before any scaling; the caller may write into it. */
  | {
      readonly ok: true
      readonly displacement: Float32Array
      readonly scale: number
      /** L2 norm of theirs - reference. */
      readonly distance: number
    }
  | { readonly ok: false; readonly reason: 'too-far'; readonly distance: number }

/**
 * A gossip rule: functions over plain state that the caller keeps and never shares between peers. `propose` says
 * what a received model would do; the runtime checks that against own examples; `accept` then makes it so.
 */
export interface Strategy<State> {
  readonly name: string
  /** `served` is what an earlier life served, where there was one; the state takes ownership. */
  init(served?: Float32Array): State
  propose(state: State, received: Received): readonly [State, Proposal]
  /**
   * Takes an accepted proposal in. Returns the next state (whose buffers may be those of the old, updated) and
   * what the trainer must add to its parameters.
   */
  accept(
    state: State,
    reference: Float32Array,
    proposal: Extract<Proposal, { ok: true }>,
  ): readonly [State, Float32Array]
  /** The model a user should use, owned by the state: only read it. Undefined before the first merge: own it is. */
  served(state: State): Float32Array | undefined
  /** Starts over from given parameters, as a newcomer does from a neighbour's served model. */
  adopt(state: State, params: Float32Array): State
  /**
   * Averages the served model (`own` where there is none yet) with a neighbour's, for the final merge. Returns the
   * relative distance before.
   */
  agree(state: State, own: Float32Array, theirs: Float32Array): readonly [State, number]
}
