/** What suits the device, where devices want opposite things. Results are the same but for the order of sums. */
export interface Tuning {
  /** Invocations of a workgroup in kernels where each has much to do. */
  readonly workgroupSize: number
  /** The most shares of a batch whose filter gradients are computed side by side. */
  readonly shares: number
  /** Blocks of four columns that one invocation of a dense layer computes. */
  readonly blocks: number
  /** Times four parameters that one invocation takes in a pass over all of them. */
  readonly fours: number
  /** Steps in one submit, at least and at most. */
  readonly chunk: { readonly least: number; readonly most: number }
  /** What one submit should take at most. */
  readonly submitMs: number
}

/** An emulation runs few invocations at a time, each faster the more it keeps in registers; nothing waits for it. */
export const softwareTuning: Tuning = {
  workgroupSize: 16,
  shares: 8,
  blocks: 2,
  fours: 64,
  chunk: { least: 8, most: 32 },
  submitMs: 1_000,
}

/** A GPU wants thousands of invocations, and the screen wants the GPU, too. */
export const gpuTuning: Tuning = {
  workgroupSize: 64,
  shares: 32,
  blocks: 1,
  fours: 1,
  chunk: { least: 1, most: 32 },
  submitMs: 50,
}
