import type { EncodedModel, PossibleMove, Weighed } from '../../../ports.ts'
import { type DeviceMemory, upload } from './device-memory.ts'
import { encodedBytes, uploadEncoded } from './encoded-words.ts'
import { addKernel, approachKernel, candidateKernel, differenceKernel, moveKernel } from './kernels/move.ts'
import { forwardOf, type Plan } from './plan.ts'
import { compileProgram, type Pipelines, type Program } from './program.ts'
import { recordBatches } from './records.ts'
import type { Tuning } from './tuning.ts'

/** Judges and makes moves of the parameters on the device. Operations come one at a time. */
export interface Weighing {
  /** All of these only read what they are given, before they return. */
  probe(params: Float32Array): Promise<number>
  weigh(move: PossibleMove): Promise<Weighed>
  add(delta: Float32Array, timesWeighed?: number): void
  approach(model: EncodedModel, share: number): void
}

export interface WeighingOptions {
  readonly device: GPUDevice
  readonly memory: DeviceMemory
  readonly plan: Plan
  /** The plan's and its owner's. */
  readonly buffers: ReadonlyMap<string, GPUBuffer>
  readonly losses: GPUBuffer
  /** Room for parameters that are judged, free between operations. */
  readonly candidate: GPUBuffer
  /** Losses that one batch leaves there, the same number for each example. */
  readonly lossCount: number
  /** Number of parameters. */
  readonly size: number
  readonly tuning: Tuning
  readonly batchSize: number
  readonly probeRows: Int32Array
  /** Of the step, whose forward half a probe is. */
  readonly pipelines: Pipelines
}

/**
 * The probe goes through the forward half of the step's own kernels, in batches of the step's size, so it needs no
 * memory but one more vector of parameters. A move comes as the bytes of the wire where there are any: a quarter or
 * half of what its difference would take.
 */
export async function createWeighing(options: WeighingOptions): Promise<Weighing> {
  const { device, memory, plan, losses, candidate, lossCount, size, batchSize, probeRows } = options
  const { queue } = device
  const recordBytes = 4 * plan.recordWords
  const batches = recordBatches(probeRows, batchSize, plan.recordWords)
  const delta = memory.storage('delta', 4 * size)
  const encoded = memory.storage('encoded', encodedBytes(size))
  const factor = memory.storage('factor', 4)
  const record = memory.storage('probe record', batches.words.byteLength)
  queue.writeBuffer(record, 0, batches.words)
  const buffers = new Map([
    ...options.buffers,
    ...[delta, candidate, encoded, factor].map((buffer) => [buffer.label, buffer] as const),
    ['record', record] as const,
  ])
  const kernels = forwardOf(plan)
  const pass = { size, fours: options.tuning.fours }
  const compile = (program: typeof kernels, over = buffers): Promise<Program> =>
    compileProgram(device, program, over, recordBytes, options.pipelines)
  const [own, other, addition, move, proposal, fromInt8, fromFloat16, toInt8, toFloat16] = await Promise.all([
    compile(kernels),
    compile(kernels, new Map([...buffers, ['params', candidate]])),
    compile([addKernel(pass)]),
    compile([moveKernel(pass)]),
    compile([candidateKernel(pass)]),
    compile([differenceKernel('int8', pass)]),
    compile([differenceKernel('float16', pass)]),
    compile([approachKernel('int8', pass)]),
    compile([approachKernel('float16', pass)]),
  ])
  const single = memory.readback(losses, 4 * lossCount, batches.count)
  const double = memory.readback(losses, 4 * lossCount, 2 * batches.count)
  let isHeld = false

  function run(programs: readonly Program[]): void {
    const encoder = device.createCommandEncoder()
    encode(encoder, ...programs)
    queue.submit([encoder.finish()])
  }

  function encode(encoder: GPUCommandEncoder, ...programs: readonly Program[]): void {
    const pass = encoder.beginComputePass()
    for (const program of programs) program.encode(pass, 0)
    pass.end()
  }

  /** Runs the probe and copies each batch's losses, from `first` on. */
  function encodeProbe(encoder: GPUCommandEncoder, forward: Program, to: typeof single, first: number): void {
    for (let i = 0; i < batches.count; i++) {
      encoder.clearBuffer(losses)
      const pass = encoder.beginComputePass()
      forward.encode(pass, i * batches.strideBytes)
      pass.end()
      to.copy(encoder, first + i)
    }
  }

  /** The last batch is filled up with rows that do not count. */
  const mean = (values: Float32Array, probe: number): number => {
    const first = probe * batches.count * lossCount
    const count = probeRows.length * (lossCount / batchSize)
    return values.subarray(first, first + count).reduce((sum, loss) => sum + loss, 0) / count
  }

  const setFactor = (share: number): void => queue.writeBuffer(factor, 0, Float32Array.of(share))

  function takeIn({ difference, encoded: model }: PossibleMove): readonly Program[] {
    if (model === undefined) {
      upload(device, delta, difference)
      return []
    }
    uploadEncoded(device, encoded, model, size)
    return [model.codec === 'int8' ? fromInt8 : fromFloat16]
  }

  return {
    probe: (params) => {
      upload(device, candidate, params)
      const encoder = device.createCommandEncoder()
      encodeProbe(encoder, other, single, 0)
      queue.submit([encoder.finish()])
      return single.arrival((values) => mean(values, 0))
    },
    weigh: (possible) => {
      const taking = takeIn(possible)
      isHeld = true
      setFactor(possible.share)
      const encoder = device.createCommandEncoder()
      encode(encoder, ...taking, proposal)
      encodeProbe(encoder, own, double, 0)
      encodeProbe(encoder, other, double, batches.count)
      queue.submit([encoder.finish()])
      return double.arrival((values) => ({ before: mean(values, 0), after: mean(values, 1) }))
    },
    add: (values, timesWeighed) => {
      if (timesWeighed !== undefined && isHeld) {
        setFactor(timesWeighed)
        run([move])
        return
      }
      isHeld = false
      upload(device, delta, values)
      run([addition])
    },
    approach: (model, share) => {
      isHeld = false
      setFactor(share)
      uploadEncoded(device, encoded, model, size)
      run([model.codec === 'int8' ? toInt8 : toFloat16])
    },
  }
}
