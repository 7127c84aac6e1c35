import { settled } from '../lib/eventual.ts'
import type { MergeOutcome } from '../node/event.ts'
import { lerp } from '../params/vector.ts'
import type { Trainer } from '../ports.ts'
import type { GossipSpec } from '../task/task.ts'
import type { Agreement, Gift } from './agreement.ts'
import type { Mixer } from './mixer.ts'

/** A served model that arrived. */
export interface ServedModel {
  /** Whole, and owned by whoever gets it. */
  readonly values: Float32Array
  /** What the message says that it stands for. */
  readonly said: number
}

/** Averages served models; `own` are own parameters, served where nothing was merged yet; `given` left for this model. */
export type FinalMerge = (
  theirs: ServedModel,
  own: Float32Array,
  given: Gift | undefined,
) => PromiseLike<MergeOutcome>

/** How much averaging served models may raise the loss on own examples, in nats. */
const agreeMargin = 0.5
const leastPreferred = 0.01

/**
 * A model of twice the loss counts half. One of less loss counts no more than its examples: where two each liked the
 * other's better they would swap models, and never meet. What is no number decides nothing, and the candidate's loss
 * is judged anyway.
 */
function preferenceOf(ownLoss: number, theirLoss: number): number {
  const preference = ownLoss / theirLoss
  return Number.isFinite(preference) ? Math.min(1, Math.max(leastPreferred, preference)) : 1
}

/** A model that would harm own examples is refused, settling or not: anyone may send one. */
export function createFinalMerge(
  trainer: Trainer,
  mixer: Pick<Mixer, 'served' | 'agree'>,
  agreement: Agreement,
  settleBy: GossipSpec['settleBy'],
): FinalMerge {
  return ({ values, said }, own, given) => {
    const current = mixer.served() ?? own
    const preference = (before: number): PromiseLike<number> =>
      settleBy === 'examples' ? settled(1) : trainer.probe(values).then((loss) => preferenceOf(before, loss))
    // Judged at its full share: a model that would harm is refused, not taken in small portions.
    const candidate = current.slice()
    lerp(candidate, values, agreement.shareOf(said))
    return trainer.probe(current).then((before) =>
      trainer.probe(candidate).then((after): MergeOutcome | PromiseLike<MergeOutcome> => {
        if (!(after <= before + agreeMargin)) {
          if (given !== undefined) agreement.takeBack(given)
          return { type: 'refused', reason: 'loss' }
        }
        return preference(before).then((times): MergeOutcome => {
          const share = agreement.shareOf(said, times)
          agreement.take(said)
          return { type: 'accepted', distance: mixer.agree(own, values, share) }
        })
      }),
    )
  }
}
