import { type DataType, getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import { isSoftware } from '../../backends/software.ts'
import type { Kernel } from '../../compiled/kernel.ts'
import { gpuTuning, softwareTuning, type Tuning } from '../../compiled/tuning.ts'

/** What these kernels use of tfjs's WebGPU backend, of which nothing is promised. */
export interface GpuBackend {
  runWebGPUProgram(
    program: GpuProgram,
    inputs: readonly TensorInfo[],
    dtype: DataType,
    uniforms: readonly { readonly type: 'int32'; readonly data: readonly number[] }[],
  ): TensorInfo
  disposeData(dataId: object): boolean
  /** What lies in a tensor's buffer: tfjs casts whole numbers to floats by calling them so. */
  readonly tensorMap: { get(dataId: object): { readonly dtype: DataType } }
  /** Browsers say later than 2024 what a device runs on. */
  readonly device: { readonly adapterInfo?: Pick<GPUAdapterInfo, 'description' | 'isFallbackAdapter'> }
  readonly adapterInfo: { readonly vendor?: string; readonly architecture?: string }
}

/** A shader as tfjs takes it: it adds the declarations of the buffers itself, the output as `result`. */
interface GpuProgram {
  readonly variableNames: readonly string[]
  /** Floats in an element of each input, and of the output: 1 or 4. */
  readonly variableComponents: readonly number[]
  readonly outputComponent: number
  readonly outputShape: readonly number[]
  readonly dispatchLayout: { readonly x: readonly number[] }
  readonly dispatch: readonly [number, number, number]
  readonly workgroupSize: readonly [number, number, number]
  readonly uniforms: string
  /** Everything that decides the code, the rest of which tfjs adds. */
  readonly shaderKey: string
  getUserCode(): string
}

/** One kernel of tfjs: tensors by name and attributes by name in; what comes out belongs to the caller. */
export interface GpuCall<Inputs, Attributes> {
  readonly inputs: Inputs
  readonly backend: GpuBackend
  readonly attrs: Attributes
}

export type GpuKernel<Inputs, Attributes> = (call: GpuCall<Inputs, Attributes>) => TensorInfo

/** The WebGPU kernel registered under a name at this moment. Throws Error where there is none. */
export function gpuKernel<Inputs, Attributes>(name: string): GpuKernel<Inputs, Attributes> {
  const kernel = getKernel(name, 'webgpu')
  if (kernel === undefined) throw new Error(`tfjs has no WebGPU kernel ${name}`)
  return kernel.kernelFunc as unknown as GpuKernel<Inputs, Attributes>
}

export const asKernelFunc = <Inputs, Attributes>(kernel: GpuKernel<Inputs, Attributes>): KernelFunc =>
  kernel as unknown as KernelFunc

/** Whether the device is an emulation on the CPU. */
export function isEmulated({ device, adapterInfo: { vendor, architecture } }: GpuBackend): boolean {
  const { description, isFallbackAdapter = false } = device.adapterInfo ?? {}
  return isFallbackAdapter || isSoftware(`${vendor} ${architecture} ${description}`)
}

export const tuningFor = (backend: GpuBackend): Tuning => (isEmulated(backend) ? softwareTuning : gpuTuning)

export const areFloats = (...tensors: readonly TensorInfo[]): boolean =>
  tensors.every(({ dtype }) => dtype === 'float32')

/** Runs a kernel on tensors of floats, by the names of its buffers: in tfjs's own queue and memory. */
export type RunKernel = (
  backend: GpuBackend,
  /** Everything that decides the kernel: it is made once for each. */
  key: string,
  make: (tuning: Tuning) => Kernel,
  inputs: Readonly<Record<string, TensorInfo>>,
  outputShape: readonly number[],
) => TensorInfo

/** Remembers the kernels that it has run, one for each shape, as tfjs remembers its programs. Throws RangeError for a kernel whose tensors are missing. */
export function createRunner(): RunKernel {
  const made = new Map<string, Kernel>()
  return (backend, key, make, inputs, outputShape) => {
    const tuning = tuningFor(backend)
    const fullKey = `${key} ${tuning.workgroupSize}`
    const kernel = made.get(fullKey) ?? make(tuning)
    made.set(fullKey, kernel)
    const read = kernel.bindings.filter(({ access }) => access === 'read')
    const tensors = read.map(({ buffer }) => {
      const tensor = inputs[buffer]
      if (tensor === undefined) throw new RangeError(`${kernel.label} needs a tensor ${buffer}`)
      return flat(tensor)
    })
    const program = programOf(kernel, fullKey, elements(outputShape))
    const uniforms = [{ type: 'int32', data: [kernel.invocations] }] as const
    const floats = tensors.map((x) =>
      backend.tensorMap.get(x.dataId).dtype === 'float32' ? x : asFloats(backend, x),
    )
    const output = backend.runWebGPUProgram(program, floats, 'float32', uniforms)
    for (const [i, x] of floats.entries()) if (x !== tensors[i]) backend.disposeData(x.dataId)
    return { ...output, shape: [...outputShape] }
  }
}

/** A copy with floats in its buffer, too: tfjs declares a buffer as what lies in it. */
function asFloats(backend: GpuBackend, x: TensorInfo): TensorInfo {
  const count = elements(x.shape)
  const program = programOf(floatsKernel(count), 'floats', count)
  return backend.runWebGPUProgram(program, [x], 'float32', [{ type: 'int32', data: [count] }])
}

const floatsKernel = (count: number): Kernel => ({
  label: 'floats',
  bindings: [
    { name: 'x', buffer: 'x', element: 'f32', access: 'read' },
    { name: 'y', buffer: 'y', element: 'f32', access: 'read_write' },
  ],
  invocations: count,
  workgroupSize: 64,
  body: 'y[t] = f32(x[t]);',
})

/** The same data as one row: the kernels know their shapes, and tfjs writes out no more of them than it must. */
const flat = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => ({
  dataId,
  shape: [elements(shape)],
  dtype,
})

const componentsOf = (element: string): number => (element === 'vec4f' ? 4 : 1)

function programOf(kernel: Kernel, key: string, size: number): GpuProgram {
  const { bindings, workgroupSize, invocations, body } = kernel
  const inputs = bindings.filter(({ access }) => access === 'read')
  const [output] = bindings.filter(({ access }) => access === 'read_write')
  if (output === undefined) throw new RangeError(`${kernel.label} has no output`)
  return {
    variableNames: inputs.map(({ name }) => name),
    variableComponents: inputs.map(({ element }) => componentsOf(element)),
    outputComponent: componentsOf(output.element),
    outputShape: [size],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(invocations / workgroupSize), 1, 1],
    workgroupSize: [workgroupSize, 1, 1],
    // A pipeline of tfjs has to use its uniforms, or WebGPU leaves them out of its layout and tfjs binds them in vain.
    uniforms: 'invocations : i32,',
    shaderKey: `gossamer ${key}`,
    // Only buffers are indexed by their names, whatever else in a body is called so.
    getUserCode: () => `
fn main(index : i32) {
  let t = u32(index);
  if (index >= uniforms.invocations) { return; }
  ${body.replaceAll(new RegExp(`\\b${output.name}\\[`, 'g'), 'result[')}
}`,
  }
}
