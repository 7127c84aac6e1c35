import type { PeerId } from '../ports.ts'
import type { Move, Occasion, Proposal, Received, Strategy, StrategyState } from '../strategy/strategy.ts'
import type { Pieces } from './pieces.ts'

/** A strategy with its state: one for each piece in which weights travel, and one served model. Vectors are whole. */
export interface Mixer {
  /** Whether what `accept` answers may be anything but share x scale x difference. */
  readonly reshapes: boolean
  send(count: number, piece: number): number
  receive(received: Received, piece: number): Proposal
  gather(occasion: Occasion, neighbours: readonly PeerId[], piece: number): Proposal
  weighed(increase: number, piece: number): void
  /** Returns what is to be added to the parameters. */
  accept(occasion: Occasion, move: Move, piece: number): Float32Array
  served(): Float32Array | undefined
  adopt(params: Float32Array): void
  /** Returns the relative distance before. */
  agree(own: Float32Array, theirs: Float32Array, share: number): number
}

/** @param resumed what an earlier life served; the mixer takes ownership */
export function createMixer(strategy: Strategy, pieces: Pieces, resumed: Float32Array | undefined): Mixer {
  const { pick, place, widen } = pieces
  let served = resumed
  let states = initial()

  function initial(): StrategyState[] {
    return Array.from({ length: pieces.count }, () => strategy.init())
  }

  const stateOf = (piece: number): StrategyState => states[piece] ?? strategy.init()

  const viewOf = (occasion: Occasion, piece: number): Occasion => ({
    ...occasion,
    reference: pick(occasion.reference, piece),
  })

  /** A piece's move as one of the whole vector, which stands still elsewhere. */
  const widened = (proposal: Proposal, piece: number, size: number): Proposal =>
    proposal.type === 'move' ? { ...proposal, difference: widen(proposal.difference, piece, size) } : proposal

  return {
    reshapes: strategy.reshapes,
    send: (count, piece) => {
      const [next, mass] = strategy.send(stateOf(piece), count)
      states[piece] = next
      return mass
    },
    receive: (received, piece) => {
      const view = { ...received, ...viewOf(received, piece), theirs: pick(received.theirs, piece) }
      const [next, proposal] = strategy.receive(stateOf(piece), view)
      states[piece] = next
      return widened(proposal, piece, received.reference.length)
    },
    gather: (occasion, neighbours, piece) => {
      const [next, proposal] = strategy.gather(stateOf(piece), viewOf(occasion, piece), neighbours)
      states[piece] = next
      return widened(proposal, piece, occasion.reference.length)
    },
    weighed: (increase, piece) => {
      states[piece] = strategy.weighed(stateOf(piece), increase)
    },
    accept: (occasion, move, piece) => {
      const { reference } = occasion
      const before = served ?? reference.slice()
      const [next, displacement] = strategy.accept(
        { ...stateOf(piece), served: pick(before, piece) },
        viewOf(occasion, piece),
        { ...move, difference: pick(move.difference, piece) },
      )
      const current = strategy.served(next) ?? pick(before, piece)
      served = place(current, piece, pieces.overlay(before, reference))
      states[piece] = { ...next, served: undefined }
      return widen(displacement, piece, reference.length)
    },
    served: () => served,
    adopt: (params) => {
      states = initial()
      served = params.slice()
    },
    agree: (own, theirs, share) => {
      const [next, distance] = strategy.agree(
        { ...stateOf(0), served: served ?? own.slice() },
        own,
        theirs,
        share,
      )
      served = strategy.served(next)
      return distance
    },
  }
}
