import type { TensorInfo } from '@tensorflow/tfjs-core'
import { compileWasm } from '../../../lib/wasm-module.ts'
import { loopsWasm } from './loops.wasm.ts'
import type { WasmHeap } from './wasm-heap.ts'

/** What loops.wat exports: addresses of the inputs, the address of the output, and what the source says. */
type Loop = (...numbers: readonly number[]) => void
interface Exports {
  readonly filterGradient: Loop
  readonly maxPoolGradient: Loop
  readonly depthwiseInputGradient: Loop
  readonly depthwiseFilterGradient: Loop
  readonly rowSums: Loop
  readonly product: Loop
  readonly addBias: Loop
  readonly addSquares: Loop
  readonly descend: Loop
  readonly approach: Loop
  readonly scaleBytes: Loop
}

/** What a loop finds in its output: zeros, whatever was there, or what it changes. */
const begins: Readonly<Record<keyof Exports, 'zeros' | 'anything' | 'values'>> = {
  filterGradient: 'zeros',
  maxPoolGradient: 'zeros',
  depthwiseInputGradient: 'zeros',
  depthwiseFilterGradient: 'zeros',
  rowSums: 'anything',
  product: 'anything',
  addBias: 'values',
  addSquares: 'values',
  descend: 'anything',
  approach: 'anything',
  scaleBytes: 'anything',
}

/** One run of a loop: fills `output`, of which only those that add need the contents. */
export interface LoopCall {
  readonly loop: keyof Exports
  readonly inputs: readonly TensorInfo[]
  readonly output: TensorInfo
  /** The loop's last arguments. */
  readonly sizes: readonly number[]
}

/** Runs the loops of loops.wat on tensors of tfjs's wasm backend. */
export interface Loops {
  /** Whether there is SIMD here. */
  isFast(): boolean
  /** Whether they are fast on this heap without copies of its tensors. */
  isInPlace(backend: WasmHeap): boolean
  /** False, and nothing done, where there is no SIMD. */
  run(backend: WasmHeap, call: LoopCall): boolean
}

/** Where the tensors of one call lie in the memory of the loops. */
interface Bench {
  readonly exports: Exports
  address(tensor: TensorInfo): number
  /** Where `output` lies, all zeros where that is asked for. */
  output(output: TensorInfo, begin: (typeof begins)[keyof Exports]): number
  /** The loop is done: what it wrote belongs into the tensor. */
  finish(output: TensorInfo): void
}

/** Some of what a loop reads, but never uses, lies beyond a tensor's end. */
const marginBytes = 16

/** The module is compiled with the first call; the answer keeps it. */
export function createLoops(): Loops {
  const instances = new WeakMap<WebAssembly.Memory, Exports>()
  let module: WebAssembly.Module | undefined
  let copies: WebAssembly.Memory | undefined
  let hasSimd = true

  function compiled(): WebAssembly.Module | undefined {
    if (module !== undefined || !hasSimd) return module
    module = compileWasm(loopsWasm)
    hasSimd = module !== undefined
    return module
  }

  function exportsOn(module: WebAssembly.Module, memory: WebAssembly.Memory): Exports {
    const known = instances.get(memory)
    if (known !== undefined) return known
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports
    instances.set(memory, exports)
    return exports
  }

  function benchFor(module: WebAssembly.Module, backend: WasmHeap, tensors: readonly TensorInfo[]): Bench {
    const heap = memoryOf(backend)
    if (heap !== undefined) return inPlace(exportsOn(module, heap), backend)
    copies ??= new WebAssembly.Memory({ initial: 1 })
    return copying(exportsOn(module, copies), copies, backend, tensors)
  }

  return {
    isFast: () => compiled() !== undefined,
    isInPlace: (backend) => memoryOf(backend) !== undefined && compiled() !== undefined,
    run: (backend, { loop, inputs, output, sizes }) => {
      const module = compiled()
      if (module === undefined) return false
      const bench = benchFor(module, backend, [...inputs, output])
      bench.exports[loop](...inputs.map(bench.address), bench.output(output, begins[loop]), ...sizes)
      bench.finish(output)
      return true
    },
  }
}

/** Loops on tfjs's own memory copy nothing. Its build for threads keeps the memory to itself. */
function memoryOf(backend: WasmHeap): WebAssembly.Memory | undefined {
  const { asm, HEAPU8 } = backend.wasm ?? {}
  const memory = asm?.memory
  return memory instanceof WebAssembly.Memory && memory.buffer === HEAPU8?.buffer ? memory : undefined
}

function inPlace(exports: Exports, backend: WasmHeap): Bench {
  const address = (tensor: TensorInfo): number => backend.typedArrayFromHeap(tensor).byteOffset
  return {
    exports,
    address,
    output: (output, begin) => {
      if (begin === 'zeros') backend.typedArrayFromHeap(output).fill(0)
      return address(output)
    },
    finish: () => undefined,
  }
}

function copying(
  exports: Exports,
  memory: WebAssembly.Memory,
  backend: WasmHeap,
  tensors: readonly TensorInfo[],
): Bench {
  const starts = new Map<TensorInfo, number>()
  let end = marginBytes
  for (const tensor of tensors) {
    starts.set(tensor, end)
    end += Math.ceil((4 * backend.typedArrayFromHeap(tensor).length + marginBytes) / 16) * 16
  }
  const missing = end - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536))
  const viewOf = (tensor: TensorInfo): Float32Array =>
    new Float32Array(memory.buffer, starts.get(tensor) ?? 0, backend.typedArrayFromHeap(tensor).length)
  const address = (tensor: TensorInfo): number => {
    const view = viewOf(tensor)
    view.set(backend.typedArrayFromHeap(tensor))
    return view.byteOffset
  }
  return {
    exports,
    address,
    output: (output, begin) => {
      if (begin === 'values') return address(output)
      return (begin === 'zeros' ? viewOf(output).fill(0) : viewOf(output)).byteOffset
    },
    finish: (output) => backend.typedArrayFromHeap(output).set(viewOf(output)),
  }
}
