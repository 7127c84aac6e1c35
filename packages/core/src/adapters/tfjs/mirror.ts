import { allFinite } from '../../params/vector.ts'

/** The host's copy of the parameters, for the day the device is gone or training runs away. */
export interface Mirror {
  /**
   * Copies parameters that training came to, but none that are not finite, none while training runs away, and none
   * where little training has passed since the last time.
   */
  keep(params: Float32Array): void
  /** Copies parameters from elsewhere, where they are finite; training begins anew there. */
  replace(params: Float32Array): void
  /** The mean loss of a slice that ended. */
  judge(loss: number): void
  copy(): Float32Array
  /** Watches over one slice of training. */
  slice(): MirrorSlice
}

export interface MirrorSlice {
  /** Whether a second of training has passed since parameters were last kept. Ask once before each run of `steps`. */
  isDue(steps: number): boolean
  /** All steps of the slice have really been done. */
  ended(steps: number): void
}

const oldestMs = 1_000
/** A copy that is younger serves as well. */
const youngMs = 100

/** Training runs away where its loss is above `fold` times the lowest of late and `margin`, or hopeless. */
const runaway = { fold: 2, margin: 1 } as const
/** What the lowest loss of late may rise by in a slice: merges and hard batches are forgiven, explosions are not. */
const forgiven = 0.02

/**
 * A device takes steps faster than it does them, so time alone does not tell how much training is at stake: the
 * duration of a step is learned from whole slices.
 */
export function createMirror(params: Float32Array, hopelessLoss: number): Mirror {
  const mirrored = params.slice()
  let trainedMs = 0
  let stepMs = 0
  let lowest = Number.POSITIVE_INFINITY
  let runsAway = false
  return {
    keep: (values) => {
      if (trainedMs < youngMs) return
      if (!runsAway && allFinite(values)) mirrored.set(values)
      trainedMs = 0
    },
    replace: (values) => {
      if (allFinite(values)) mirrored.set(values)
      trainedMs = 0
      lowest = Number.POSITIVE_INFINITY
      runsAway = false
    },
    judge: (loss) => {
      runsAway = !(loss <= Math.min(hopelessLoss, runaway.fold * lowest + runaway.margin))
      if (!Number.isFinite(loss)) return
      lowest = Math.min(loss, lowest + forgiven)
    },
    copy: () => mirrored.slice(),
    slice: () => {
      const startMs = performance.now()
      let seenMs = startMs
      return {
        isDue: (steps) => {
          const nowMs = performance.now()
          trainedMs += Math.max(steps * stepMs, nowMs - seenMs)
          seenMs = nowMs
          return trainedMs >= oldestMs
        },
        ended: (steps) => {
          if (steps > 0) stepMs = (performance.now() - startMs) / steps
        },
      }
    },
  }
}
