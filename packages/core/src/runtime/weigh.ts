import { axpy } from '../params/vector.ts'
import type { EncodedModel, Trainer, Weighed } from '../ports.ts'
import type { LossGate, Move } from '../strategy/strategy.ts'

/** The loss on own examples without a move and with it; on the device where the trainer can. */
export function weigh(
  trainer: Trainer,
  own: Float32Array,
  { difference, share }: Pick<Move, 'difference' | 'share'>,
  encoded: EncodedModel | undefined,
): PromiseLike<Weighed> {
  if (trainer.weigh !== undefined)
    return trainer.weigh({ difference, share, ...(encoded === undefined ? {} : { encoded }) })
  const candidate = own.slice()
  axpy(candidate, share, difference)
  return trainer.probe(own).then((before) => trainer.probe(candidate).then((after) => ({ before, after })))
}

/** What a move counts for by what it does to the loss: 0, refused, to 1. */
export function weightOf(
  { before, after }: Weighed,
  { factor, margin, usual = Number.POSITIVE_INFINITY }: LossGate,
): number {
  if (!(after <= factor * before + margin)) return 0
  const increase = after - before
  return increase > usual ? usual / increase : 1
}
