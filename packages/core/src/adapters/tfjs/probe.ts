import { dispose, type Tensor, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core'
import type { Examples } from '../../ports.ts'
import { exampleSize, outputCount, targetsOf } from '../../task/data.ts'
import type { DataSpec } from '../../task/task.ts'
import type { Backend } from './backend.ts'
import { examplesAtOnce } from './evaluation.ts'
import { summedLossOf } from './loss.ts'
import type { Network } from './models/network.ts'

/** The mean training loss over a few examples that stay on the device. */
export interface Probe {
  /** Only reads the parameters; the answers of calls that overlap are right, too. */
  loss(params: readonly Tensor[]): Promise<number>
  dispose(): void
}

export interface ProbeOptions {
  readonly backend: Backend
  readonly network: Network
  readonly data: DataSpec
  /** As `examplesAt` gives them. */
  readonly examples: Examples & { readonly inputs: Float32Array }
  /** Added to the outputs. */
  readonly priors: Float32Array
}

export function createProbe({ backend, network, data, examples, priors }: ProbeOptions): Probe {
  const { inputs } = examples
  const columns = outputCount(data)
  const summedLoss = summedLossOf(data)
  const targets = targetsOf(data, examples)
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
      const outputs = parts.map((part) => tidy(() => network.outputs(params, part)))
      try {
        let sum = 0
        let at = 0
        for (const output of outputs) {
          const values = await output.data<'float32'>()
          for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + (priors[i % columns] ?? 0)
          const count = values.length / columns
          sum += summedLoss(values, targets.subarray(at, at + count))
          at += count
        }
        return sum / targets.length
      } finally {
        dispose(outputs)
      }
    },
    dispose: () => dispose(parts),
  }
}
