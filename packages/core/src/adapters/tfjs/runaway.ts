import { classCount, numberTarget } from '../../task/data.ts'
import type { DataSpec } from '../../task/task.ts'

/** Above this mean loss weights are worth nothing: three times that of guessing a class, or of always saying the mean. */
export const hopelessLoss = (data: DataSpec): number =>
  3 * (numberTarget(data) === undefined ? Math.log(Math.max(2, classCount(data))) : 1)

/** Looks on while training goes on. */
export interface RunawayWatch {
  /** Whether training has run away, the mean loss of so many more steps being this. Then it looks on anew. */
  ranAway(steps: number, loss: number): boolean
}

/** A bad merge or unscaled inputs may raise the loss as high, but then it falls. */
const patienceSteps = 300

/**
 * Clipped gradients never end in NaN, however high the learning rate is: weights only wander, far out. So training has run
 * away, too, when the loss was hopeless for 300 steps and never fell to half of what it was at first.
 */
export function createRunawayWatch(hopeless: number): RunawayWatch {
  let first: number | undefined
  let seenSteps = 0
  const begin = (loss: number | undefined): void => {
    first = loss
    seenSteps = 0
  }
  return {
    ranAway: (steps, loss) => {
      if (!Number.isFinite(loss)) {
        begin(undefined)
        return true
      }
      if (loss <= hopeless) begin(undefined)
      else if (first === undefined || loss < first / 2) begin(loss)
      else seenSteps += steps
      if (seenSteps < patienceSteps) return false
      begin(undefined)
      return true
    },
  }
}
