import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Examples, Layout } from '@gossamer/core'
import { seededRandom } from '@gossamer/core/sim'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { createNetwork } from './published/network.ts'
import { adjustmentOf, publishedRule, type Rule } from './published/rule.ts'
import { batchSize, classes, parameters } from './published/shapes.ts'
import { createTrainer } from './published/trainer.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const network = createNetwork()
const layout: Layout = { tensors: [], size: parameters, fingerprint: '' }
const shapes = [[4, 4, 1, 32], [32], [4, 4, 32, 16], [16], [1296, 10], [10]]

const random = seededRandom(7)
/** As images are: mostly background, which makes many ties in the pooling. */
const data: Examples = {
  inputs: Uint8Array.from({ length: batchSize * 784 }, () =>
    random.next() < 0.8 ? 0 : Math.floor(256 * random.next()),
  ),
  labels: Uint8Array.from({ length: batchSize }, () => Math.floor(6 * random.next())),
  shape: [28, 28, 1],
}
const initial = Float32Array.from({ length: parameters }, () => 0.2 * (random.next() - 0.5))
const rows = Int32Array.from({ length: batchSize }, (_, row) => row)

/** Where the trainer stands after so many steps on one and the same batch, and the loss of the last. */
function trained(rule: Rule, steps: number) {
  const trainer = createTrainer({ network, layout, initial, data, rows, rule, seed: 1 })
  let loss = Number.NaN
  let params = new Float32Array()
  for (let i = 0; i < steps; i++)
    trainer.train(1).then((answer) => {
      loss = answer.loss
    })
  trainer.read().then((values) => {
    params = Float32Array.from(values)
  })
  return { params, loss }
}

/** The same in tfjs, by its own optimizer. */
function trainedByTfjs(optimizer: tf.Optimizer, steps: number, adjustment: readonly number[]) {
  let offset = 0
  const variables = shapes.map((shape) => {
    const size = shape.reduce((product, n) => product * n, 1)
    offset += size
    return tf.variable(tf.tensor(initial.subarray(offset - size, offset), shape))
  })
  const [kernel1, bias1, kernel2, bias2, dense, biasDense] = variables as [
    tf.Tensor4D,
    tf.Tensor1D,
    tf.Tensor4D,
    tf.Tensor1D,
    tf.Tensor2D,
    tf.Tensor1D,
  ]
  const x = tf.tensor4d(
    Float32Array.from(data.inputs, (value) => value / 255),
    [batchSize, 28, 28, 1],
  )
  const y = tf.oneHot(tf.tensor1d([...data.labels], 'int32'), classes)
  const lossOf = (): tf.Scalar => {
    const first = tf.maxPool(
      tf.relu(tf.add(tf.conv2d(x, kernel1, 1, 'valid'), bias1)) as tf.Tensor4D,
      2,
      2,
      'valid',
    )
    const second = tf.relu(tf.add(tf.conv2d(first, kernel2, 1, 'valid'), bias2))
    const logits = tf.add(tf.matMul(tf.reshape(second, [batchSize, 1296]) as tf.Tensor2D, dense), biasDense)
    return tf.losses.softmaxCrossEntropy(y, tf.add(logits, tf.tensor1d([...adjustment]))) as tf.Scalar
  }
  let loss = Number.NaN
  for (let i = 0; i < steps; i++) loss = optimizer.minimize(lossOf, true)?.dataSync()[0] ?? Number.NaN
  return { params: Float32Array.from(variables.flatMap((variable) => [...variable.dataSync()])), loss }
}

function distance(a: Float32Array, b: Float32Array, from = 0, to = a.length): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return Math.sqrt(sum)
}

const plain: Rule = { ...publishedRule, optimizer: 'sgd', rate: 1 }
const none = new Array<number>(classes).fill(0)

test('the committed module is what its source assembles to', () => {
  const script = fileURLToPath(new URL('published/assemble.mjs', import.meta.url))
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })
})

test('the gradient of every tensor is that of tfjs', () => {
  const ours = trained(plain, 1)
  const theirs = trainedByTfjs(tf.train.sgd(1), 1, none)
  expect(ours.loss).toBeCloseTo(theirs.loss, 5)
  let offset = 0
  for (const shape of shapes) {
    const end = offset + shape.reduce((product, n) => product * n, 1)
    const length = distance(theirs.params, initial, offset, end)
    expect(length).toBeGreaterThan(1e-3)
    expect(distance(ours.params, theirs.params, offset, end)).toBeLessThan(1e-4 * length)
    offset = end
  }
})

test('with the logit adjustment, too, and a gradient that is too long is cut to length', () => {
  const rule = { ...plain, adjustmentFloor: -5, clipNorm: 0.01 }
  const counts = Array.from({ length: classes }, (_, label) => data.labels.filter((x) => x === label).length)
  const ours = trained(rule, 1)
  const theirs = trainedByTfjs(tf.train.sgd(1), 1, adjustmentOf(rule, counts))
  expect(ours.loss).toBeCloseTo(theirs.loss, 5)
  const length = distance(theirs.params, initial)
  expect(length).toBeGreaterThan(0.1)
  const cut = theirs.params.map((x, i) => (initial[i] ?? 0) + (0.01 * (x - (initial[i] ?? 0))) / length)
  expect(distance(ours.params, cut)).toBeLessThan(1e-5)
})

test('Adam walks where that of tfjs walks', () => {
  const ours = trained(publishedRule, 3)
  const theirs = trainedByTfjs(tf.train.adam(0.001), 3, none)
  expect(distance(ours.params, theirs.params)).toBeLessThan(0.01 * distance(theirs.params, initial))
  expect(ours.loss).toBeCloseTo(theirs.loss, 4)
})
