/** Above this mean loss, in nats, weights are worth nothing: three times that of guessing among so many classes. */
export const hopelessLoss = (classes: number): number => 3 * Math.log(Math.max(2, classes))

/** Looks on while training goes on. */
export interface RunawayWatch {
  /** Whether training has run away, the mean loss of so many more steps being this, in nats. Then it looks on anew. */
  ranAway(steps: number, loss: number): boolean
}

/** A bad merge or unscaled inputs may raise the loss as high, but then it falls. */
const patienceSteps = 300

/**
 * Clipped gradients never end in NaN, however high the learning rate is: weights only wander, far out. So training has run
 * away, too, when the loss was hopeless for 300 steps and never fell to half of what it was at first.
 */
export function createRunawayWatch(classes: number): RunawayWatch {
  const hopeless = hopelessLoss(classes)
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
