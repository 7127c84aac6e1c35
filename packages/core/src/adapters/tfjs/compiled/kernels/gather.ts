import type { Kernel } from '../kernel.ts'

export interface Gathering {
  readonly batch: number
  /** Values of one example. */
  readonly width: number
  /** How the examples lie on the device. */
  readonly format: 'bytes' | 'floats'
}

/** 32-bit words that one example takes on the device: bytes go four to a word, the last word padded. */
export const wordsOf = ({ width, format }: Pick<Gathering, 'width' | 'format'>): number =>
  format === 'bytes' ? Math.ceil(width / 4) : width

/** inputs[i] = the example that the step's record names i-th; bytes become value / 255. */
export function gatherKernel({ batch, width, format }: Gathering): Kernel {
  const words = wordsOf({ width, format })
  const store =
    format === 'floats'
      ? `inputs[t] = bitcast<f32>(word);`
      : `let values = unpack4x8unorm(word);
  for (var i = 0u; i < min(4u, ${width}u - 4u * column); i++) { inputs[row * ${width}u + 4u * column + i] = values[i]; }`
  return {
    label: 'gather',
    bindings: [
      { name: 'record', buffer: 'record', element: 'u32', access: 'read' },
      { name: 'examples', buffer: 'examples', element: 'u32', access: 'read' },
      { name: 'inputs', buffer: 'inputs', element: 'f32', access: 'read_write' },
    ],
    invocations: batch * words,
    workgroupSize: 64,
    body: `
  let row = t / ${words}u;
  let column = t % ${words}u;
  let word = examples[record[row] * ${words}u + column];
  ${store}`,
  }
}
