import { backend_util } from '@tensorflow/tfjs-core'
import type { ConvolutionShape } from '../../compiled/kernels/convolution.ts'
import type { DepthwiseShape } from '../../compiled/kernels/depthwise.ts'
import type { WindowsShape } from '../../compiled/kernels/pooling-windows.ts'

export type Quad = [number, number, number, number]

type Pair = number | [number, number]

export interface PoolAttributes {
  readonly filterSize: Pair
  readonly strides: Pair
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

export interface ConvolutionAttributes extends Omit<PoolAttributes, 'filterSize'> {
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dilations?: Pair
}

/** A filter of a larger side is not worth its code, which has a line for each column. */
const largestSide = 11

/**
 * Of a convolution of [batch, height, width, channels] with a filter [height, width, channels, filters]. Undefined for
 * what the kernels do not take: channels first, oblong or very large filters, unequal strides, dilations. Throws
 * Error, as tfjs does, for shapes that do not go together.
 */
export function convolutionShape(
  inputs: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
): ConvolutionShape | undefined {
  const shape = windowOf(inputs, filter, attributes, false)
  return shape && { ...shape, filters: filter[3] ?? 0 }
}

/** Likewise of a convolution of each channel; undefined where a channel has several filters, too. */
export const depthwiseShape = (
  inputs: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
): DepthwiseShape | undefined => (filter[3] === 1 ? windowOf(inputs, filter, attributes, true) : undefined)

function windowOf(
  inputs: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode }: ConvolutionAttributes,
  depthwise: boolean,
): DepthwiseShape | undefined {
  if (dataFormat === 'NCHW') return undefined
  const info = backend_util.computeConv2DInfo(
    inputs as Quad,
    filter as Quad,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  )
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info
  const isSquare = filterHeight === filterWidth && strideHeight === strideWidth
  const isTaken = isSquare && dilationHeight * dilationWidth === 1 && filterHeight <= largestSide
  if (!isTaken || [...inputs, ...filter, ...info.outShape].includes(0)) return undefined
  return {
    batch: info.batchSize,
    inputs: [info.inHeight, info.inWidth, info.inChannels],
    outputs: [info.outHeight, info.outWidth],
    side: filterHeight,
    stride: strideHeight,
    before: [info.padInfo.top, info.padInfo.left],
    relu: false,
    offset: 0,
  }
}

/** Of pooling [batch, height, width, channels]; undefined where a window is oblong or reaches beyond the image. */
export function poolShape(
  inputs: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): WindowsShape | undefined {
  const info = backend_util.computePool2DInfo(inputs as Quad, filterSize, strides, 1, pad, dimRoundingMode)
  const { filterHeight: size, filterWidth, strideHeight: stride, strideWidth, padInfo } = info
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info
  const isInside =
    padInfo.top === 0 &&
    padInfo.left === 0 &&
    (outHeight - 1) * stride + size <= inHeight &&
    (outWidth - 1) * stride + size <= inWidth
  if (size !== filterWidth || stride !== strideWidth || !isInside || info.outShape.includes(0))
    return undefined
  return {
    batch: batchSize,
    inputs: [inHeight, inWidth, inChannels],
    outputs: [outHeight, outWidth],
    size,
    stride,
  }
}
