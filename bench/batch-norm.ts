import { parseArgs } from 'node:util'
import {
  type CompleteTask,
  completeTask,
  type Examples,
  initialParameters,
  type Layout,
  type ModelSpec,
  modelLayout,
  presets,
} from '@gossamer/core'
import { type PartitionKind, partition, seededRandom } from '@gossamer/core/sim'
import { createTfjsTrainer, type TfjsTrainer } from '@gossamer/core/tfjs'
import { firstExamples, readMnist } from '@gossamer/tools/mnist'

/**
 * What to do with the moving statistics of batch norm when a room settles: average them as everything else, or compute
 * them anew under the averaged weights. Four peers on wasm, averaged every 50 steps, 1,000 steps.
 */

const usage = `usage: npm run bench:batch-norm -- [--json]
Accuracy of the average model with batch norm, by where its moving statistics come from.`

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})

const peers = 4
const rounds = 20
const stepsPerRound = 50
/** A step keeps nine tenths of the statistics: the mean over states ten steps apart stands for a whole pass. */
const samplings = 20
const stepsPerSampling = 10

type Layers = Extract<ModelSpec, { readonly kind: 'layers' }>['layers']

const models: Readonly<Record<string, Layers>> = {
  dense: [{ type: 'dense', units: 64 }, { type: 'batch-norm' }, { type: 'relu' }],
  conv: [
    { type: 'conv2d', filters: 8, kernel: 3 },
    { type: 'batch-norm' },
    { type: 'relu' },
    { type: 'max-pool', size: 2 },
  ],
}
const splits: Readonly<Record<string, PartitionKind>> = {
  iid: { type: 'iid' },
  'skew-0.9': { type: 'skew', share: 0.9 },
  'skew-0.99': { type: 'skew', share: 0.99 },
}

const mnist = readMnist()
const train = firstExamples(mnist.train, 16_000)
const test = firstExamples(mnist.test, 4_000)

function taskWith(layers: Layers, learningRate: number): CompleteTask {
  const preset = presets.mnist
  if (preset === undefined) throw new Error('There is no preset for MNIST.')
  return completeTask({
    ...preset,
    model: { kind: 'layers', layers },
    training: { ...preset.training, optimizer: { kind: 'sgd', learningRate } },
  })
}

function examplesAt({ inputs, labels, shape }: Examples, rows: Int32Array): Examples {
  const width = inputs.length / labels.length
  const chosen = new Uint8Array(rows.length * width)
  for (const [i, row] of rows.entries())
    chosen.set(inputs.subarray(row * width, (row + 1) * width), i * width)
  return { inputs: chosen, labels: Uint8Array.from(rows, (row) => labels[row] ?? 0), shape }
}

const average = (vectors: readonly Float32Array[]): Float32Array =>
  (vectors[0] ?? new Float32Array(0)).map(
    (_, i) => vectors.reduce((sum, vector) => sum + (vector[i] ?? 0), 0) / vectors.length,
  )

/** `params` with the moving statistics of `from`. */
function withStatistics({ tensors }: Layout, params: Float32Array, from: Float32Array): Float32Array {
  const result = params.slice()
  let start = 0
  for (const { name, shape } of tensors) {
    const end = start + shape.reduce((product, size) => product * size, 1)
    if (name.includes('/moving-')) result.set(from.subarray(start, end), start)
    start = end
  }
  return result
}

/** What moving statistics come to on a peer's examples, the weights standing still. */
async function recomputed(layers: Layers, examples: Examples, params: Float32Array): Promise<Float32Array> {
  const still = taskWith(layers, 1e-12)
  const trainer = await createTfjsTrainer({ task: still, examples, backend: 'wasm', seed: 1 })
  await trainer.write(params)
  await trainer.train(stepsPerSampling)
  const states: Float32Array[] = []
  for (let i = 0; i < samplings; i++) {
    await trainer.train(stepsPerSampling)
    states.push(await trainer.read())
  }
  trainer.dispose()
  return average(states)
}

async function accuracies(layers: Layers, kind: PartitionKind): Promise<Readonly<Record<string, number>>> {
  const task = taskWith(layers, 0.1)
  const layout = modelLayout(task)
  const hands = partition(train.labels, 10, peers, kind, seededRandom(1)).map((rows) =>
    examplesAt(train, rows),
  )
  const trainers: TfjsTrainer[] = []
  for (const [seed, examples] of hands.entries())
    trainers.push(await createTfjsTrainer({ task, examples, backend: 'wasm', seed }))
  let shared = initialParameters(layout, task.seed)
  for (let round = 0; round < rounds; round++) {
    const replicas: Float32Array[] = []
    for (const trainer of trainers) {
      await trainer.write(shared)
      await trainer.train(stepsPerRound)
      replicas.push(await trainer.read())
    }
    shared = average(replicas)
  }
  const anew: Float32Array[] = []
  for (const examples of hands) anew.push(await recomputed(layers, examples, shared))
  const [judge] = trainers
  const accuracyOf = async (params: Float32Array): Promise<number> =>
    (await judge?.evaluate(test, params))?.accuracy ?? Number.NaN
  const own: number[] = []
  for (const from of anew) own.push(await accuracyOf(withStatistics(layout, shared, from)))
  const result = {
    averaged: await accuracyOf(shared),
    'recomputed-mean': own.reduce((sum, x) => sum + x, 0) / own.length,
    'recomputed-worst': Math.min(...own),
    'recomputed-then-averaged': await accuracyOf(withStatistics(layout, shared, average(anew))),
  }
  for (const trainer of trainers) trainer.dispose()
  return result
}

async function main(): Promise<void> {
  const table: Record<string, Readonly<Record<string, number>>> = {}
  for (const [model, layers] of Object.entries(models))
    for (const [split, kind] of Object.entries(splits)) {
      const name = `${model}/${split}`
      const figures = await accuracies(layers, kind)
      table[name] = figures
      if (options.json)
        for (const [metric, value] of Object.entries(figures))
          console.log(JSON.stringify({ bench: 'batch-norm', case: name, metric, value, unit: '' }))
    }
  if (!options.json) console.table(table)
}

if (options.help) console.log(usage)
else await main()
