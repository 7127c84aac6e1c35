import type { Replica, ReplicaOptions } from '../replica.ts'
import { addKernel } from './kernels/update.ts'
import { planStep } from './plan.ts'
import { compileProgram, type Program } from './program.ts'
import { createRecords } from './records.ts'
import { formatOf, uploadExamples } from './resident-examples.ts'

/** Steps in one submit: at first, and at most. */
const firstChunk = 8
const mostSteps = 32
/** What one submit may take: others, such as a screen, want the device, too. */
const submitMs = 500

/**
 * A replica whose whole step, forward, backward, clipping and update, is compiled once into a fixed list of
 * dispatches over its own buffers: a step creates nothing, uploads the rows of its batch, and many steps go out
 * in one submit. Rejects with Error, saying why, for what cannot be compiled or does not fit on the device.
 */
export async function createCompiledReplica(device: GPUDevice, options: ReplicaOptions): Promise<Replica> {
  const { task, examples, seed, priors, start, mirror } = options
  const { batchSize, optimizer } = task.training
  const plan = planStep(task, formatOf(examples))
  const count = examples.labels.length
  const records = createRecords({ count, batchSize, seed }, { words: plan.recordWords, mostSteps }, optimizer)
  const owned: GPUBuffer[] = []

  function create(label: string, bytes: number, usage: number): GPUBuffer {
    const size = Math.ceil(bytes / 16) * 16
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize)
    if (size > most) throw new Error(`${label} takes ${size} bytes and one buffer here holds ${most}`)
    const buffer = device.createBuffer({ label, size, usage })
    owned.push(buffer)
    return buffer
  }
  const release = (): void => {
    for (const buffer of owned) buffer.destroy()
  }

  const onDevice = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC
  const paramsBytes = 4 * start.length
  const lossBytes = 4 * batchSize

  async function build(): Promise<Replica> {
    const resident = uploadExamples(device, examples)
    owned.push(resident.inputs, resident.labels)
    const params = create('params', paramsBytes, onDevice)
    const losses = create('losses', lossBytes, onDevice)
    const delta = create('delta', paramsBytes, onDevice)
    const record = create('record', records.bytes, onDevice)
    const staging = create(
      'staging',
      Math.max(paramsBytes, lossBytes),
      GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    )
    const buffers = new Map<string, GPUBuffer>([
      ['params', params],
      ['losses', losses],
      ['delta', delta],
      ['record', record],
      ['examples', resident.inputs],
      ['labels', resident.labels],
    ])
    for (const [name, floats] of plan.buffers)
      if (!buffers.has(name)) buffers.set(name, create(name, 4 * floats, onDevice))
    const { queue } = device
    const priorsBuffer = buffers.get('priors')
    if (priorsBuffer !== undefined) queue.writeBuffer(priorsBuffer, 0, priors.slice())
    queue.writeBuffer(params, 0, start.slice())
    const recordBytes = 4 * plan.recordWords
    const [step, addition] = await Promise.all([
      compileProgram(device, plan.kernels, buffers, recordBytes),
      compileProgram(device, [addKernel(start.length)], buffers, recordBytes),
    ])
    const zeros = new Float32Array(batchSize)
    let chunk = firstChunk

    function submit(program: Program, times: number): void {
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      for (let i = 0; i < times; i++) program.encode(pass, i * records.strideBytes)
      pass.end()
      queue.submit([encoder.finish()])
    }

    async function readBack(source: GPUBuffer, bytes: number): Promise<Float32Array> {
      const encoder = device.createCommandEncoder()
      encoder.copyBufferToBuffer(source, 0, staging, 0, bytes)
      queue.submit([encoder.finish()])
      await staging.mapAsync(GPUMapMode.READ, 0, bytes)
      const values = new Float32Array(staging.getMappedRange(0, bytes)).slice()
      staging.unmap()
      return values
    }

    async function read(): Promise<Float32Array> {
      const values = await readBack(params, paramsBytes)
      mirror.keep(values)
      return values
    }

    async function train(steps: number): Promise<number> {
      if (steps === 0) return 0
      const slice = mirror.slice()
      const startMs = performance.now()
      queue.writeBuffer(losses, 0, zeros)
      let before: Promise<unknown> = Promise.resolve()
      for (let done = 0; done < steps; ) {
        const taken = Math.min(chunk, steps - done)
        if (slice.isDue(taken)) await read()
        queue.writeBuffer(record, 0, records.next(taken))
        submit(step, taken)
        done += taken
        // One chunk runs while the next is encoded, and no more wait than that.
        await before
        before = queue.onSubmittedWorkDone()
      }
      const sums = await readBack(losses, lossBytes)
      slice.ended(steps)
      const stepMs = (performance.now() - startMs) / steps
      chunk = Math.max(1, Math.min(mostSteps, Math.floor(submitMs / stepMs)))
      if (slice.isDue(0)) await read()
      return sums.reduce((total, loss) => total + loss, 0) / (steps * batchSize)
    }

    return {
      train,
      read,
      write: (values) => {
        queue.writeBuffer(params, 0, values.slice())
        mirror.keep(values)
      },
      add: async (values) => {
        queue.writeBuffer(delta, 0, values.slice())
        submit(addition, 1)
      },
      dispose: release,
    }
  }

  try {
    return await build()
  } catch (error) {
    release()
    throw error
  }
}
