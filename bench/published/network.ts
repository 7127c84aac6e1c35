import { backwardPass } from './backward.ts'
import { forwardPass } from './forward.ts'
import { createMemory, type Memory } from './kernels.ts'
import {
  batchSize,
  bytes1,
  bytes2,
  bytesPooled,
  classes,
  features,
  filters1,
  float,
  imageBytes,
  kernel,
  logitRow,
  pixel1,
  pixel2,
  vectorBytes,
} from './shapes.ts'

/**
 * The published network, forward and backward, for any number of vectors of parameters in one memory: each trainer
 * keeps its own there, and all share one room for activations, one pass after another. Addresses in bytes.
 */
export interface Network {
  readonly memory: Memory
  readonly room: Room
  forward(params: number, count: number): void
  /** After `forward` of the same parameters and count, the gradient of the logits being in their place. */
  backward(params: number, count: number): void
}

/** A tile of the kernels has three rows: the last one of a batch reaches over its end. */
const paddedBatch = 33

/** Addresses of a batch's inputs, activations and gradients. */
export type Room = ReturnType<typeof roomIn>

const roomIn = ({ allocate }: Memory) => ({
  /** Where a batch's inputs belong before `forward`, example by example. */
  inputs: allocate(paddedBatch * imageBytes),
  first: allocate(batchSize * bytes1),
  pooled: allocate(paddedBatch * bytesPooled),
  pooledGradient: allocate(batchSize * bytesPooled),
  second: allocate(paddedBatch * bytes2),
  secondGradient: allocate(paddedBatch * bytes2),
  /** Rows of 16. What `forward` leaves here is overwritten by its gradient before `backward`. */
  logits: allocate(paddedBatch * logitRow),
  dense: allocate(features * logitRow),
  denseTurned: allocate(classes * features * float),
  denseGradient: allocate(features * logitRow),
  denseBias: allocate(logitRow),
  kernel2Turned: allocate(kernel * kernel * filters1 * pixel2),
  // One more row for each row of the kernel, or two more rows of taps, for tiles that reach over the end.
  kernel2Gradient: allocate(kernel * (kernel * filters1 + 1) * pixel2),
  kernel1Gradient: allocate((kernel + 2) * kernel * pixel1),
  /** As parameters are laid out; `backward` sets it. */
  gradient: allocate(vectorBytes),
})

export function createNetwork(): Network {
  const memory = createMemory()
  const room = roomIn(memory)
  return {
    memory,
    room,
    forward: (params, count) => forwardPass(memory, room, params, count),
    backward: (params, count) => backwardPass(memory, room, params, count),
  }
}
