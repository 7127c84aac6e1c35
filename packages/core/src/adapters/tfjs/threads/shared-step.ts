/** Examples of a batch that one thread computes. */
export interface Shard {
  readonly first: number
  readonly count: number
}

/** Shards of a batch for so many threads, as equal as they can be; the first is the one of the thread that trains. */
export function shardsOf(batchSize: number, threads: number): readonly Shard[] {
  const firstOf = (thread: number): number => Math.floor((thread * batchSize) / threads)
  return Array.from({ length: threads }, (_, thread) => ({
    first: firstOf(thread),
    count: firstOf(thread + 1) - firstOf(thread),
  }))
}

/** Sizes in numbers. */
export interface StepShape {
  readonly shards: readonly Shard[]
  readonly parameters: number
  /** Of one example. */
  readonly inputs: number
  /** Of one example: what the model should put out, and what it does. */
  readonly outputs: number
}

/** One step's memory, shared by all threads: the one that trains writes the questions, the helpers their answers. */
export interface SharedStep {
  /** The number of the step that is to be done, or `over`. Helpers sleep on it. */
  readonly turn: Int32Array
  /** Of what the step draws at random; a whole number below 2^32. */
  readonly seed: Uint32Array
  readonly parameters: Float32Array
  readonly inputs: Float32Array
  readonly wanted: Float32Array
  /** In the order of the shards, from the second. */
  readonly answers: readonly Answer[]
}

export interface Answer {
  /** The number of the step that is done, or `broken`. The thread that trains sleeps on it. */
  readonly done: Int32Array
  /** Of the sum of the shard's losses, in layout order. */
  readonly gradients: Float32Array
  readonly outputs: Float32Array
}

/** In the place of a step's number: the helper has failed and does nothing more. */
export const broken = -1

/** In the place of a step's number: there are no more. */
export const over = -1

/** The number after; all numbers are above 0. */
export const afterTurn = (turn: number): number => (turn % 0x3fffffff) + 1

const word = 4
/** A cache line apart: what one thread writes must not slow down what another one reads. */
const line = 64

/** Lays a step's memory out in `buffer`, or in a new one; the same shape gives the same places in every thread. */
export function sharedStep(
  shape: StepShape,
  buffer?: SharedArrayBuffer,
): SharedStep & { readonly buffer: SharedArrayBuffer } {
  const { shards, parameters, inputs, outputs } = shape
  const batch = shards.reduce((sum, { count }) => sum + count, 0)
  const helpers = shards.slice(1)
  const sizes = [
    1,
    1,
    parameters,
    batch * inputs,
    batch * outputs,
    ...helpers.flatMap(({ count }) => [1, parameters, count * outputs]),
  ]
  const starts: number[] = []
  let end = 0
  for (const size of sizes) {
    starts.push(end)
    end += Math.ceil((size * word) / line) * line
  }
  const memory = buffer ?? new SharedArrayBuffer(end)
  const place = (index: number): readonly [SharedArrayBuffer, number, number] => [
    memory,
    starts[index] ?? 0,
    sizes[index] ?? 0,
  ]
  return {
    buffer: memory,
    turn: new Int32Array(...place(0)),
    seed: new Uint32Array(...place(1)),
    parameters: new Float32Array(...place(2)),
    inputs: new Float32Array(...place(3)),
    wanted: new Float32Array(...place(4)),
    answers: helpers.map((_, helper) => ({
      done: new Int32Array(...place(5 + 3 * helper)),
      gradients: new Float32Array(...place(6 + 3 * helper)),
      outputs: new Float32Array(...place(7 + 3 * helper)),
    })),
  }
}
