import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { backend_util, engine, matMul, memory, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../lib/random.ts'
import { elements } from '../../../params/layout.ts'
import { registerWasmKernels } from './register.ts'

const noise = (shape: readonly number[], seed: number): Tensor => {
  const random = seededRandom(seed)
  return tensor(
    Float32Array.from({ length: elements(shape) }, () => normal(random)),
    [...shape],
  )
}

/** What plain JavaScript and wasm give, and how many tensors wasm left behind beyond its answer. */
async function both(compute: () => Tensor): Promise<{ cpu: Tensor; wasm: Tensor; left: number }> {
  await setBackend('cpu')
  const cpu = compute()
  await cpu.data<'float32'>()
  await setBackend('wasm')
  compute().dispose()
  const before = memory().numDataBuffers
  const wasm = compute()
  return { cpu, wasm, left: memory().numDataBuffers - before }
}

/** Sums of up to 21,632 products of standard normals, in another order. */
async function expectSame(compute: () => Tensor, tolerance: number): Promise<void> {
  const { cpu, wasm, left } = await both(compute)
  expect(wasm.shape).toEqual(cpu.shape)
  const expected = await cpu.data<'float32'>()
  const actual = await wasm.data<'float32'>()
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const apart = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? 0))), 0)
  expect(largest).toBeGreaterThan(0)
  expect(apart / largest).toBeLessThan(tolerance)
  expect(left).toBe(1)
}

beforeAll(async () => {
  registerWasmKernels()
  registerWasmKernels()
  await setBackend('wasm')
})

/** Input, filter, strides, pad: those of the presets first, then odd and small ones. */
const convolutions = [
  { input: [4, 28, 28, 1], filter: [3, 3, 1, 16], strides: 1, pad: 'valid' },
  { input: [4, 13, 13, 16], filter: [3, 3, 16, 32], strides: 1, pad: 'valid' },
  { input: [1, 4, 5, 3], filter: [3, 3, 3, 5], strides: 1, pad: 'valid' },
  { input: [1, 3, 3, 1], filter: [3, 3, 1, 1], strides: 1, pad: 'valid' },
  { input: [2, 9, 7, 3], filter: [5, 3, 3, 6], strides: 1, pad: 'same' },
  { input: [3, 8, 11, 2], filter: [3, 3, 2, 7], strides: 2, pad: 'same' },
  { input: [2, 9, 9, 4], filter: [2, 4, 4, 4], strides: 3, pad: 'valid' },
  { input: [2, 6, 6, 2], filter: [1, 1, 2, 3], strides: 1, pad: 'valid' },
  {
    input: [2, 5, 6, 2],
    filter: [3, 3, 2, 3],
    strides: 1,
    pad: [
      [0, 0],
      [2, 0],
      [1, 2],
      [0, 0],
    ],
  },
] as const

type Quad = [number, number, number, number]

describe.each(convolutions)('convolution $input * $filter, strides $strides, $pad', (settings) => {
  const { strides } = settings
  const input: Quad = [...settings.input]
  const filter: Quad = [...settings.filter]
  const pad = settings.pad as 'valid' | 'same' | backend_util.ExplicitPadding
  const { outShape } = backend_util.computeConv2DInfo(input, filter, strides, 1, pad)
  const attributes = { strides, pad, dataFormat: 'NHWC' }

  test('gradient at the filter', () => {
    const [x, dy] = [noise(input, 1), noise(outShape, 2)]
    return expectSame(
      () => engine().runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter }),
      1e-5,
    )
  })

  test('gradient at the input', () => {
    const [weights, dy] = [noise(filter, 1), noise(outShape, 2)]
    return expectSame(
      () =>
        engine().runKernel(
          'Conv2DBackpropInput',
          { dy, filter: weights },
          { ...attributes, inputShape: input },
        ),
      1e-5,
    )
  })
})

test.each([
  { input: [4, 26, 26, 16], filterSize: 2, strides: 2, pad: 'valid' },
  { input: [4, 11, 11, 32], filterSize: 2, strides: 2, pad: 'valid' },
  { input: [1, 5, 7, 3], filterSize: 2, strides: 2, pad: 'valid' },
  { input: [2, 7, 6, 3], filterSize: 3, strides: 2, pad: 'same' },
  { input: [2, 7, 6, 1], filterSize: 3, strides: 1, pad: 'valid' },
] as const)(
  'gradient of pooling $input by $filterSize, strides $strides, $pad',
  ({ input, ...attributes }) => {
    const { filterSize, strides, pad } = attributes
    const { outShape } = backend_util.computePool2DInfo([...input], filterSize, strides, 1, pad)
    const [values, dy, output] = [noise(input, 3), noise(outShape, 4), noise(outShape, 5)]
    return expectSame(
      () => engine().runKernel('MaxPoolGrad', { dy, input: values, output }, { ...attributes }),
      1e-6,
    )
  },
)

test('ties go to the first of the largest, once', async () => {
  await setBackend('wasm')
  const [input, dy] = [tensor([5, 5, 5, 5], [1, 2, 2, 1]), tensor([3], [1, 1, 1, 1])]
  const attributes = { filterSize: 2, strides: 2, pad: 'valid' }
  const gradient: Tensor = engine().runKernel('MaxPoolGrad', { dy, input, output: dy }, attributes)
  expect([...(await gradient.data())]).toEqual([3, 0, 0, 0])
})

describe.each([
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: true },
])('product, transposed: $transposeA, $transposeB', ({ transposeA, transposeB }) => {
  test.each([
    [[], 32, 784, 64],
    [[], 1, 5, 3],
    [[], 7, 1, 9],
    [[1], 3, 4, 5],
    [[3], 2, 7, 5],
  ] as const)('%j %i %i %i', (batch, rows, inner, columns) => {
    const a = noise([...batch, ...(transposeA ? [inner, rows] : [rows, inner])], 5)
    const b = noise([...batch, ...(transposeB ? [columns, inner] : [inner, columns])], 6)
    return expectSame(() => matMul(a, b, transposeA, transposeB), 1e-5)
  })
})
