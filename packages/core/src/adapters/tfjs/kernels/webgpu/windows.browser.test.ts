import '@tensorflow/tfjs-backend-cpu'
import { fill, backend_util as geometry, setBackend, tensor } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import '../../../../kernels-webgpu.ts'
import { type ConvolutionCase, convolutions, depthwiseConvolutions, noise, type Quad } from '../cases.ts'
import { expectSame, run, watchDevice } from './device-suite.ts'

watchDevice()

/** Oblong filters are stock's. */
const byWhom = ({ filter }: ConvolutionCase): 'ours' | 'stock' => (filter[0] === filter[1] ? 'ours' : 'stock')

describe.each(convolutions)('convolution $input * $filter, strides $strides, $pad', (settings) => {
  const { strides, pad } = settings
  const input: Quad = [...settings.input]
  const filter: Quad = [...settings.filter]
  const by = byWhom(settings)
  const { outShape } = geometry.computeConv2DInfo(input, filter, strides, 1, pad)
  const attributes = { strides, pad, dataFormat: 'NHWC', dilations: 1 }

  test('forward', () => {
    const [x, weights] = [noise(input, 1), noise(filter, 2)]
    return expectSame(() => run('Conv2D', { x, filter: weights }, attributes), by)
  })

  test.each(['relu', 'linear'])('with a bias, %s', (activation) => {
    const [x, weights, bias] = [noise(input, 1), noise(filter, 2), fill([filter[3]], 9)]
    const inputs = { x, filter: weights, bias }
    return expectSame(() => run('FusedConv2D', inputs, { ...attributes, activation }), by)
  })

  test('gradient at the filter', () => {
    const [x, dy] = [noise(input, 1), noise(outShape, 2)]
    return expectSame(
      () => run('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter }),
      by,
    )
  })

  test('gradient at the input', () => {
    const [weights, dy] = [noise(filter, 1), noise(outShape, 2)]
    return expectSame(
      () => run('Conv2DBackpropInput', { dy, filter: weights }, { ...attributes, inputShape: input }),
      by,
    )
  })
})

describe('convolutions that stock computes', () => {
  const shape: Quad = [2, 8, 9, 4]
  const attributes = { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1 }
  const tensors = () => ({ x: noise(shape, 1), filter: noise([3, 3, 4, 6], 2) })

  test.each([{ dilations: 2 }, { strides: [1, 2] }])('%j', (unusual) => {
    const inputs = tensors()
    return expectSame(() => run('Conv2D', inputs, { ...attributes, ...unusual }), 'stock')
  })

  test('an oblong filter', () => {
    const [x, filter] = [noise(shape, 1), noise([2, 3, 4, 6], 2)]
    return expectSame(() => run('Conv2D', { x, filter }, attributes), 'stock')
  })

  test('the gradients of an oblong filter', async () => {
    const filterShape: Quad = [2, 3, 4, 6]
    const [x, dy] = [noise(shape, 1), noise([2, 7, 7, 6], 2)]
    await expectSame(() => run('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape }), 'stock')
    await setBackend('cpu')
    const [error, filter] = [noise([2, 7, 7, 6], 3), noise(filterShape, 4)]
    const inputs = { dy: error, filter }
    await expectSame(() => run('Conv2DBackpropInput', inputs, { ...attributes, inputShape: shape }), 'stock')
  })

  test('channels first', async () => {
    await setBackend('webgpu')
    const inputs = { ...tensors(), x: noise([2, 4, 8, 9], 1) }
    const result = run('Conv2D', inputs, { ...attributes, dataFormat: 'NCHW' })
    expect(result.shape).toEqual([2, 6, 6, 7])
  })

  test.each(['sigmoid', 'relu6'])('through %s', (activation) => {
    const inputs = { ...tensors(), bias: noise([6], 3) }
    return expectSame(() => run('FusedConv2D', inputs, { ...attributes, activation }))
  })
})

describe.each([
  { input: [4, 26, 26, 16], filterSize: 2, strides: 2, pad: 'valid' },
  { input: [4, 11, 11, 32], filterSize: 2, strides: 2, pad: 'valid' },
  { input: [3, 8, 8, 4], filterSize: 2, strides: 2, pad: 'same' },
  { input: [1, 5, 7, 3], filterSize: 2, strides: 2, pad: 'valid' },
  { input: [2, 7, 6, 1], filterSize: 3, strides: 1, pad: 'valid' },
  { input: [2, 9, 9, 5], filterSize: 3, strides: 2, pad: 'valid' },
  { input: [2, 7, 6, 3], filterSize: 3, strides: 2, pad: 'same', by: 'stock' },
  { input: [2, 7, 6, 3], filterSize: [2, 3] as [number, number], strides: 1, pad: 'valid', by: 'stock' },
] as const)('pooling of $input by $filterSize, strides $strides, $pad', ({ input, ...settings }) => {
  const { filterSize, strides, pad } = settings
  const by = 'by' in settings ? settings.by : 'ours'
  const attributes = { filterSize, strides, pad }
  const { outShape } = geometry.computePool2DInfo([...input], filterSize as number, strides, 1, pad)

  test.each(['MaxPool', 'AvgPool'])('%s', (name) => {
    const x = noise(input, 3)
    return expectSame(() => run(name, { x }, attributes), by)
  })

  test.each(['MaxPoolGrad', 'AvgPoolGrad'])('%s', (name) => {
    const [dy, output] = [noise(outShape, 4), noise(outShape, 5)]
    const inputs = { dy, input: noise(input, 3), output }
    return expectSame(() => run(name, inputs, attributes), by)
  })
})

test('ties go to the first of the largest, once', async () => {
  await setBackend('webgpu')
  const [input, dy] = [tensor([5, 5, 5, 5], [1, 2, 2, 1]), tensor([3], [1, 1, 1, 1])]
  const gradient = run('MaxPoolGrad', { dy, input, output: dy }, { filterSize: 2, strides: 2, pad: 'valid' })
  expect([...(await gradient.data())]).toEqual([3, 0, 0, 0])
})

const manyFilters: ConvolutionCase = {
  input: [2, 6, 6, 2],
  filter: [3, 3, 2, 2],
  strides: 1,
  pad: 'same',
}

describe.each([...depthwiseConvolutions, manyFilters])(
  'depthwise $input * $filter, strides $strides, $pad',
  (settings) => {
    const { strides, pad } = settings
    const by = settings === manyFilters ? 'stock' : byWhom(settings)
    const input: Quad = [...settings.input]
    const filter: Quad = [...settings.filter]
    const { outShape } = geometry.computeConv2DInfo(input, filter, strides, 1, pad, 'floor', true)
    const attributes = { strides, pad, dilations: 1 }

    test('gradient at the filter', () => {
      const [x, dy] = [noise(input, 1), noise(outShape, 2)]
      const name = 'DepthwiseConv2dNativeBackpropFilter'
      return expectSame(() => run(name, { x, dy }, { ...attributes, filterShape: filter }), by)
    })

    test('gradient at the input', () => {
      const [weights, dy] = [noise(filter, 1), noise(outShape, 2)]
      const name = 'DepthwiseConv2dNativeBackpropInput'
      return expectSame(() => run(name, { dy, filter: weights }, { ...attributes, inputShape: input }), by)
    })
  },
)
