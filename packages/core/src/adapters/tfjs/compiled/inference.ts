import type { Examples } from '../../../ports.ts'
import { type DeviceMemory, upload } from './device-memory.ts'
import { wordsOf } from './kernels/gather.ts'
import { forwardOf, type Plan } from './plan.ts'
import { compileProgram, type Pipelines } from './program.ts'
import { recordBatches } from './records.ts'
import { packedRows } from './resident-examples.ts'

/** What the model makes of examples from elsewhere, without a tfjs operation. */
export interface Inference {
  /**
   * Its outputs, row-major [choices, outputs], with the own parameters or those given; undefined for inputs of another kind
   * than the examples that are trained on. Only reads what it is given.
   */
  outputs(inputs: Examples['inputs'], given: Float32Array | undefined): Promise<Float32Array> | undefined
}

export interface InferenceOptions {
  readonly device: GPUDevice
  readonly memory: DeviceMemory
  readonly plan: Plan
  /** The plan's and its owner's. */
  readonly buffers: ReadonlyMap<string, GPUBuffer>
  /** Room for parameters that are given, free between operations. */
  readonly candidate: GPUBuffer
  /** Of the step, whose forward half this is. */
  readonly pipelines: Pipelines
  readonly batchSize: number
  /** Values of one example, and how they lie on the device. */
  readonly width: number
  readonly format: 'bytes' | 'floats'
  /** Outputs of one example. */
  readonly columns: number
}

/** Examples that go there and back in one piece, but no more outputs than that (16 MB), as windows of text have many. */
const piece = { examples: 256, outputs: 2 ** 22 }

/** The forward half of the step's own kernels, in batches of the step's size. */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  const { device, memory, plan, candidate, pipelines, batchSize, width, format, columns } = options
  const { queue } = device
  const kernels = forwardOf(plan)
  const source = options.buffers.get(plan.outputs)
  if (source === undefined) throw new Error(`the step has no buffer ${plan.outputs}`)

  const fitting = Math.max(1, Math.floor(piece.outputs / columns))
  const most = Math.ceil(Math.min(piece.examples, fitting) / batchSize) * batchSize
  const rowBytes = 4 * wordsOf({ width, format })
  const batches = recordBatches(
    Int32Array.from({ length: most }, (_, row) => row),
    batchSize,
    plan.recordWords,
  )
  const examples = memory.storage('other examples', rowBytes * most)
  const record = memory.storage('other record', batches.words.byteLength)
  queue.writeBuffer(record, 0, batches.words)
  const readback = memory.readback(source, 4 * batchSize * columns, batches.count)
  const buffers = new Map([...options.buffers, ['examples', examples] as const, ['record', record] as const])
  const compile = (over: ReadonlyMap<string, GPUBuffer>) =>
    compileProgram(device, kernels.slice(0, -1), over, 4 * plan.recordWords, pipelines)
  const [own, other] = await Promise.all([
    compile(buffers),
    compile(new Map([...buffers, ['params', candidate]])),
  ])

  async function run(inputs: Examples['inputs'], given: Float32Array | undefined): Promise<Float32Array> {
    if (given !== undefined) upload(device, candidate, given)
    const program = given === undefined ? own : other
    const count = inputs.length / width
    const outputs = new Float32Array(count * columns)
    for (let start = 0; start < count; start += most) {
      const size = Math.min(most, count - start)
      const rows = inputs.subarray(start * width, (start + size) * width)
      queue.writeBuffer(examples, 0, packedRows(rows, size, rowBytes))
      const encoder = device.createCommandEncoder()
      // What lies behind the last row is of no interest, but it is there.
      for (let i = 0; i * batchSize < size; i++) {
        const pass = encoder.beginComputePass()
        program.encode(pass, i * batches.strideBytes)
        pass.end()
        readback.copy(encoder, i)
      }
      queue.submit([encoder.finish()])
      await readback.arrival((values) => outputs.set(values.subarray(0, size * columns), start * columns))
    }
    return outputs
  }

  return {
    outputs: (inputs, given) =>
      inputs instanceof Uint8Array === (format === 'bytes') ? run(inputs, given) : undefined,
  }
}
