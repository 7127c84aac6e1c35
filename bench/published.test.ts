import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Examples, type Layout, modelLayout } from '@gossamer/core'
import { seededRandom, settled } from '@gossamer/core/sim'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { cases } from './published/cases.ts'
import { limitedTrainer } from './published/limited-trainer.ts'
import { createNetwork } from './published/network.ts'
import { rowsOfCase } from './published/row.ts'
import { adjustmentOf, publishedRule, type Rule, rateAt, totalSteps } from './published/rule.ts'
import { at, batchSize, classes, parameters } from './published/shapes.ts'
import { splitBySkew } from './published/split.ts'
import { publishedTask } from './published/task.ts'
import { createTrainer } from './published/trainer.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const network = createNetwork()
const layout: Layout = { tensors: [], size: parameters, fingerprint: '' }
const shapes = [[4, 4, 1, 32], [32], [4, 4, 32, 16], [16], [1296, 10], [10]]

const random = seededRandom(7)
/** A batch is each of these eight times, so that the reference has less to do. */
const examples = 4
/** As images are: mostly background, which makes many ties in the pooling. */
const data: Examples = {
  inputs: Uint8Array.from({ length: examples * 784 }, () =>
    random.next() < 0.8 ? 0 : Math.floor(256 * random.next()),
  ),
  labels: Uint8Array.from({ length: examples }, () => Math.floor(6 * random.next())),
  shape: [28, 28, 1],
}
const initial = Float32Array.from({ length: parameters }, () => 0.2 * (random.next() - 0.5))
const rows = Int32Array.from({ length: batchSize }, (_, i) => i % examples)

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

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

/** Minus the gradient of every tensor in tfjs, and the loss. */
function byTfjs(adjustment: readonly number[]) {
  let offset = 0
  const variables = shapes.map((shape) => {
    const size = sizeOf(shape)
    offset += size
    return tf.variable(tf.tensor(initial.subarray(offset - size, offset), shape))
  })
  const [kernel1, bias1, kernel2, bias2, dense, biasDense] = variables
  if (kernel1 === undefined || bias1 === undefined || kernel2 === undefined) throw new Error('no variables')
  if (bias2 === undefined || dense === undefined || biasDense === undefined) throw new Error('no variables')
  const x = tf.tensor4d(
    Float32Array.from(data.inputs, (value) => value / 255),
    [examples, 28, 28, 1],
  )
  const y = tf.oneHot(tf.tensor1d([...data.labels], 'int32'), classes)
  const lossOf = (): tf.Scalar => {
    const first = tf.relu(tf.add(tf.conv2d(x, kernel1 as tf.Tensor4D, 1, 'valid'), bias1))
    const small = tf.maxPool(first as tf.Tensor4D, 2, 2, 'valid')
    const second = tf.relu(tf.add(tf.conv2d(small, kernel2 as tf.Tensor4D, 1, 'valid'), bias2))
    const logits = tf.add(tf.matMul(tf.reshape(second, [examples, 1296]), dense), biasDense)
    return tf.losses.softmaxCrossEntropy(y, tf.add(logits, tf.tensor1d([...adjustment])))
  }
  const loss = tf.train.sgd(1).minimize(lossOf, true)?.dataSync()[0] ?? Number.NaN
  return { params: Float32Array.from(variables.flatMap((variable) => [...variable.dataSync()])), loss }
}

function distance(a: Float32Array, b: Float32Array, from = 0, to = a.length): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return Math.sqrt(sum)
}

const plain: Rule = { ...publishedRule, optimizer: 'sgd', rate: 1 }

test('the committed module is what its source assembles to', () => {
  const script = fileURLToPath(new URL('published/assemble.mjs', import.meta.url))
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })
})

test('the gradient of every tensor is that of tfjs, logit adjustment and all', () => {
  const rule = { ...plain, adjustmentFloor: -5 }
  const counts = Array.from(
    { length: classes },
    (_, label) => 8 * data.labels.filter((x) => x === label).length,
  )
  const ours = trained(rule, 1)
  const theirs = byTfjs(adjustmentOf(rule, counts))
  expect(ours.loss).toBeCloseTo(theirs.loss, 5)
  let offset = 0
  for (const shape of shapes) {
    const end = offset + sizeOf(shape)
    const length = distance(theirs.params, initial, offset, end)
    expect(length).toBeGreaterThan(1e-3)
    expect(distance(ours.params, theirs.params, offset, end)).toBeLessThan(1e-4 * length)
    offset = end
  }
})

test('a gradient that is too long is cut to length and keeps its direction', () => {
  const whole = trained(plain, 1).params.map((x, i) => x - (initial[i] ?? 0))
  const length = distance(whole, new Float32Array(parameters))
  const cut = trained({ ...plain, clipNorm: 0.01 }, 1).params
  expect(length).toBeGreaterThan(0.1)
  const expected = whole.map((x, i) => (initial[i] ?? 0) + (0.01 * x) / length)
  expect(distance(cut, expected)).toBeLessThan(1e-5)
  expect(trained({ ...plain, clipNorm: 1e6 }, 1).params).toEqual(trained(plain, 1).params)
})

test('Adam begins with steps as long as its rate, against the gradient', () => {
  const gradient = trained(plain, 1).params.map((x, i) => (initial[i] ?? 0) - x)
  const moved = trained(publishedRule, 1).params.map((x, i) => x - (initial[i] ?? 0))
  const expected = gradient.map((g) => (-0.001 * g) / (1e-7 + Math.abs(g)))
  expect(distance(moved, expected)).toBeLessThan(1e-3 * distance(expected, new Float32Array(parameters)))
})

test('a falling rate reaches its end with the last step', () => {
  const rule = { ...publishedRule, endShare: 0.25 }
  expect(rateAt(rule, 0)).toBe(0.001)
  expect(rateAt(rule, totalSteps)).toBeCloseTo(0.00025, 12)
})

test('the network is the one of the task that rooms agree on, tensor by tensor', () => {
  const { tensors, size } = modelLayout(publishedTask({}, 1))
  expect(size).toBe(parameters)
  expect(tensors.map((tensor) => tensor.shape)).toEqual(shapes)
  const ends = shapes.map((_, i) => shapes.slice(0, i).reduce((sum, shape) => sum + sizeOf(shape), 0))
  expect(ends).toEqual(Object.values(at))
})

test('a limited trainer takes three epochs of steps, says so, and then falls silent', () => {
  const said: boolean[] = []
  const taken: number[] = []
  const inner = createTrainer({ network, layout, initial, data, rows, rule: publishedRule, seed: 1 })
  const counting = {
    ...inner,
    train: (steps: number) => settled({ steps, samples: 32 * steps, loss: 0 }),
  }
  const limited = limitedTrainer(counting, (wantsMore) => said.push(wantsMore))
  for (const steps of [3_000, 500, 500])
    limited.train(steps).then((trained) => {
      taken.push(trained.steps)
    })
  expect([taken, said]).toEqual([[3_000, 500, 100], [false]])
  limited.train(1).then(() => expect.fail('answered'))
  expect(said).toEqual([false, true])
})

test('a case is told by its mean, its deviation over seeds and its bytes, beside what is published', () => {
  const one = cases.find(({ name }) => name === 'latest-average/n-2/skew-1') ?? expect.fail('no such case')
  const result = { own: [], beforeSettling: [], steps: [], merges: [], rejected: {} }
  const rows = rowsOfCase(one, [
    { ...result, served: [0.8, 0.9], megabytesUp: 0.2 },
    { ...result, served: [0.7, 0.8], megabytesUp: 0.4 },
  ])
  const figures = Object.fromEntries(rows.map(({ metric, value }) => [metric, value]))
  expect(figures.accuracy).toBeCloseTo(0.8, 9)
  expect(figures['accuracy-std']).toBeCloseTo(Math.sqrt(0.005), 5)
  expect(figures['megabytes-up']).toBeCloseTo(0.3, 9)
  expect(figures['accuracy-minus-published']).toBeCloseTo(0.8 - 0.734, 9)
})

test('the published split gives every row to one peer, and as many of a class to its owner as the skew says', () => {
  const labels = Uint8Array.from({ length: 10_000 }, (_, i) => i % 10)
  const parts = splitBySkew(labels, classes, 3, 0.9, seededRandom(1))
  expect(parts.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toEqual(Array.from(labels, (_, i) => i))
  const owned = [
    [0, 1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]
  parts.forEach((rows, peer) => {
    const own = rows.filter((row) => owned[peer]?.includes(labels[row] ?? 0)).length
    const all = 1_000 * (owned[peer]?.length ?? 0)
    expect(own / all).toBeCloseTo(0.9 + 0.1 / 3, 1.5)
  })
  const apart = splitBySkew(labels, classes, 2, 1, seededRandom(1))
  expect(apart.map((rows) => rows.length)).toEqual([5_000, 5_000])
  expect(apart[0]?.every((row) => (labels[row] ?? 0) < 5)).toBe(true)
})
