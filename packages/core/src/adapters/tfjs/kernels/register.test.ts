import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import {
  backend,
  backend_util,
  engine,
  fused,
  matMul,
  memory,
  scalar,
  setBackend,
  type Tensor,
  type TensorInfo,
  tensor,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { codecs } from '../../../codec/codecs.ts'
import { normal, seededRandom } from '../../../lib/random.ts'
import { approach } from './approach.ts'
import { convolutions, depthwiseConvolutions, noise, products, type Quad, transpositions } from './cases.ts'
import { fromBytes } from './from-bytes.ts'
import { createLoops, type Loops } from './loops.ts'
import { poolGradient } from './pool-gradient.ts'
import { registerWasmKernels } from './register.ts'
import { descent, squaredNorm } from './update.ts'
import type { WasmHeap } from './wasm-heap.ts'

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

const sameHeap = (heap: WasmHeap): WasmHeap => heap

/** As tfjs's build for threads is. */
const closedHeap = (heap: WasmHeap): WasmHeap => ({
  makeOutput: (shape, dtype) => heap.makeOutput(shape, dtype),
  disposeData: (dataId) => heap.disposeData(dataId),
  typedArrayFromHeap: (x) => heap.typedArrayFromHeap(x),
})

beforeAll(async () => {
  registerWasmKernels()
  registerWasmKernels()
  await setBackend('wasm')
})

describe.each(convolutions)('convolution $input * $filter, strides $strides, $pad', (settings) => {
  const { strides, pad } = settings
  const input: Quad = [...settings.input]
  const filter: Quad = [...settings.filter]
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

describe.each(depthwiseConvolutions)('depthwise $input * $filter, strides $strides, $pad', (settings) => {
  const { strides, pad } = settings
  const input: Quad = [...settings.input]
  const filter: Quad = [...settings.filter]
  const { outShape } = backend_util.computeConv2DInfo(input, filter, strides, 1, pad, 'floor', true)
  const attributes = { strides, pad, dilations: 1 }

  test('gradient at the filter', () => {
    const [x, dy] = [noise(input, 1), noise(outShape, 2)]
    return expectSame(
      () =>
        engine().runKernel(
          'DepthwiseConv2dNativeBackpropFilter',
          { x, dy },
          { ...attributes, filterShape: filter },
        ),
      1e-5,
    )
  })

  test('gradient at the input', () => {
    const [weights, dy] = [noise(filter, 1), noise(outShape, 2)]
    return expectSame(
      () =>
        engine().runKernel(
          'DepthwiseConv2dNativeBackpropInput',
          { dy, filter: weights },
          { ...attributes, inputShape: input },
        ),
      1e-5,
    )
  })
})

test('depthwise gradients of several filters for a channel say that they are missing', async () => {
  await setBackend('wasm')
  const [x, dy] = [noise([1, 4, 4, 2], 1), noise([1, 4, 4, 4], 2)]
  const attributes = { strides: 1, pad: 'same', dilations: 1, filterShape: [3, 3, 2, 2] }
  expect(() => engine().runKernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, attributes)).toThrow(
    'one filter for each channel, not 2',
  )
})

test.each([
  { input: [3, 8, 8, 8], filterSize: 2, strides: 2, pad: 'valid' },
  { input: [1, 7, 9, 3], filterSize: 3, strides: 2, pad: 'valid' },
  { input: [2, 6, 5, 6], filterSize: 3, strides: 1, pad: 'valid' },
] as const)('gradient of averages of $input by $filterSize, strides $strides', ({ input, ...attributes }) => {
  const { filterSize, strides, pad } = attributes
  const { outShape } = backend_util.computePool2DInfo([...input], filterSize, strides, 1, pad)
  const [values, dy] = [noise(input, 3), noise(outShape, 4)]
  return expectSame(() => engine().runKernel('AvgPoolGrad', { dy, input: values }, { ...attributes }), 1e-6)
})

test.each([
  { shape: [500, 32], axis: [0], keepDims: false },
  { shape: [3, 5, 7, 19], axis: [0, 1, 2], keepDims: true },
  { shape: [9, 3], axis: [-2], keepDims: false },
  { shape: [6, 8], axis: [1], keepDims: false },
  { shape: [1, 4], axis: [0], keepDims: false },
])('sum of $shape over $axis, kept $keepDims', ({ shape, axis, ...attributes }) => {
  const x = noise(shape, 8)
  return expectSame(() => engine().runKernel('Sum', { x }, { ...attributes, axis: [...axis] }), 1e-5)
})

test('loops on a heap that keeps its memory to itself work on copies, with the same results', async () => {
  await setBackend('wasm')
  const [dy, input] = [noise([2, 3, 4, 6], 1), noise([2, 6, 8, 6], 2)]
  const heap = backend() as unknown as WasmHeap
  const closed = closedHeap(heap)
  const gradient = poolGradient(createLoops())
  const attrs = { filterSize: 2, strides: 2, pad: 'valid' } as const
  const run = (on: WasmHeap) =>
    heap.typedArrayFromHeap(gradient({ inputs: { dy, input }, backend: on, attrs })).slice()
  const open = run(heap)
  expect(open.some((value) => value !== 0)).toBe(true)
  expect(run(closed)).toEqual(open)
  expect(run(closed)).toEqual(open)
})

test('ties go to the first of the largest, once', async () => {
  await setBackend('wasm')
  const [input, dy] = [tensor([5, 5, 5, 5], [1, 2, 2, 1]), tensor([3], [1, 1, 1, 1])]
  const attributes = { filterSize: 2, strides: 2, pad: 'valid' }
  const gradient: Tensor = engine().runKernel('MaxPoolGrad', { dy, input, output: dy }, attributes)
  expect([...(await gradient.data())]).toEqual([3, 0, 0, 0])
})

describe.each(transpositions)(
  'product, transposed: $transposeA, $transposeB',
  ({ transposeA, transposeB }) => {
    test.each(products)('%j %i %i %i', (batch, rows, inner, columns) => {
      const a = noise([...batch, ...(transposeA ? [inner, rows] : [rows, inner])], 5)
      const b = noise([...batch, ...(transposeB ? [columns, inner] : [inner, columns])], 6)
      return expectSame(() => matMul(a, b, transposeA, transposeB), 1e-5)
    })
  },
)

test.each([
  { rows: 32, inner: 784, columns: 64, activation: 'relu' },
  { rows: 3, inner: 5, columns: 7, activation: 'linear' },
  { rows: 3, inner: 5, columns: 9, activation: 'relu' },
  { rows: 5, inner: 4, columns: 6, activation: 'sigmoid' },
] as const)('$rows x $inner x $columns with a bias, $activation', ({ rows, inner, columns, activation }) => {
  const [a, b, bias] = [noise([rows, inner], 7), noise([inner, columns], 8), noise([columns], 9)]
  return expectSame(() => fused.matMul({ a, b, bias, activation }), 1e-5)
})

describe('what a product makes of numbers that are none', () => {
  test('a loss that is not finite stays so behind a floor', async () => {
    await setBackend('wasm')
    const a = tensor([Number.NaN, 1, 2, 3], [2, 2])
    const b = tensor([1, 0, 0, 1], [2, 2])
    const result = fused.matMul({ a, b, bias: tensor([0, 0], [2]), activation: 'relu' })
    expect([...(await result.data())]).toEqual([Number.NaN, Number.NaN, 2, 3])
  })
})

const noSimd: Loops = { isFast: () => false, isInPlace: () => false, run: () => false }

describe.each([
  ['an open heap', sameHeap, createLoops()],
  ['a heap that keeps its memory to itself', closedHeap, createLoops()],
  ['WebAssembly without SIMD', sameHeap, noSimd],
])('on %s', (_, heapFor, loops) => {
  const heap = (): WasmHeap => heapFor(backend() as unknown as WasmHeap)
  const valuesOf = (x: TensorInfo): number[] => [...heap().typedArrayFromHeap(x)]

  test.each([1, 3, 16, 37, 100])('a step down of %i values', async (count) => {
    await setBackend('wasm')
    const [x, gradient] = [noise([count], 1), noise([count], 2)]
    const rate = scalar(0.25)
    const stepped = descent(loops)({ inputs: { x, rate, gradient }, backend: heap(), attrs: {} })
    const [from, along] = [await x.data(), await gradient.data()]
    expect(valuesOf(stepped)).toEqual(
      [...from].map((value, i) => Math.fround(value - 0.25 * (along[i] ?? 0))),
    )
  })

  test.each([[[1]], [[256]], [[255, 2]], [[300, 7, 205, 256, 9, 1_000]], [[784 * 64, 64, 640, 10]]])(
    'the way to an int8 model, of tensors of %j',
    async (counts) => {
      await setBackend('wasm')
      const random = seededRandom(5)
      const size = counts.reduce((sum, count) => sum + count, 0)
      // Blocks whose scale is a subnormal float16, zeros, and large ones.
      const theirs = Float32Array.from(
        { length: size },
        (_, i) => normal(random) * ([1, 1e-5, 0, 3_000][(i >> 8) % 4] ?? 1),
      )
      const encoded = codecs.int8.encode(theirs)
      const decoded = codecs.int8.decode(encoded, size)
      if (!decoded.ok) throw new Error(decoded.reason)
      // A view that does not begin where a word does, as frames from the wire are.
      const bytes = new Uint8Array(encoded.length + 3).subarray(3)
      bytes.set(encoded)
      const params = counts.map((count, i) => noise([count], i))
      const own = (await Promise.all(params.map((param) => param.data()))).flatMap((values) => [...values])
      const share = Math.fround(0.3)
      const before = backend().numDataIds()
      const moved = approach(loops)({
        inputs: Object.fromEntries(params.entries()),
        backend: heap(),
        attrs: { bytes, share },
      })
      expect(moved.map(({ shape }) => shape)).toEqual(counts.map((count) => [count]))
      expect(moved.flatMap(valuesOf)).toEqual(
        own.map((x, i) =>
          Math.fround(x + Math.fround(share * Math.fround((decoded.values[i] ?? Number.NaN) - x))),
        ),
      )
      expect(backend().numDataIds() - before).toBe(moved.length)
    },
  )

  test.each([
    [1, 1],
    [3, 5],
    [4, 8],
    [32, 784],
  ])('floats from %i rows of %i bytes', async (rows, columns) => {
    await setBackend('wasm')
    const bytes = Uint8Array.from({ length: rows * columns + 1 }, (_, i) => 37 * i).subarray(1)
    const unit = Math.fround(1 / 255)
    const before = backend().numDataIds()
    const floats = fromBytes(loops)({
      inputs: {},
      backend: heap(),
      attrs: { bytes, shape: [rows, columns], unit },
    })
    expect(floats.shape).toEqual([rows, columns])
    expect(valuesOf(floats)).toEqual([...bytes].map((byte) => Math.fround(byte * unit)))
    expect(backend().numDataIds() - before).toBe(1)
  })

  test('the squared norm of several tensors', async () => {
    await setBackend('wasm')
    const inputs = { a: noise([61], 1), b: noise([4, 8], 2), c: noise([1], 3) }
    const expected = (await Promise.all(Object.values(inputs).map((x) => x.data())))
      .flatMap((values) => [...values])
      .reduce((sum, value) => sum + value * value, 0)
    const [sum] = valuesOf(squaredNorm(loops)({ inputs, backend: heap(), attrs: {} }))
    expect(sum).toBeCloseTo(expected, 4)
  })
})
