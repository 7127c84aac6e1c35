import { dispose, type Tensor, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core'
import type { Examples } from '../../ports.ts'
import { classCount, exampleSize, targetsOf } from '../../task/data.ts'
import type { DataSpec } from '../../task/task.ts'
import type { Backend } from './backend.ts'
import { summedCrossEntropy } from './cross-entropy.ts'
import { examplesAtOnce } from './evaluation.ts'
import type { Network } from './models/network.ts'

/** The mean training loss over a few examples that stay on the device. */
export interface Probe {
  /** Only reads the parameters; the answers of calls that overlap are right, too. In nats. */
  loss(params: readonly Tensor[]): Promise<number>
  dispose(): void
}

export interface ProbeOptions {
  readonly backend: Backend
  readonly network: Network
  readonly data: DataSpec
  /** As `examplesAt` gives them. */
  readonly examples: Examples & { readonly inputs: Float32Array }
  /** Added to the logits, one for each class. */
  readonly priors: Float32Array
}

export function createProbe({ backend, network, data, examples, priors }: ProbeOptions): Probe {
  const { inputs } = examples
  const classes = classCount(data)
  const labels = targetsOf(data, examples)
  const width = exampleSize(data)
  const most = examplesAtOnce(data)
  const parts: Tensor2D[] = []
  for (let start = 0; start < inputs.length; start += most * width) {
    const values = inputs.slice(start, start + most * width)
    parts.push(tensor2d(values, [values.length / width, width]))
  }

  return {
    loss: async (params) => {
      backend.use()
      const outputs = parts.map((part) => tidy(() => network.logits(params, part)))
      try {
        let sum = 0
        let at = 0
        for (const output of outputs) {
          const logits = await output.data<'float32'>()
          for (let i = 0; i < logits.length; i++) logits[i] = (logits[i] ?? 0) + (priors[i % classes] ?? 0)
          const count = logits.length / classes
          sum += summedCrossEntropy(logits, classes, labels.subarray(at, at + count))
          at += count
        }
        return sum / labels.length
      } finally {
        dispose(outputs)
      }
    },
    dispose: () => dispose(parts),
  }
}
