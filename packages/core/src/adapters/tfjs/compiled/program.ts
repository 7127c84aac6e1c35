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

/**
 * Compiles kernels, all at once. `record` is the buffer of that name, of which a window of `recordBytes` is seen.
 * Rejects where a shader does not compile, with RangeError for a buffer that is missing.
 */
export async function compileProgram(
  device: GPUDevice,
  kernels: readonly Kernel[],
  buffers: ReadonlyMap<string, GPUBuffer>,
  recordBytes: number,
): Promise<Program> {
  const dispatches = await Promise.all(kernels.map((kernel) => compile(device, kernel, buffers, recordBytes)))
  const offsets = [0]
  return {
    encode: (pass, recordOffset) => {
      offsets[0] = recordOffset
      for (const { pipeline, group, perStep, workgroups } of dispatches) {
        pass.setPipeline(pipeline)
        if (perStep) pass.setBindGroup(0, group, offsets)
        else pass.setBindGroup(0, group)
        pass.dispatchWorkgroups(workgroups[0], workgroups[1])
      }
    },
  }
}

const isRecord = ({ buffer }: Binding): boolean => buffer === 'record'

async function compile(
  device: GPUDevice,
  kernel: Kernel,
  buffers: ReadonlyMap<string, GPUBuffer>,
  recordBytes: number,
): Promise<Dispatch> {
  const { label, bindings } = kernel
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
  const group = device.createBindGroup({
    label,
    layout,
    entries: bindings.map((binding, index) => {
      const buffer = buffers.get(binding.buffer)
      if (buffer === undefined) throw new RangeError(`${label} needs a buffer ${binding.buffer}`)
      return { binding: index, resource: isRecord(binding) ? { buffer, size: recordBytes } : { buffer } }
    }),
  })
  const pipeline = await device.createComputePipelineAsync({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code: shaderOf(kernel) }), entryPoint: 'main' },
  })
  return { pipeline, group, perStep: bindings.some(isRecord), workgroups: workgroupsOf(kernel) }
}
