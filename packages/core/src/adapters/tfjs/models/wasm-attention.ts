import {
  engine,
  getKernel,
  type KernelFunc,
  registerKernel,
  type Tensor,
  type Tensor2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import { compileWasm } from '../../../lib/wasm-module.ts'
import type { WasmHeap } from '../kernels/wasm-heap.ts'
import { attentionWasm } from './attention.wasm.ts'
import type { AttentionShape, CausalAttention } from './causal-attention.ts'

/** What attention.wat exports. */
interface Exports {
  attend(...numbers: readonly number[]): void
  attendBack(...numbers: readonly number[]): void
}

const forward = 'CausalAttention'
const backward = 'CausalAttentionGradient'

/**
 * Attention for tfjs's wasm backend, where products of many small matrices, which it is made of otherwise, take ten
 * times as long. Undefined where WebAssembly has no SIMD.
 */
export function wasmAttention(): CausalAttention | undefined {
  if (getKernel(forward, 'wasm') === undefined) {
    const module = compileWasm(attentionWasm)
    if (module === undefined) return undefined
    register(module)
  }
  return (qkv, shape) => {
    const [output, sums] = run(forward, { qkv }, shape)
    return {
      output: output as Tensor2D,
      back: (delta) => run(backward, { qkv, output, sums, delta }, shape)[0] as Tensor2D,
    }
  }
}

function run(
  name: string,
  inputs: Readonly<Record<string, Tensor | undefined>>,
  { heads, context }: AttentionShape,
): readonly Tensor[] {
  return [engine().runKernel(name, inputs as Record<string, Tensor>, { heads, context })].flat()
}

interface Call<Name extends string> {
  readonly inputs: Readonly<Record<Name, TensorInfo>>
  readonly backend: WasmHeap
  readonly attrs: AttentionShape
}

/** Works on copies in a memory of its own: they take a hundredth of the time, and tfjs keeps its memory to itself. */
function register(module: WebAssembly.Module): void {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const { attend, attendBack } = new WebAssembly.Instance(module, { env: { memory } })
    .exports as unknown as Exports

  /** Addresses for so many floats each, one after another; what was there before is gone. */
  function places(...sizes: readonly number[]): readonly number[] {
    let end = 0
    const starts = sizes.map((size) => {
      const start = end
      end += Math.ceil(size / 4) * 16
      return start
    })
    const missing = end - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536))
    return starts
  }
  const at = (start: number, size: number): Float32Array => new Float32Array(memory.buffer, start, size)

  const attention = ({ inputs: { qkv }, backend, attrs: { heads, context } }: Call<'qkv'>): TensorInfo[] => {
    const { rows, width, ...sizes } = sizesOf(qkv, heads, context)
    const output = backend.makeOutput([rows, width], 'float32')
    const sums = backend.makeOutput([rows, heads, 2], 'float32')
    const [row = 0, x = 0, y = 0, s = 0] = places(context, 3 * rows * width, rows * width, 2 * rows * heads)
    at(x, 3 * rows * width).set(backend.typedArrayFromHeap(qkv))
    for (const { first, head } of sizes.each())
      attend(
        x + 4 * (first * 3 * width + head * sizes.own),
        y + 4 * (first * width + head * sizes.own),
        s + 8 * (first * heads + head),
        row,
        ...sizes.steps,
      )
    backend.typedArrayFromHeap(output).set(at(y, rows * width))
    backend.typedArrayFromHeap(sums).set(at(s, 2 * rows * heads))
    return [output, sums]
  }

  const gradient = ({
    inputs: { qkv, output, sums, delta },
    backend,
    attrs: { heads, context },
  }: Call<'qkv' | 'output' | 'sums' | 'delta'>): TensorInfo[] => {
    const { rows, width, ...sizes } = sizesOf(qkv, heads, context)
    const result = backend.makeOutput(qkv.shape, 'float32')
    const [row = 0, second = 0, x = 0, y = 0, s = 0, dy = 0, dx = 0] = places(
      context,
      context,
      3 * rows * width,
      rows * width,
      2 * rows * heads,
      rows * width,
      3 * rows * width,
    )
    at(x, 3 * rows * width).set(backend.typedArrayFromHeap(qkv))
    at(y, rows * width).set(backend.typedArrayFromHeap(output))
    at(s, 2 * rows * heads).set(backend.typedArrayFromHeap(sums))
    at(dy, rows * width).set(backend.typedArrayFromHeap(delta))
    at(dx, 3 * rows * width).fill(0)
    for (const { first, head } of sizes.each()) {
      const wide = 4 * (first * 3 * width + head * sizes.own)
      const narrow = 4 * (first * width + head * sizes.own)
      attendBack(
        x + wide,
        y + narrow,
        s + 8 * (first * heads + head),
        dy + narrow,
        dx + wide,
        row,
        second,
        ...sizes.steps,
      )
    }
    backend.typedArrayFromHeap(result).set(at(dx, 3 * rows * width))
    return [result]
  }

  const add = <Names extends string>(kernelName: string, kernel: (call: Call<Names>) => TensorInfo[]): void =>
    registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernel as unknown as KernelFunc })
  add(forward, attention)
  add(backward, gradient)
}

function sizesOf({ shape }: TensorInfo, heads: number, context: number) {
  const [rows = 0, columns = 0] = shape
  const width = columns / 3
  const own = width / heads
  return {
    rows,
    width,
    /** Values of one head. */
    own,
    /** What both loops take last: steps from row to row of qkv, y and sums, from query to key, and sizes. */
    steps: [12 * width, 4 * width, 8 * heads, 4 * width, context, 4 * own, 1 / Math.sqrt(own)],
    /** The first row of each window, with each head. */
    *each() {
      for (let first = 0; first < rows; first += context)
        for (let head = 0; head < heads; head++) yield { first, head }
    },
  }
}
