import '@tensorflow/tfjs-backend-cpu'
import {
  cast,
  fused,
  getKernelsForBackend,
  greater,
  matMul,
  scalar,
  setBackend,
  sum,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { registerWebgpuKernels } from '../../../../kernels-webgpu.ts'
import { noise, products, transpositions } from '../cases.ts'
import { updateKernels } from '../update.ts'
import { expectSame, run, watchDevice } from './device-suite.ts'

watchDevice()

test('a second call registers nothing', () => {
  const before = getKernelsForBackend('webgpu').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc])
  registerWebgpuKernels()
  expect(
    getKernelsForBackend('webgpu').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
  ).toEqual(before)
})

describe.each(transpositions)(
  'product, transposed: $transposeA, $transposeB',
  ({ transposeA, transposeB }) => {
    test.each(products)('%j %i %i %i', (batch, rows, inner, columns) => {
      const a = noise([...batch, ...(transposeA ? [inner, rows] : [rows, inner])], 5)
      const b = noise([...batch, ...(transposeB ? [columns, inner] : [inner, columns])], 6)
      const by = transposeA && transposeB ? 'stock' : 'ours'
      return expectSame(() => matMul(a, b, transposeA, transposeB), by)
    })
  },
)

test('floats that are whole numbers in their buffer', () => {
  const tokens = tensor([3, 0, 6, 5, 1], [5], 'int32')
  const oneHot = () =>
    run('OneHot', { indices: tokens }, { depth: 8, onValue: 1, offValue: 0, dtype: 'int32' })
  const table = noise([8, 12], 1)
  return expectSame(() => tidy(() => matMul(cast(oneHot(), 'float32'), table)))
})

test('sums of booleans that are called floats', () => {
  const x = noise([40, 8], 2)
  return expectSame(() => tidy(() => sum(cast(greater(x, 0), 'float32'), 0)))
})

test('a batch of matrices times one', () => {
  const [a, b] = [noise([3, 4, 5], 1), noise([5, 6], 2)]
  return expectSame(() => matMul(a, b), 'stock')
})

test.each([
  { rows: 32, inner: 784, columns: 64, activation: 'relu', by: 'ours' },
  { rows: 3, inner: 5, columns: 7, activation: 'linear', by: 'ours' },
  { rows: 1, inner: 6, columns: 9, activation: 'relu', by: 'ours' },
  { rows: 5, inner: 4, columns: 6, activation: 'sigmoid', by: 'stock' },
  { rows: 5, inner: 4, columns: 8, activation: 'elu', by: 'stock' },
] as const)(
  '$rows x $inner x $columns with a bias, $activation',
  ({ rows, inner, columns, activation, by }) => {
    const [a, b, bias] = [noise([rows, inner], 7), noise([inner, columns], 8), noise([columns], 9)]
    return expectSame(() => fused.matMul({ a, b, bias, activation }), by)
  },
)

test('a ReLU without a bias, and a bias for a transposed factor', async () => {
  const plain = { a: noise([6, 8], 1), b: noise([8, 12], 2) }
  await expectSame(() => fused.matMul({ ...plain, activation: 'relu' }), 'ours')
  await setBackend('cpu')
  const turned = { a: noise([8, 6], 3), b: noise([8, 12], 4), bias: noise([12], 5) }
  await expectSame(() => fused.matMul({ ...turned, transposeA: true }), 'stock')
})

test('what is no number stays none behind a ReLU', async () => {
  await setBackend('webgpu')
  const a = tensor([Number.NaN, 1, 2, 3], [2, 2])
  const b = tensor([1, 0, 0, 1], [2, 2])
  const result = fused.matMul({ a, b, bias: tensor([0, 0], [2]), activation: 'relu' })
  expect([...(await result.data())]).toEqual([Number.NaN, Number.NaN, 2, 3])
})

test.each([
  [[32, 10], 'ours'],
  [[1, 7], 'ours'],
  [[3, 5, 33], 'ours'],
  [[9], 'ours'],
  [[2, 5_000], 'stock'],
] as const)('softmax of %j', (shape, by) => {
  const logits = noise(shape, 1)
  return expectSame(() => run('Softmax', { logits }, { dim: shape.length - 1 }), by)
})

test('softmax of large logits', () => {
  const logits = tensor([1_000, 999, -1_000, 0], [2, 2])
  return expectSame(() => run('Softmax', { logits }, { dim: 1 }), 'ours')
})

describe.each(['Sum', 'Mean'])('%s', (name) => {
  test.each([
    { shape: [500, 32], axis: [0], keepDims: false },
    { shape: [3, 5, 7, 19], axis: [0, 1, 2], keepDims: true },
    { shape: [32, 26, 26, 16], axis: [0, 1, 2], keepDims: false },
    { shape: [9, 3], axis: [-2], keepDims: false },
    { shape: [32, 10], axis: [1], keepDims: true },
    { shape: [4, 6, 5], axis: [1], keepDims: false },
    { shape: [4, 6, 5], axis: [2, 1], keepDims: false },
    { shape: [7_001], axis: [0], keepDims: false },
    { shape: [50, 60], axis: [0, 1], keepDims: false },
    { shape: [1, 4], axis: [0], keepDims: false },
    { shape: [4, 6, 5], axis: [0, 2], keepDims: false, by: 'stock' },
  ])('of $shape over $axis, kept $keepDims', ({ shape, axis, keepDims, by }) => {
    const x = noise(shape, 8)
    const expected = by === undefined ? 'ours' : 'stock'
    return expectSame(() => run(name, { x }, { axis, keepDims }), expected)
  })
})

test('sums of more rows than one dimension of a dispatch holds', async () => {
  await setBackend('webgpu')
  const rows = 1_200_000
  const x = tensor(
    Float32Array.from({ length: 2 * rows }, (_, i) => i % 251),
    [rows, 2],
  )
  const sums = await run('Sum', { x }, { axis: [1], keepDims: false }).data<'float32'>()
  expect(sums.findIndex((sum, i) => sum !== ((2 * i) % 251) + ((2 * i + 1) % 251))).toBe(-1)
})

test('sums of whole numbers stay whole', async () => {
  await setBackend('webgpu')
  const sum = run('Sum', { x: tensor([1, 2, 3, 4], [2, 2], 'int32') }, { axis: [0], keepDims: false })
  expect(sum.dtype).toBe('int32')
  expect([...(await sum.data())]).toEqual([4, 6])
})

describe.each(['Add', 'Sub', 'Multiply', 'RealDiv', 'SquaredDifference'])('%s', (name) => {
  test.each([
    [[32, 128], [128]],
    [[20, 7, 3], [3]],
    [[5], [40, 30, 5]],
    [[50, 30], []],
    [
      [50, 30],
      [50, 1],
    ],
  ])('of %j and %j', (a, b) => {
    const inputs = { a: noise(a, 1), b: noise(b, 2) }
    return expectSame(() => run(name, inputs))
  })
})

test.each([
  [
    [70, 33],
    [1, 0],
  ],
  [
    [70, 33],
    [0, 1],
  ],
  [
    [7, 20, 30],
    [2, 0, 1],
  ],
])('transpose of %j by %j', (shape, perm) => {
  const x = noise(shape, 1)
  return expectSame(() => run('Transpose', { x }, { perm }))
})

test.each([[[1]], [[37]], [[784, 128]]])('a step down of %j', async (shape) => {
  await setBackend('webgpu')
  const [x, gradient] = [noise(shape, 1), noise(shape, 2)]
  const stepped = run(updateKernels.descent, { x, rate: scalar(0.25), gradient })
  const [from, along] = [await x.data(), await gradient.data()]
  expect([...(await stepped.data())]).toEqual(
    [...from].map((value, i) => Math.fround(value - 0.25 * (along[i] ?? 0))),
  )
})

test.each([1, 6, 7, 20])('the squared norm of %i tensors', async (count) => {
  await setBackend('webgpu')
  const inputs = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [i, noise([i % 3 === 0 ? 400 : 61, 1 + i], i)] as const),
  )
  const all = (await Promise.all(Object.values(inputs).map((x) => x.data()))).flatMap((values) => [...values])
  const expected = all.reduce((sum, value) => sum + value * value, 0)
  const norm = run(updateKernels.squaredNorm, inputs)
  expect(norm.shape).toEqual([])
  const [found = Number.NaN] = await norm.data()
  expect(found / expected).toBeCloseTo(1, 5)
})
