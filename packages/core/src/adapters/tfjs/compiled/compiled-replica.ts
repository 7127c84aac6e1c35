import { choicesPerExample, exampleSize, outputCount } from '../../../task/data.ts'
import { DeviceError } from '../device-error.ts'
import { megabytes, type Piece, requireRoomOnGpu, sum } from '../model-room.ts'
import type { Replica, ReplicaOptions } from '../replica.ts'
import { createDeviceMemory, type DeviceMemory, type Readback, upload } from './device-memory.ts'
import { createInference } from './inference.ts'
import type { Plan } from './plan.ts'
import { planFor } from './plan-for.ts'
import { compileProgram, type Pipelines, type Program } from './program.ts'
import { createRecords } from './records.ts'
import { formatOf, uploadExamples } from './resident-examples.ts'
import { gpuTuning, softwareTuning } from './tuning.ts'
import { createWeighing } from './weighing.ts'

/** Steps in the first submit, before the device is known. */
const firstChunk = 8

/**
 * A replica whose whole step, forward, backward, clipping and update, is compiled once into a fixed list of
 * dispatches over its own buffers: a step creates nothing, uploads the rows of its batch, and many steps go out
 * in one submit. Rejects with Error, saying why, for what cannot be compiled, with DeviceError, saying how large it is
 * and what fits, for a model that the device cannot hold.
 */
export async function createCompiledReplica(device: GPUDevice, options: ReplicaOptions): Promise<Replica> {
  const { task, examples, start, backend } = options
  const plan = planFor(task, formatOf(examples), backend.software ? softwareTuning : gpuTuning)
  const pieces = piecesOf(plan, start.length)
  requireRoomOnGpu(device.limits, start.length, pieces)
  const memory = createDeviceMemory(device)
  device.pushErrorScope('out-of-memory')
  // It makes all its buffers before it waits for the first time.
  const replica = replicaIn(memory, device, plan, options)
  const shortage = device.popErrorScope().then((error) => {
    if (error !== null) throw outOfMemory(pieces)
  })
  try {
    return (await Promise.all([replica, shortage]))[0]
  } catch (error) {
    memory.release()
    throw error
  }
}

/** All that grows with the model: its parameters for training, merging and reading, and what the step computes. */
const piecesOf = ({ buffers }: Plan, parameters: number): readonly Piece[] => [
  ...['params', 'delta', 'candidate', 'encoded', 'readback', 'readback'].map((name) => ({
    name,
    bytes: (name === 'encoded' ? 2 : 4) * parameters,
  })),
  ...[...buffers].map(([name, floats]) => ({ name, bytes: 4 * floats })),
]

const outOfMemory = (pieces: readonly Piece[]): DeviceError =>
  new DeviceError('webgpu', 'too-large', `the device has no ${megabytes(sum(pieces))} MB left for this model`)

async function replicaIn(
  memory: DeviceMemory,
  device: GPUDevice,
  plan: Plan,
  { backend, task, examples, seed, probeRows, priors, start, mirror }: ReplicaOptions,
): Promise<Replica> {
  const { queue } = device
  const tuning = backend.software ? softwareTuning : gpuTuning
  const { least, most } = tuning.chunk
  const { batchSize, optimizer } = task.training
  const rows = { count: examples.labels.length, batchSize, seed }
  const records = createRecords(rows, { words: plan.recordWords, mostSteps: most }, optimizer)
  const resident = uploadExamples(device, memory, examples, task.data)
  const paramsBytes = 4 * start.length

  const params = memory.storage('params', paramsBytes)
  const record = memory.storage('record', records.bytes)
  const candidate = memory.storage('candidate', paramsBytes)
  const losses = memory.storage('losses', 4 * plan.losses)
  const priorsOnDevice = memory.storage('priors', 4 * priors.length)
  const buffers = new Map([
    ['examples', resident.inputs],
    ['labels', resident.labels],
    ...[params, record, losses, priorsOnDevice].map((buffer) => [buffer.label, buffer] as const),
    ...[...plan.buffers].map(([name, floats]) => [name, memory.storage(name, 4 * floats)] as const),
  ])
  const lossReadback = memory.readback(losses, 4 * plan.losses)
  // Two: while the host reads one, the device fills the other.
  const idle = [memory.readback(params, paramsBytes), memory.readback(params, paramsBytes)]

  upload(device, params, start)
  upload(device, priorsOnDevice, priors)
  const recordBytes = 4 * plan.recordWords
  const pipelines: Pipelines = new Map()
  const [step, weighing, inference] = await Promise.all([
    compileProgram(device, plan.kernels, buffers, recordBytes, pipelines),
    createWeighing({
      device,
      memory,
      plan,
      buffers,
      losses,
      candidate,
      lossCount: plan.losses,
      size: start.length,
      tuning,
      batchSize,
      probeRows,
      pipelines,
    }),
    createInference({
      device,
      memory,
      plan,
      buffers,
      candidate,
      pipelines,
      batchSize,
      width: exampleSize(task.data),
      format: formatOf(examples),
      columns: choicesPerExample(task.data) * outputCount(task.data),
    }),
  ])
  const noLosses = new Float32Array(plan.losses)
  let chunk = firstChunk
  let isDisposed = false

  /** Runs a program some times and then copies, all in one submit. */
  function submit(program: Program, times: number, copies: readonly Readback[]): void {
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    for (let i = 0; i < times; i++) program.encode(pass, i * records.strideBytes)
    pass.end()
    for (const readback of copies) readback.copy(encoder)
    queue.submit([encoder.finish()])
  }

  /** Where the parameters are now is what a proximal term pulls to. */
  function dropAnchor(): void {
    const anchor = buffers.get('anchor')
    if (anchor === undefined) return
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(params, 0, anchor, 0, paramsBytes)
    queue.submit([encoder.finish()])
  }
  dropAnchor()

  /** Takes one of the two until the answer. */
  function snapshot(): { readonly to: Readback; arrival<T>(use: (values: Float32Array) => T): Promise<T> } {
    const to = idle.pop()
    if (to === undefined) throw new Error('two snapshots are under way')
    return { to, arrival: (use) => to.arrival(use).finally(() => idle.push(to)) }
  }

  async function train(steps: number): Promise<number> {
    if (steps === 0) return 0
    const slice = mirror.slice()
    const startMs = performance.now()
    queue.writeBuffer(losses, 0, noLosses)
    let before: Promise<unknown> = Promise.resolve()
    for (let done = 0; done < steps; ) {
      const taken = Math.min(chunk, steps - done)
      done += taken
      // One that is under way serves the mirror, too.
      const due = slice.isDue(taken) && idle.length === 2 ? snapshot() : undefined
      queue.writeBuffer(record, 0, records.next(taken))
      submit(step, taken, [...(due === undefined ? [] : [due.to]), ...(done === steps ? [lossReadback] : [])])
      // The last one is done when its losses arrive.
      const worked = (): Promise<unknown> =>
        done === steps ? Promise.resolve() : queue.onSubmittedWorkDone()
      const after = due === undefined ? worked() : due.arrival(mirror.keep)
      // Awaited below, or not at all where something else fails first.
      after.catch(() => undefined)
      // One submit runs while the next is encoded; no more than that wait.
      await before
      // Whoever asked has given up, and the next trainer on this device would take the blame for what fails here.
      if (isDisposed) throw new Error('the replica is disposed')
      before = after
    }
    const loss = await lossReadback.arrival((sums) => sums.reduce((total, sum) => total + sum, 0))
    await before
    slice.ended(steps)
    const stepMs = (performance.now() - startMs) / steps
    chunk = Math.max(least, Math.min(most, Math.floor(tuning.submitMs / stepMs)))
    return loss / (steps * plan.losses)
  }

  return {
    train,
    read: (into) => {
      const { to, arrival } = snapshot()
      submit(step, 0, [to])
      return arrival((values) => {
        mirror.keep(values)
        if (into === undefined) return values.slice()
        into.set(values)
        return into
      })
    },
    write: (values) => {
      upload(device, params, values)
      dropAnchor()
      mirror.replace(values)
    },
    add: async (delta, timesWeighed) => {
      weighing.add(delta, timesWeighed)
      dropAnchor()
    },
    approach: async (model, share) => {
      weighing.approach(model, share)
      dropAnchor()
    },
    probe: weighing.probe,
    weigh: weighing.weigh,
    outputs: inference.outputs,
    dispose: () => {
      isDisposed = true
      memory.release()
    },
  }
}
