import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { difference, distance, norm } from '../params/vector.ts'
import type { Examples } from '../ports.ts'
import { labelCounts, logitAdjustment } from '../task/logit-adjustment.ts'
import { initialParameters, modelLayout } from '../task/models.ts'
import { completeTask } from '../task/schema.ts'
import type { CompleteTask, Task } from '../task/task.ts'
import { createPlainTrainer } from './plain-trainer.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const count = 48
const classes = 10

/** One batch is all examples, so that their order plays no part. */
function taskOf(hidden: readonly number[], training: Partial<Task['training']>): CompleteTask {
  return completeTask({
    version: 1,
    name: 'gradient',
    data: { kind: 'image', shape: [7, 9, 1], classes: Array.from({ length: classes }, (_, i) => `${i}`) },
    model: { kind: 'mlp', hidden },
    training: { optimizer: { kind: 'sgd', learningRate: 1 }, batchSize: count, clipNorm: 0, ...training },
    seed: 11,
  })
}

function randomExamples(): Examples {
  const random = seededRandom(4)
  const inputs = Float32Array.from({ length: count * 63 }, () =>
    random.next() < 0.6 ? 0 : random.next() * 2 - 0.5,
  )
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random.next() ** 2 * (classes - 1)))
  return { inputs, labels, shape: [7, 9, 1] }
}

/** The same model and loss in tfjs, trained by its own optimizer; its parameters and the last step's loss. */
function trainedByTfjs(
  task: CompleteTask,
  { inputs, labels }: Examples,
  optimizer: tf.Optimizer,
  steps: number,
) {
  const layout = modelLayout(task)
  const initial = initialParameters(layout, task.seed)
  let offset = 0
  const variables = layout.tensors.map(({ shape }) => {
    const size = shape.reduce((product, n) => product * n, 1)
    const values = initial.subarray(offset, offset + size)
    offset += size
    return tf.variable(tf.tensor(values, [...shape]))
  })
  const x = tf.tensor2d(Float32Array.from(inputs), [count, 63])
  const y = tf.oneHot(tf.tensor1d([...labels], 'int32'), classes)
  const prior = task.training.logitAdjustment
    ? tf.tensor1d(logitAdjustment(labelCounts(labels, classes)))
    : tf.zeros([classes])
  const lossOf = (): tf.Scalar => {
    let activation: tf.Tensor = x
    for (let i = 0; i < variables.length; i += 2) {
      const [kernel, bias] = [variables[i], variables[i + 1]]
      if (kernel === undefined || bias === undefined) throw new Error('a kernel without a bias')
      const sums = tf.add(tf.matMul(activation as tf.Tensor2D, kernel as tf.Tensor2D), bias)
      activation = i + 2 < variables.length ? tf.relu(sums) : sums
    }
    return tf.losses.softmaxCrossEntropy(y, tf.add(activation, prior)) as tf.Scalar
  }
  let loss = Number.NaN
  for (let step = 0; step < steps; step++)
    loss = optimizer.minimize(lossOf, true)?.dataSync()[0] ?? Number.NaN
  return { params: Float32Array.from(variables.flatMap((variable) => [...variable.dataSync()])), loss }
}

function trainedPlainly(task: CompleteTask, examples: Examples, steps: number) {
  const trainer = createPlainTrainer({ task, examples, seed: 1 })
  const seen: { loss: number; params: Float32Array }[] = []
  for (let step = 0; step < steps; step++)
    trainer.train(1).then(({ loss }) => trainer.read().then((params) => seen.push({ loss, params })))
  return seen.at(-1) ?? expect.fail('no answer')
}

describe.each([{ hidden: [] }, { hidden: [5] }, { hidden: [64] }])('hidden layers $hidden', ({ hidden }) => {
  const examples = randomExamples()

  test.each([true, false])('the gradient is that of tfjs (logit adjustment %s)', (adjusted) => {
    const task = taskOf(hidden, { logitAdjustment: adjusted })
    const theirs = trainedByTfjs(task, examples, tf.train.sgd(1), 1)
    const ours = trainedPlainly(task, examples, 1)
    const initial = initialParameters(modelLayout(task), task.seed)
    const gradient = difference(theirs.params, initial)
    expect(norm(gradient)).toBeGreaterThan(0.1)
    expect(distance(ours.params, theirs.params)).toBeLessThan(1e-5 * norm(gradient))
    expect(ours.loss).toBeCloseTo(theirs.loss, 5)
  })

  test('Adam walks where that of tfjs walks', () => {
    const task = taskOf(hidden, { optimizer: { kind: 'adam', learningRate: 0.01 } })
    const theirs = trainedByTfjs(task, examples, tf.train.adam(0.01), 10)
    const ours = trainedPlainly(task, examples, 10)
    const initial = initialParameters(modelLayout(task), task.seed)
    expect(distance(ours.params, theirs.params)).toBeLessThan(1e-3 * distance(theirs.params, initial))
    expect(ours.loss).toBeCloseTo(theirs.loss, 4)
  })

  test('a gradient that is too long is cut to length and keeps its direction', () => {
    const free = trainedPlainly(taskOf(hidden, {}), examples, 1).params
    const clipped = trainedPlainly(taskOf(hidden, { clipNorm: 0.01 }), examples, 1).params
    const initial = initialParameters(modelLayout(taskOf(hidden, {})), 11)
    const whole = difference(free, initial)
    const cut = difference(clipped, initial)
    expect(norm(cut)).toBeCloseTo(0.01, 5)
    expect(
      distance(
        cut,
        whole.map((x) => (x * 0.01) / norm(whole)),
      ),
    ).toBeLessThan(1e-5)
    expect(trainedPlainly(taskOf(hidden, { clipNorm: 1e6 }), examples, 1).params).toEqual(free)
  })
})
