import { parseArgs } from 'node:util'
import { completeTask, presets, type Task } from '@gossamer/core'
import { createPlainTrainer, sparseDataset } from '@gossamer/core/sim'
import { readMnist } from '@gossamer/tools/mnist'

/** How fast the trainer of the simulator is on MNIST, one thread, batches of 32. */

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, steps: { type: 'string', default: '2000' } },
})
const steps = Number(options.steps)
const repetitions = 3

const { train, test } = readMnist()
const dataset = sparseDataset(train)

const cases: readonly {
  readonly name: string
  readonly hidden: readonly number[]
  readonly optimizer: Task['training']['optimizer']
  readonly goal?: number
}[] = [
  { name: '784-10/sgd', hidden: [], optimizer: { kind: 'sgd', learningRate: 0.2 } },
  { name: '784-64-10/sgd', hidden: [64], optimizer: { kind: 'sgd', learningRate: 0.2 }, goal: 2000 },
  { name: '784-64-10/adam', hidden: [64], optimizer: { kind: 'adam', learningRate: 0.001 } },
  { name: '784-128-10/sgd', hidden: [128], optimizer: { kind: 'sgd', learningRate: 0.2 } },
]

/** The answer and the time it took. Every answer of the plain trainer is there at once. */
function timed<T>(ask: () => PromiseLike<T>): { value: T; ms: number } {
  const start = performance.now()
  const values: T[] = []
  ask().then((value) => values.push(value))
  const [value] = values
  if (value === undefined) throw new Error('The answer did not come at once.')
  return { value, ms: performance.now() - start }
}

const results = cases.map(({ name, hidden, optimizer, goal }) => {
  const { mnist } = presets
  if (mnist === undefined) throw new Error('There is no preset for MNIST.')
  const task = completeTask({
    ...mnist,
    model: { kind: 'mlp', hidden },
    training: { ...mnist.training, optimizer },
  })
  const trainer = createPlainTrainer({ task, dataset, seed: 1 })
  const trainMs = Math.min(...Array.from({ length: repetitions }, () => timed(() => trainer.train(steps)).ms))
  const evaluations = Array.from({ length: repetitions }, () => timed(() => trainer.evaluate(test)))
  trainer.dispose()
  return {
    name,
    goal,
    stepsPerSecond: Math.round((1000 * steps) / trainMs),
    evaluateMs: Math.round(10 * Math.min(...evaluations.map(({ ms }) => ms))) / 10,
    accuracy: evaluations[0]?.value.accuracy,
  }
})

if (!options.json) console.table(results)
else
  for (const { name, goal, stepsPerSecond, evaluateMs, accuracy } of results) {
    const row = { bench: 'plain-trainer', case: name }
    const promise = goal === undefined ? {} : { goal, met: stepsPerSecond >= goal }
    const evaluation = { value: evaluateMs, unit: 'ms', goal: 100, met: evaluateMs < 100 }
    console.log(
      JSON.stringify({ ...row, metric: 'steps-per-second', value: stepsPerSecond, unit: '1/s', ...promise }),
    )
    console.log(JSON.stringify({ ...row, metric: 'evaluate-10000-ms', ...evaluation }))
    console.log(JSON.stringify({ ...row, metric: 'accuracy', value: accuracy, unit: '' }))
  }
