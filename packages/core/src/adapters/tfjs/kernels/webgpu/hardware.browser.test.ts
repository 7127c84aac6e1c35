import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-webgpu'
import { backend_util, engine, type NamedAttrMap, setBackend, type Tensor } from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { noise } from '../cases.ts'
import { convolution, filterGradient, inputGradient } from './convolution.ts'
import { depthwiseFilter, depthwiseInput } from './depthwise.ts'
import { adopted, apart, asHardware, gpuBackend, listenForErrors } from './device-suite.ts'
import { createRunner, type GpuKernel } from './gpu-backend.ts'
import { pool, poolGradient } from './pooling.ts'
import { product } from './product.ts'
import { reduction } from './reduction.ts'
import { binary, transpose } from './shared-memory.ts'
import { softmax } from './softmax.ts'

let errors: readonly string[] = []

beforeAll(async () => {
  errors = await listenForErrors()
})

afterEach(() => expect(errors).toEqual([]))

const never = (): never => {
  throw new Error('stock was asked')
}

describe.each([
  { input: [40, 28, 28, 1], filter: [3, 3, 1, 16], strides: 1, pad: 'valid' },
  { input: [3, 13, 11, 4], filter: [3, 3, 4, 6], strides: 2, pad: 'same' },
] as const)('$input * $filter on a GPU of hardware', ({ input, filter, strides, pad }) => {
  const attrs = { strides, pad, dataFormat: 'NHWC', dilations: 1 } as const

  async function expectGradient(
    name: string,
    kernel: typeof filterGradient | typeof depthwiseFilter,
    filterShape: readonly number[],
    filters: number,
  ): Promise<void> {
    const { outHeight, outWidth } = backend_util.computeConv2DInfo([...input], [...filter], strides, 1, pad)
    await setBackend('cpu')
    const [x, dy] = [noise(input, 1), noise([input[0], outHeight, outWidth, filters], 2)]
    const attributes = { ...attrs, filterShape: [...filterShape] }
    const cpu: Tensor = engine().runKernel(name, { x, dy }, attributes as NamedAttrMap)
    const expected = await cpu.data()
    await setBackend('webgpu')
    const inputs = { x: noise(input, 1), dy: noise(dy.shape, 2) }
    const result = kernel(
      createRunner(),
      never,
    )({
      inputs,
      backend: asHardware(gpuBackend()),
      attrs: attributes,
    })
    expect(result.shape).toEqual(filterShape)
    expect(apart(expected, await adopted(result).data())).toBeLessThan(1e-5)
  }

  test('the gradient of a filter', () =>
    expectGradient('Conv2DBackpropFilter', filterGradient, filter, filter[3]))

  test('the gradient of a depthwise filter', () =>
    expectGradient(
      'DepthwiseConv2dNativeBackpropFilter',
      depthwiseFilter,
      [filter[0], filter[1], filter[2], 1],
      filter[2],
    ))
})

test('all others are left to stock there', async () => {
  await setBackend('webgpu')
  const stock = vi.fn()
  const run = vi.fn()
  const [image, matrix, row] = [noise([2, 6, 6, 4], 1), noise([8, 8], 2), noise([8], 3)]
  const filter = noise([3, 3, 4, 4], 4)
  const dy = noise([2, 4, 4, 4], 5)
  const window = { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1, filterSize: 3 }
  const calls: readonly (readonly [GpuKernel<never, never>, object, object])[] = [
    [convolution(run, stock), { x: image, filter }, window],
    [inputGradient(run, stock), { dy, filter }, { ...window, inputShape: image.shape }],
    [
      depthwiseInput(run, stock),
      { dy, filter: noise([3, 3, 4, 1], 6) },
      { ...window, inputShape: image.shape },
    ],
    [pool(run, 'largest', stock), { x: image }, window],
    [poolGradient(run, 'mean', stock), { dy, input: image }, window],
    [product(run, stock), { a: matrix, b: matrix }, { transposeA: false, transposeB: false }],
    [reduction(run, 'sum', stock), { x: matrix }, { axis: [0], keepDims: false }],
    [softmax(run, stock), { logits: matrix }, { dim: 1 }],
    [binary(stock), { a: matrix, b: row }, {}],
    [transpose(stock), { x: matrix }, { perm: [1, 0] }],
  ]
  const hardware = asHardware(gpuBackend())
  for (const [kernel, inputs, attrs] of calls) {
    const call = { inputs, attrs, backend: hardware } as Parameters<typeof kernel>[0]
    kernel(call)
    expect(stock).toHaveBeenLastCalledWith(call)
  }
  expect(stock).toHaveBeenCalledTimes(calls.length)
  expect(run).not.toHaveBeenCalled()
})
