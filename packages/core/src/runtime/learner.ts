import { settled } from '../lib/eventual.ts'
import type { MergeOutcome } from '../node/event.ts'
import { axpy } from '../params/vector.ts'
import type { EncodedModel, PeerId, Trained, Trainer } from '../ports.ts'
import type { Move, Occasion, Progress, Proposal, Strategy } from '../strategy/strategy.ts'
import type { GossipSpec } from '../task/task.ts'
import type { Subject, Weights } from '../wire/message.ts'
import { Agreement, type Gift } from './agreement.ts'
import { createFinalMerge } from './final-merge.ts'
import type { Arrived, Links } from './links.ts'
import { createMixer } from './mixer.ts'
import type { Pieces } from './pieces.ts'
import type { Travel } from './travel.ts'
import { weigh, weightOf } from './weigh.ts'

/** Everything that is done with weights. Operations are called one at a time. */
export interface Learner {
  train(steps: number): PromiseLike<Trained>
  /** Own weights to send, which are remembered as the reference of the reply. */
  offer(to: PeerId, subject: Subject): PromiseLike<Letter>
  /** Own weights as they are, encoded. */
  give(to: PeerId, subject: Subject): PromiseLike<Letter>
  /** Own weights for several neighbours, in their order, that want no answer. */
  spread(to: readonly PeerId[]): PromiseLike<readonly Parcel[]>
  /** Hands own weights over as the reply to what a neighbour asked with, then merges that. */
  answer(from: PeerId, weights: Weights, reply: (letter: Letter) => void): PromiseLike<MergeOutcome>
  /** Merges what a neighbour sent without being asked. */
  take(from: PeerId, weights: Weights, mass: number): PromiseLike<MergeOutcome>
  /** Merges a reply relative to what was offered. */
  absorb(from: PeerId, weights: Weights): PromiseLike<MergeOutcome>
  /** Merges what the strategy kept for own exchanges. */
  gather(neighbours: readonly PeerId[]): PromiseLike<MergeOutcome>
  /** The offer is given up, and it may not have arrived. */
  forgetOffer(to: PeerId): void
  adopt(from: PeerId, weights: Weights): PromiseLike<MergeOutcome>
  /** The served model becomes the training replica. */
  keepServed(): PromiseLike<void>
  /** What the strategy serves; undefined before the first merge. Only to be read, and stale after the next operation. */
  served(): Float32Array | undefined
  /** A copy of the served model, or of the training replica before the first merge. */
  readServed(): PromiseLike<Float32Array>
}

/** Encoded weights, and the examples that they stand for as a message says it. */
export type Letter = Pick<Weights, 'samples' | 'payload'>

/** Encoded weights for one neighbour, and the mass that goes with them. */
export interface Parcel {
  readonly to: PeerId
  readonly mass: number
  readonly letter: Letter
}

export interface LearnerOptions {
  readonly trainer: Trainer
  readonly strategy: Strategy
  readonly links: Links
  readonly travel: Travel
  readonly pieces: Pieces
  /** What served models count by in the final merge. */
  readonly settleBy: GossipSpec['settleBy']
  /** What an earlier life of this peer served. */
  readonly resumed: Float32Array | undefined
  /** How far this peer has come. */
  readonly progress: () => Progress & Pick<Occasion, 'everySteps'>
}

export function createLearner({
  trainer,
  strategy,
  links,
  travel,
  pieces,
  settleBy,
  resumed,
  progress,
}: LearnerOptions): Learner {
  const mixer = createMixer(strategy, pieces, resumed?.slice())
  // Own weights of the operation that runs, and those that were offered. New memory for each would cost more than merging.
  const space = new Float32Array(trainer.layout.size)
  const offerSpace = new Float32Array(trainer.layout.size)
  /** Came with an earlier model and is free again. */
  let spare: Float32Array<ArrayBuffer> | undefined
  let offered: Float32Array | undefined
  const agreement = new Agreement(trainer.samples)
  const agree = createFinalMerge(trainer, mixer, agreement, settleBy)
  let gift: Gift | undefined
  /** The piece that is next for several neighbours at once, and the one before. */
  let turn = 0
  let spreadLast = 0

  const readServed = (): PromiseLike<Float32Array> => {
    const served = mixer.served()
    return served === undefined ? trainer.read() : settled(served.slice())
  }
  /** Own weights as they are, good until the next operation. */
  const readOwn = (): PromiseLike<Float32Array> => trainer.read(space)
  const vectorOf = (subject: Subject, into: Float32Array): PromiseLike<Float32Array> =>
    subject === 'own' ? trainer.read(into) : readServed()

  /** A whole vector for a neighbour; the reference is whole, too, with what the neighbour takes the piece for. */
  const encode = (
    to: PeerId,
    subject: Subject,
    vector: Float32Array,
    piece?: number,
  ): { readonly payload: Uint8Array; readonly reference: Float32Array } => {
    const sent = links.encode(to, subject, travel.pick(vector), piece)
    return { payload: sent.bytes, reference: placed(sent.reference, sent.piece, vector) }
  }

  const placed = (values: Float32Array, piece: number | undefined, vector: Float32Array): Float32Array =>
    piece === undefined ? travel.place(values, vector) : pieces.place(values, piece, vector)

  const decode = (from: PeerId, weights: Weights): Arrived => {
    const into = spare
    spare = undefined
    return links.decode(from, weights, into)
  }

  const occasion = (reference: Float32Array): Occasion => {
    const { steps, samples, everySteps } = progress()
    return { reference, self: { steps, samples }, everySteps }
  }

  const merge = (
    from: PeerId,
    weights: Weights,
    decoded: Arrived,
    reference: Float32Array,
    own: Float32Array,
    { mass = 1, given }: { readonly mass?: number; readonly given?: Gift | undefined } = {},
  ): PromiseLike<MergeOutcome> => {
    if (!decoded.ok) return settled(unreadable(decoded.reason))
    if (weights.subject === 'served') {
      const values = travel.place(decoded.values, mixer.served() ?? own)
      return agree({ values, said: weights.samples }, own, given)
    }
    const at = occasion(reference)
    const { steps, samples } = weights
    const { piece = 0 } = decoded
    const theirs = placed(decoded.values, decoded.piece, reference)
    const received = { ...at, from, theirs, sender: { steps, samples }, mass }
    const proposal = mixer.receive(received, piece)
    const isInPlace = proposal.type === 'move' && proposal.difference === decoded.values
    // A device can make the difference itself where it is one from what it holds to what the bytes stand for.
    const { codec, payload: bytes } = weights
    const isPlain = theirs === decoded.values && (codec === 'int8' || codec === 'float16')
    const encoded = isPlain && reference === own ? { codec, bytes } : undefined
    return conclude(proposal, at, own, piece, encoded).then((outcome) => {
      if (isInPlace) spare = decoded.values
      return outcome
    })
  }

  const conclude = (
    proposal: Proposal,
    at: Occasion,
    own: Float32Array,
    piece: number,
    encoded?: EncodedModel,
  ): PromiseLike<MergeOutcome> => {
    if (proposal.type !== 'move') return settled<MergeOutcome>(proposal)
    const { lossGate, direct } = proposal
    const sent = direct ? encoded : undefined
    if (lossGate === undefined) return apply(at, proposal, piece, { sent })
    return weigh(trainer, own, proposal, sent).then((weighed): MergeOutcome | PromiseLike<MergeOutcome> => {
      mixer.weighed(weighed.after - weighed.before, piece)
      const weight = weightOf(weighed, lossGate)
      return weight === 0
        ? { type: 'refused', reason: 'loss' }
        : apply(at, { ...proposal, scale: proposal.scale * weight }, piece, { isWeighed: true })
    })
  }

  /** `sent`: bytes of which the move is the difference to. */
  const apply = (
    at: Occasion,
    move: Move,
    piece: number,
    { isWeighed = false, sent }: { readonly isWeighed?: boolean; readonly sent?: EncodedModel | undefined },
  ): PromiseLike<MergeOutcome> => {
    const { distance, share, scale } = move
    const displacement = mixer.accept(at, move, piece)
    if (offered !== undefined && offered !== at.reference) axpy(offered, 1, displacement)
    const factor = mixer.reshapes ? undefined : share * scale
    const moved =
      sent !== undefined && factor !== undefined && trainer.approach !== undefined
        ? trainer.approach(sent, factor)
        : trainer.add(displacement, isWeighed ? factor : undefined)
    return moved.then((): MergeOutcome => ({ type: 'accepted', distance }))
  }

  return {
    train: (steps) => {
      agreement.reset()
      return trainer.train(steps)
    },
    offer: (to, subject) =>
      vectorOf(subject, offerSpace).then((vector) => {
        const { payload, reference } = encode(to, subject, vector)
        offered = subject === 'own' ? reference : undefined
        gift = subject === 'own' ? undefined : agreement.give()
        return { payload, samples: gift?.said ?? trainer.samples }
      }),
    give: (to, subject) =>
      vectorOf(subject, space).then((vector) => ({
        payload: encode(to, subject, vector).payload,
        samples: subject === 'own' ? trainer.samples : agreement.said,
      })),
    spread: (peers) =>
      readOwn().then((own) => {
        const piece = turn
        const mass = mixer.send(peers.length, piece)
        turn = (piece + 1) % pieces.count
        spreadLast = piece
        const { samples } = trainer
        return peers.map((to) => {
          const { payload } = encode(to, 'own', own, piece)
          return { to, mass, letter: { samples, payload } }
        })
      }),
    answer: (from, weights, reply) =>
      readOwn().then((own) => {
        // First what they have is noted: that decides how own weights are sent best.
        const decoded = decode(from, weights)
        const { subject } = weights
        const { payload, reference } = encode(
          from,
          subject,
          subject === 'own' ? own : (mixer.served() ?? own),
          decoded.ok ? decoded.piece : undefined,
        )
        const given = subject === 'own' ? undefined : agreement.give()
        reply({ payload, samples: given?.said ?? trainer.samples })
        return merge(from, weights, decoded, reference, own, { given })
      }),
    take: (from, weights, mass) =>
      readOwn().then((own) => merge(from, weights, decode(from, weights), own, own, { mass })),
    absorb: (from, weights) => {
      const reference = offered
      const given = gift
      offered = undefined
      gift = undefined
      const decoded = decode(from, weights)
      if (reference === undefined && weights.subject === 'own')
        return settled<MergeOutcome>({ type: 'late', reason: 'late' })
      return readOwn().then((own) => merge(from, weights, decoded, reference ?? own, own, { given }))
    },
    gather: (neighbours) =>
      readOwn().then((own) => {
        const at = occasion(own)
        return conclude(mixer.gather(at, neighbours, spreadLast), at, own, spreadLast)
      }),
    forgetOffer: (to) => {
      offered = undefined
      if (gift !== undefined) agreement.takeBack(gift)
      gift = undefined
      links.forget(to)
    },
    adopt: (from, weights) => {
      const decoded = links.decode(from, weights)
      if (!decoded.ok) return settled(unreadable(decoded.reason))
      return readOwn().then((own) => {
        const params = travel.place(decoded.values, own)
        mixer.adopt(params)
        return trainer.write(params).then((): MergeOutcome => ({ type: 'adopted' }))
      })
    },
    keepServed: () => readServed().then((served) => trainer.write(served)),
    served: () => mixer.served(),
    readServed,
  }
}

/** Nobody is to blame where a frame was lost on the way. */
const unreadable = (reason: string): MergeOutcome =>
  reason === 'no-reference' ? { type: 'late', reason } : { type: 'violation', reason }
