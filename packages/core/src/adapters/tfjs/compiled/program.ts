import { type Binding, type Kernel, shaderOf, workgroupsOf } from './kernel.ts'

/** A kernel ready to run on its buffers. */
interface Dispatch {
  readonly pipeline: GPUComputePipeline
  readonly group: GPUBindGroup
  /** Whether its group takes the offset of a step's record. */
  readonly perStep: boolean
  readonly workgroups: readonly [number, number]
}

/** Kernels compiled onto buffers, to be encoded any number of times without creating anything. */
export interface Program {
  /** Adds all dispatches to a pass; `recordOffset` is where the step's record begins, in bytes, a multiple of 256. */
  encode(pass: GPUComputePassEncoder, recordOffset: number): void
}

interface Compiled {
  readonly layout: GPUBindGroupLayout
  readonly pipeline: GPUComputePipeline
}

/** What programs of one device have compiled, by what they look like: kernels that differ in buffers only are one. */
export type Pipelines = Map<string, Promise<Compiled>>

/**
 * Compiles kernels, all at once, but those that `pipelines` has from before. `record` is the buffer of that name, of which a window of `recordBytes` is seen.
 * Rejects where a shader does not compile, with RangeError for a buffer that is missing.
 */
export async function compileProgram(
  device: GPUDevice,
  kernels: readonly Kernel[],
  buffers: ReadonlyMap<string, GPUBuffer>,
  recordBytes: number,
  pipelines: Pipelines = new Map(),
): Promise<Program> {
  const dispatches = await Promise.all(
    kernels.map((kernel) => dispatchOf(device, kernel, buffers, recordBytes, pipelines)),
  )
  // As a typed array, which a browser need not turn into one at every call.
  const offsets = new Uint32Array(1)
  return {
    encode: (pass, recordOffset) => {
      offsets[0] = recordOffset
      for (const { pipeline, group, perStep, workgroups } of dispatches) {
        pass.setPipeline(pipeline)
        if (perStep) pass.setBindGroup(0, group, offsets, 0, 1)
        else pass.setBindGroup(0, group)
        pass.dispatchWorkgroups(workgroups[0], workgroups[1])
      }
    },
  }
}

const isRecord = ({ buffer }: Binding): boolean => buffer === 'record'

async function dispatchOf(
  device: GPUDevice,
  kernel: Kernel,
  buffers: ReadonlyMap<string, GPUBuffer>,
  recordBytes: number,
  pipelines: Pipelines,
): Promise<Dispatch> {
  const { label, bindings } = kernel
  const code = shaderOf(kernel)
  const key = `${bindings.findIndex(isRecord)} ${code}`
  const compiling = pipelines.get(key) ?? compile(device, kernel, code)
  pipelines.set(key, compiling)
  const { layout, pipeline } = await compiling
  const group = device.createBindGroup({
    label,
    layout,
    entries: bindings.map((binding, index) => {
      const buffer = buffers.get(binding.buffer)
      if (buffer === undefined) throw new RangeError(`${label} needs a buffer ${binding.buffer}`)
      return { binding: index, resource: isRecord(binding) ? { buffer, size: recordBytes } : { buffer } }
    }),
  })
  return { pipeline, group, perStep: bindings.some(isRecord), workgroups: workgroupsOf(kernel) }
}

async function compile(device: GPUDevice, { label, bindings }: Kernel, code: string): Promise<Compiled> {
  const layout = device.createBindGroupLayout({
    label,
    entries: bindings.map((binding, index) => ({
      binding: index,
      visibility: GPUShaderStage.COMPUTE,
      buffer: {
        type: binding.access === 'read' ? 'read-only-storage' : 'storage',
        hasDynamicOffset: isRecord(binding),
      },
    })),
  })
  const pipeline = await device.createComputePipelineAsync({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
  })
  return { layout, pipeline }
}
