import { concat, dispose, keep, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Batch } from './batches.ts'
import type { SummedLoss } from './loss.ts'

/** Outputs that wait on the device before they are read back: 4 MB. */
const mostWaiting = 2 ** 20

/**
 * The training loss of a slice. Every step leaves its outputs on the device; they are read back in one piece when
 * the slice ends, and the host, which knows the targets, does the rest. So a step spends nothing on its loss.
 */
export interface LossLedger {
  /** Keeps the outputs (and disposes them later). */
  add(outputs: Tensor2D, targets: Batch['targets']): void
  /** Mean loss of all that was added since the last call. */
  mean(): Promise<number>
  dispose(): void
}

/** Disposes the pieces but what it returns. */
function inOnePiece(pieces: Tensor2D[]): Tensor2D | undefined {
  if (pieces.length < 2) return pieces[0]
  const all = concat(pieces)
  dispose(pieces)
  return all
}

export function createLossLedger(summedLoss: SummedLoss): LossLedger {
  let waiting: { readonly outputs: Tensor2D; readonly targets: Batch['targets'] }[] = []
  let sums: Promise<number>[] = []
  let count = 0

  function readBack(): void {
    const rows = waiting
    waiting = []
    const all = inOnePiece(rows.map(({ outputs }) => outputs))
    if (all === undefined) return
    const sum = all
      .data<'float32'>()
      .then((values) =>
        summedLoss(
          values,
          rows.flatMap(({ targets }) => [...targets]),
        ),
      )
      .finally(() => all.dispose())
    // Whoever awaits the mean hears of a failure; until then it must not count as unhandled.
    sum.catch(() => undefined)
    sums.push(sum)
  }

  return {
    add: (outputs, targets) => {
      waiting.push({ outputs: keep(outputs), targets })
      count += targets.length
      if (waiting.length * outputs.size >= mostWaiting) readBack()
    },
    mean: async () => {
      readBack()
      const parts = sums
      const samples = count
      sums = []
      count = 0
      const total = (await Promise.all(parts)).reduce((sum, part) => sum + part, 0)
      return samples === 0 ? 0 : total / samples
    },
    dispose: () => {
      dispose(waiting.map(({ outputs }) => outputs))
      waiting = []
    },
  }
}
