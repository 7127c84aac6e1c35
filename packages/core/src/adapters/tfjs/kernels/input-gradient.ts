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
 * Conv2DBackpropInput as a convolution (XNNPACK) of `dy`, padded and its pixels spread apart by the stride, with the
 * filter turned by half a turn and its channels exchanged; stock does it in a scalar loop. Windows that miss the
 * image and other layouts stay with stock.
 */
export const inputGradient =
  (stock: InputGradient): InputGradient =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attrs
    if (dataFormat === 'NCHW') return stock(call)
    const filterShape = inputs.filter.shape as Quad
    const geometry = backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode)
    const { inHeight, inWidth, filterHeight, filterWidth, padInfo } = geometry
    const spread = spreadApart(inputs.dy, geometry, backend)
    const [, height = 0, width = 0] = spread.shape
    const above = filterHeight - 1 - padInfo.top
    const before = filterWidth - 1 - padInfo.left
    const below = inHeight - height + padInfo.top
    const after = inWidth - width + padInfo.left
    const fits = Math.min(above, below, before, after) >= 0
    const gradient = fits
      ? convolved(
          spread,
          inputs.filter,
          [
            [0, 0],
            [above, below],
            [before, after],
            [0, 0],
          ],
          backend,
        )
      : stock(call)
    if (spread !== inputs.dy) backend.disposeData(spread.dataId)
    return gradient
  }

function convolved(
  x: TensorInfo,
  filter: TensorInfo,
  pad: backend_util.ExplicitPadding,
  backend: WasmHeap,
): TensorInfo {
  const other = turned(filter, backend)
  const convolution = wasmKernel<{ x: TensorInfo; filter: TensorInfo }, ConvolutionAttributes>('Conv2D')
  const attrs = { strides: 1, dilations: 1, dataFormat: 'NHWC', pad } as const
  const result = convolution({ inputs: { x, filter: other }, backend, attrs })
  backend.disposeData(other.dataId)
  return result
}

/** The pixels of `dy` as far apart as the windows were, zeros between them; `dy` itself where the stride is 1. */
function spreadApart(dy: TensorInfo, geometry: backend_util.Conv2DInfo, backend: WasmHeap): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = geometry
  if (strideHeight === 1 && strideWidth === 1) return dy
  const height = (outHeight - 1) * strideHeight + 1
  const width = (outWidth - 1) * strideWidth + 1
  const result = backend.makeOutput([batchSize, height, width, outChannels], 'float32')
  const from = backend.typedArrayFromHeap(dy)
  const to = backend.typedArrayFromHeap(result).fill(0)
  let pixel = 0
  for (let image = 0; image < batchSize; image++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++, pixel += outChannels) {
        const place = ((image * height + row * strideHeight) * width + column * strideWidth) * outChannels
        for (let i = 0; i < outChannels; i++) to[place + i] = from[pixel + i] ?? 0
      }
  return result
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
