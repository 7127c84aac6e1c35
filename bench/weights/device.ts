import { codecs, type Examples } from '@gossamer/core'
import { createTfjsTrainer, type TfjsTrainer } from '@gossamer/core/tfjs'
import { add, backend, dispose, ones, type Tensor, tidy } from '@tensorflow/tfjs-core'
import { median } from '../codec/take-turns.ts'
import type { WeightsCase } from './cases.ts'
import type { DeviceTimes } from './measured.ts'

const warmUps = 2
const share = 0.5

const examples: Examples = {
  inputs: new Uint8Array(64 * 784).map((_, i) => (i * 7919) % 251),
  labels: new Uint8Array(64).map((_, i) => i % 10),
  shape: [28, 28, 1],
}

/** Variables as tfjs users read them, one `data()` after another; reading what was read before would cost nothing. */
export interface StockVariables {
  refresh(): void
  read(): Promise<void>
  dispose(): void
}

function stockVariables(shapes: readonly (readonly number[])[]): StockVariables {
  const originals = shapes.map((shape) => ones([...shape]))
  let fresh: Tensor[] = []
  return {
    refresh: () => {
      dispose(fresh)
      fresh = tidy(() => originals.map((tensor) => add(tensor, 1)))
    },
    read: async () => {
      for (const tensor of fresh) await tensor.data()
    },
    dispose: () => {
      dispose(fresh)
      dispose(originals)
    },
  }
}

/** The device that tfjs uses. */
function gpuDevice(): GPUDevice {
  const current: object = backend()
  if ('device' in current && current.device instanceof GPUDevice) return current.device
  throw new Error('tfjs has no GPU device')
}

/** What goes to the device and comes from it, in turns; each timed until the device is done. */
export async function deviceTimes(
  { task }: WeightsCase,
  rounds: number,
  leastVariables: number,
): Promise<DeviceTimes> {
  const trainer = await createTfjsTrainer({ task, examples, backend: 'webgpu', seed: 1 })
  if (trainer.note !== undefined) throw new Error(trainer.note)
  const { tensors } = trainer.layout
  const stock =
    tensors.length < leastVariables ? undefined : stockVariables(tensors.map(({ shape }) => shape))
  try {
    return await timesOf(trainer, stock, rounds)
  } finally {
    stock?.dispose()
    trainer.dispose()
  }
}

async function timesOf(
  trainer: TfjsTrainer,
  stock: StockVariables | undefined,
  rounds: number,
): Promise<DeviceTimes> {
  const { queue } = gpuDevice()
  const start = await trainer.read()
  const space = new Float32Array(start.length)
  const difference = start.map((_, i) => Math.cos(i) * 1e-3)
  const theirs = start.map((x, i) => x + (difference[i] ?? 0))
  const encoded = { codec: 'int8', bytes: codecs.int8.encode(theirs) } as const
  const runs: Readonly<Record<string, () => Promise<unknown>>> = {
    snapshot: () => trainer.read(space),
    writeBack: () => trainer.write(start),
    add: () => trainer.add(difference),
    approach: () => trainer.approach(encoded, share),
    weighAndMerge: async () => {
      await trainer.weigh({ difference, share, encoded })
      await trainer.add(difference, share)
    },
    probes: async () => {
      await trainer.probe(start)
      await trainer.probe(theirs)
    },
    ...(stock === undefined ? {} : { oneByOne: () => stock.read() }),
  }
  const times = new Map(Object.keys(runs).map((name) => [name, [] as number[]]))
  for (let round = -warmUps; round < rounds; round++)
    for (const [name, run] of Object.entries(runs)) {
      stock?.refresh()
      await queue.onSubmittedWorkDone()
      const startMs = performance.now()
      await run()
      await queue.onSubmittedWorkDone()
      if (round >= 0) times.get(name)?.push(performance.now() - startMs)
    }
  const of = (name: string): number => median(times.get(name) ?? [])
  return {
    adapter: trainer.device.adapter,
    snapshot: of('snapshot'),
    writeBack: of('writeBack'),
    add: of('add'),
    approach: of('approach'),
    weighAndMerge: of('weighAndMerge'),
    probes: of('probes'),
    ...(stock === undefined ? {} : { oneByOne: of('oneByOne') }),
  }
}
