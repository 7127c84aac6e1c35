/** The host's copy of the parameters, for the day the device is gone. */
export interface Mirror {
  /** Copies. */
  keep(params: Float32Array): void
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

/**
 * A device takes steps faster than it does them, so time alone does not tell how much training is at stake: the
 * duration of a step is learned from whole slices.
 */
export function createMirror(params: Float32Array): Mirror {
  const mirrored = params.slice()
  let trainedMs = 0
  let stepMs = 0
  return {
    keep: (values) => {
      mirrored.set(values)
      trainedMs = 0
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
