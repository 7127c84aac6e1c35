import { concat, dispose, keep, type Tensor2D } from '@tensorflow/tfjs-core'
import { summedCrossEntropy } from './cross-entropy.ts'

/** Logits that wait on the device before they are read back: 4 MB. */
const mostWaiting = 2 ** 20

/**
 * The training loss of a slice. Every step leaves its logits on the device; they are read back in one piece when
 * the slice ends, and the host, which knows the labels, does the rest. So a step spends nothing on its loss.
 */
export interface LossLedger {
  /** Keeps the logits (and disposes them later). */
  add(logits: Tensor2D, labels: Int32Array): void
  /** Mean loss of all that was added since the last call, in nats. */
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

export function createLossLedger(classes: number): LossLedger {
  let waiting: { readonly logits: Tensor2D; readonly labels: Int32Array }[] = []
  let sums: Promise<number>[] = []
  let count = 0

  function readBack(): void {
    const rows = waiting
    waiting = []
    const all = inOnePiece(rows.map(({ logits }) => logits))
    if (all === undefined) return
    const sum = all
      .data<'float32'>()
      .then((values) =>
        summedCrossEntropy(
          values,
          classes,
          rows.flatMap(({ labels }) => [...labels]),
        ),
      )
      .finally(() => all.dispose())
    // Whoever awaits the mean hears of a failure; until then it must not count as unhandled.
    sum.catch(() => undefined)
    sums.push(sum)
  }

  return {
    add: (logits, labels) => {
      waiting.push({ logits: keep(logits), labels })
      count += labels.length
      if (waiting.length * logits.size >= mostWaiting) readBack()
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
      dispose(waiting.map(({ logits }) => logits))
      waiting = []
    },
  }
}
