import { backwardPass } from './backward.ts'
import { forwardPass } from './forward.ts'
import { createMemory, type Memory } from './kernels.ts'
import {
  batchSize,
  bytes1,
  bytes2,
  bytesPooled,
  classes,
  entryBytes,
  features,
  filters1,
  float,
  imageBytes,
  inputEntriesBytes,
  inputStartsBytes,
  logitRow,
  pixel2,
  pooled,
  row1,
  taps,
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

/** Addresses of a batch's inputs, activations and gradients, and of lists of what is not 0 among them. */
export type Room = ReturnType<typeof roomIn>

const roomIn = ({ allocate }: Memory) => ({
  /** Where a batch's inputs belong before `forward`, example by example. */
  inputs: allocate(batchSize * imageBytes),
  inputEntries: allocate(batchSize * inputEntriesBytes),
  inputStarts: allocate(batchSize * inputStartsBytes),
  /** Windows reach over its beginning by three pixels. */
  first: allocate(batchSize * bytes1 + row1) + row1,
  pooled: allocate(batchSize * bytesPooled),
  second: allocate(paddedBatch * bytes2),
  secondGradient: allocate(paddedBatch * bytes2),
  /** For one example at a time. */
  pooledGradient: allocate(bytesPooled),
  entries: allocate(bytesPooled * 2 + entryBytes),
  starts: allocate((pooled * pooled + 1) * float),
  /** Rows of 16. What `forward` leaves here is overwritten by its gradient before `backward`. */
  logits: allocate(paddedBatch * logitRow),
  dense: allocate(features * logitRow),
  denseTurned: allocate(classes * features * float),
  denseGradient: allocate(features * logitRow),
  denseBias: allocate(logitRow),
  /** Output channel by output channel. */
  kernel2Turned: allocate(taps * filters1 * pixel2),
  kernel2Gradient: allocate(taps * filters1 * pixel2),
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
