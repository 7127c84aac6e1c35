import type { EncodedModel, Examples, PossibleMove, Weighed } from '../../ports.ts'
import type { CompleteTask } from '../../task/task.ts'
import type { Backend } from './backend.ts'
import type { Mirror } from './mirror.ts'
import type { Network } from './models/network.ts'

/** The parameters that train on one device, and the step that changes them. Operations come one at a time. */
export interface Replica {
  /** Mean loss of the steps; resolves when the device has done them. Keeps the mirror fresh. */
  train(steps: number): Promise<number>
  /** A copy that the caller owns, in `into` where that is given; the mirror gets one, too. */
  read(into?: Float32Array): Promise<Float32Array>
  /** Only reads `params`, before it returns. */
  write(params: Float32Array): void
  /** As the Trainer's, but reads `delta` before it returns. */
  add(delta: Float32Array, timesWeighed?: number): Promise<void>
  /** As the Trainer's, but reads the model before it returns. */
  approach(model: EncodedModel, share: number): Promise<void>
  /** As the Trainer's, but reads `params` before it returns. */
  probe(params: Float32Array): Promise<number>
  /** As the Trainer's, but reads the move before it returns. */
  weigh(move: PossibleMove): Promise<Weighed>
  /**
   * What the model puts out for other examples, row-major [choices, outputs], with own parameters or those given, where there is a faster
   * way to them than tfjs operations. Undefined for inputs that it does not take.
   */
  outputs?(inputs: Examples['inputs'], given: Float32Array | undefined): Promise<Float32Array> | undefined
  dispose(): void
}

export interface ReplicaOptions {
  readonly backend: Backend
  readonly task: CompleteTask
  readonly network: Network
  readonly examples: Examples
  /** Of the order of examples. */
  readonly seed: number
  /** Rows of the examples that a probe is over. */
  readonly probeRows: Int32Array
  /** Added to the outputs: one for each class, or a zero. */
  readonly priors: Float32Array
  /** Where training begins, in layout order; only read. */
  readonly start: Float32Array
  readonly mirror: Mirror
}
