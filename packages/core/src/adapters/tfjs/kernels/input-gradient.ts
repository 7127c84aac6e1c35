import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import { type WasmHeap, type WasmKernel, wasmKernel } from './wasm-heap.ts'

export interface InputGradientInputs {
  /** [batch, out height, out width, filters] */
  readonly dy: TensorInfo
  /** [filter height, filter width, channels, filters] */
  readonly filter: TensorInfo
}

type Quad = [number, number, number, number]

export interface InputGradientAttributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dataFormat: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  /** [batch, height, width, channels] */
  readonly inputShape: Quad
}

interface ConvolutionAttributes {
  readonly strides: number
  readonly dilations: number
  readonly pad: backend_util.ExplicitPadding
  readonly dataFormat: 'NHWC'
}

type InputGradient = WasmKernel<InputGradientInputs, InputGradientAttributes>

/**
 * Conv2DBackpropInput of stride 1 as a convolution (XNNPACK) of `dy`, padded, with the filter turned by half a
 * turn and its channels exchanged; stock does it in a scalar loop. Other strides and layouts stay with stock.
 */
export const inputGradient =
  (stock: InputGradient): InputGradient =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attrs
    if (dataFormat === 'NCHW') return stock(call)
    const filterShape = inputs.filter.shape as Quad
    const geometry = backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode)
    const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry
    const { top, bottom, left, right } = padInfo
    const overlaps = Math.max(top, bottom) < filterHeight && Math.max(left, right) < filterWidth
    if (strideHeight !== 1 || strideWidth !== 1 || !overlaps) return stock(call)
    const filter = turned(inputs.filter, backend)
    const gradient = wasmKernel<{ x: TensorInfo; filter: TensorInfo }, ConvolutionAttributes>('Conv2D')({
      inputs: { x: inputs.dy, filter },
      backend,
      attrs: {
        strides: 1,
        dilations: 1,
        dataFormat: 'NHWC',
        pad: [
          [0, 0],
          [filterHeight - 1 - top, filterHeight - 1 - bottom],
          [filterWidth - 1 - left, filterWidth - 1 - right],
          [0, 0],
        ],
      },
    })
    backend.disposeData(filter.dataId)
    return gradient
  }

/** [height, width, channels, filters] to [height, width, filters, channels], rows and columns from last to first. */
function turned(filter: TensorInfo, backend: WasmHeap): TensorInfo {
  const [height, width, channels, filters] = filter.shape as Quad
  const result = backend.makeOutput([height, width, filters, channels], 'float32')
  const from = backend.typedArrayFromHeap(filter)
  const to = backend.typedArrayFromHeap(result)
  const size = channels * filters
  const places = height * width
  for (let place = 0; place < places; place++) {
    const start = (places - 1 - place) * size
    for (let channel = 0; channel < channels; channel++)
      for (let f = 0; f < filters; f++)
        to[place * size + f * channels + channel] = from[start + channel * filters + f] ?? 0
  }
  return result
}
