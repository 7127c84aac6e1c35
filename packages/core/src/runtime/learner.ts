import type { Codec } from '../codec/codec.ts'
import { codecs } from '../codec/codecs.ts'
import { settled } from '../lib/eventual.ts'
import type { MergeOutcome } from '../node/event.ts'
import type { Trainer } from '../ports.ts'
import { lossMargin } from '../strategy/guard.ts'
import type { Proposal, Strategy } from '../strategy/strategy.ts'
import type { Subject, Weights } from '../wire/message.ts'

/** Everything that is done with weights between two steps of training. Operations are called one at a time. */
export interface Learner {
  /** Own weights to send, which are remembered as the reference of the reply. */
  offer(subject: Subject): PromiseLike<Uint8Array>
  /** Own weights as they are, encoded. */
  give(subject: Subject): PromiseLike<Uint8Array>
  /** Merges what a neighbour sent without being asked. */
  answer(weights: Weights): PromiseLike<MergeOutcome>
  /** Merges a reply relative to what was offered. */
  absorb(weights: Weights): PromiseLike<MergeOutcome>
  forgetOffer(): void
  adopt(weights: Weights): PromiseLike<MergeOutcome>
  /** The served model becomes the training replica. */
  keepServed(): PromiseLike<void>
  /** What the strategy serves; undefined before the first merge. Only to be read, and stale after the next operation. */
  served(): Float32Array | undefined
  /** A copy of the served model, or of the training replica before the first merge. */
  readServed(): PromiseLike<Float32Array>
}

/**
 * @param resumed what an earlier life of this peer served
 * @param codec of the room; the final merge always travels as float16
 */
export function createLearner<State>(
  trainer: Trainer,
  strategy: Strategy<State>,
  codec: Codec,
  resumed: Float32Array | undefined,
): Learner {
  const { size } = trainer.layout
  let state = strategy.init(resumed?.slice())
  let offered: Float32Array | undefined

  const readServed = (): PromiseLike<Float32Array> => {
    const served = strategy.served(state)
    return served === undefined ? trainer.read() : settled(served.slice())
  }
  const vectorOf = (subject: Subject): PromiseLike<Float32Array> =>
    subject === 'own' ? trainer.read() : readServed()
  const encoded = (subject: Subject, vector: Float32Array): Uint8Array =>
    (subject === 'own' ? codec : codecs.float16).encode(vector)

  const merge = (weights: Weights, reference: Float32Array, own: Float32Array): PromiseLike<MergeOutcome> => {
    const decoded = codecs[weights.codec].decode(weights.payload, size)
    if (!decoded.ok) return settled<MergeOutcome>({ type: 'violation', reason: decoded.reason })
    if (weights.subject === 'served') {
      const [next, distance] = strategy.agree(state, own, decoded.values)
      state = next
      return settled<MergeOutcome>({ type: 'accepted', distance })
    }
    const [judged, proposal] = strategy.propose(state, { theirs: decoded.values, reference })
    state = judged
    if (!proposal.ok) return settled<MergeOutcome>({ type: 'refused', reason: proposal.reason })
    return raisesLoss(own, proposal.displacement).then((raises): MergeOutcome | PromiseLike<MergeOutcome> =>
      raises ? { type: 'refused', reason: 'loss' } : apply(reference, proposal),
    )
  }

  const raisesLoss = (own: Float32Array, displacement: Float32Array): PromiseLike<boolean> => {
    const candidate = own.slice()
    for (let i = 0; i < candidate.length; i++) candidate[i] = (candidate[i] ?? 0) + (displacement[i] ?? 0)
    return trainer
      .probe(own)
      .then((before) => trainer.probe(candidate).then((after) => !(after <= before + lossMargin)))
  }

  const apply = (
    reference: Float32Array,
    proposal: Extract<Proposal, { ok: true }>,
  ): PromiseLike<MergeOutcome> => {
    const { distance } = proposal
    const [next, move] = strategy.accept(state, reference, proposal)
    state = next
    if (offered !== undefined && offered !== reference)
      for (let i = 0; i < offered.length; i++) offered[i] = (offered[i] ?? 0) + (move[i] ?? 0)
    return trainer.add(move).then((): MergeOutcome => ({ type: 'accepted', distance }))
  }

  return {
    offer: (subject) =>
      vectorOf(subject).then((vector) => {
        offered = subject === 'own' ? vector : undefined
        return encoded(subject, vector)
      }),
    give: (subject) => vectorOf(subject).then((vector) => encoded(subject, vector)),
    answer: (weights) => trainer.read().then((own) => merge(weights, own, own)),
    absorb: (weights) => {
      const reference = offered
      offered = undefined
      if (reference === undefined && weights.subject === 'own') return settled<MergeOutcome>({ type: 'late' })
      return trainer.read().then((own) => merge(weights, reference ?? own, own))
    },
    forgetOffer: () => {
      offered = undefined
    },
    adopt: (weights) => {
      const decoded = codecs[weights.codec].decode(weights.payload, size)
      if (!decoded.ok) return settled<MergeOutcome>({ type: 'violation', reason: decoded.reason })
      state = strategy.adopt(state, decoded.values)
      return trainer.write(decoded.values).then((): MergeOutcome => ({ type: 'adopted' }))
    },
    keepServed: () => readServed().then((served) => trainer.write(served)),
    served: () => strategy.served(state),
    readServed,
  }
}
