import type { Trainer } from '@gossamer/core'
import { totalSteps } from './rule.ts'

/**
 * Takes no more than `totalSteps` steps. It says so when the last one was taken, and, should more be wanted, once again:
 * that is never answered.
 */
export function limitedTrainer(trainer: Trainer, onDone: (wantsMore: boolean) => void): Trainer {
  let taken = 0
  return {
    ...trainer,
    train: (steps) => {
      const left = Math.min(steps, totalSteps - taken)
      if (left === 0) {
        onDone(true)
        return new Promise(() => {})
      }
      taken += left
      return trainer.train(left).then((trained) => {
        if (taken === totalSteps) onDone(false)
        return trained
      })
    },
  }
}
