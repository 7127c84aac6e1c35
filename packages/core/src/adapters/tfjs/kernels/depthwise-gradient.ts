import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { LoopCall, Loops } from './loops.ts'
import type { WasmHeap, WasmKernel } from './wasm-heap.ts'
import { crop, padded, roomFor } from './windows.ts'

type Quad = [number, number, number, number]

interface DepthwiseAttributes {
  readonly strides: number | [number, number]
  readonly dilations: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

export interface DepthwiseFilterInputs {
  /** [batch, height, width, channels] */
  readonly x: TensorInfo
  /** [batch, out height, out width, channels] */
  readonly dy: TensorInfo
}

/** DepthwiseConv2dNativeBackpropFilter, which stock wasm lacks. Takes one filter for each channel. */
export const depthwiseFilterGradient =
  (
    loops: Loops,
  ): WasmKernel<DepthwiseFilterInputs, DepthwiseAttributes & { readonly filterShape: readonly number[] }> =>
  ({ inputs: { x, dy }, backend, attrs }) => {
    const filterShape = quad(attrs.filterShape)
    const geometry = geometryOf(x.shape, filterShape, attrs)
    const room = roomFor(geometry)
    const roomy = padded(x, geometry, room, backend)
    const output = backend.makeOutput(filterShape, 'float32')
    const sizes = [...room.steps, geometry.filterWidth, room.placeStep, geometry.inChannels]
    const inputs = [roomy ?? x, dy]
    runOrThrow(loops, backend, { loop: 'depthwiseFilterGradient', inputs, output, sizes })
    if (roomy !== undefined) backend.disposeData(roomy.dataId)
    return output
  }

export interface DepthwiseInputInputs {
  /** [batch, out height, out width, channels] */
  readonly dy: TensorInfo
  /** [filter height, filter width, channels, 1] */
  readonly filter: TensorInfo
}

/** DepthwiseConv2dNativeBackpropInput, which stock wasm lacks. Takes one filter for each channel. */
export const depthwiseInputGradient =
  (
    loops: Loops,
  ): WasmKernel<DepthwiseInputInputs, DepthwiseAttributes & { readonly inputShape: readonly number[] }> =>
  ({ inputs: { dy, filter }, backend, attrs }) => {
    const inputShape = quad(attrs.inputShape)
    return spread(loops, backend, dy, filter, geometryOf(inputShape, quad(filter.shape), attrs))
  }

export interface AveragePoolInputs {
  /** [batch, out height, out width, channels] */
  readonly dy: TensorInfo
  /** [batch, height, width, channels] */
  readonly input: TensorInfo
}

export interface AveragePoolAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
}

/** AvgPoolGrad as the gradient of a depthwise convolution with a filter of equal parts; without SIMD it stays stock. */
export const averagePoolGradient =
  (
    loops: Loops,
    stock: WasmKernel<AveragePoolInputs, AveragePoolAttributes>,
  ): WasmKernel<AveragePoolInputs, AveragePoolAttributes> =>
  (call) => {
    const { inputs, backend, attrs } = call
    if (!loops.isFast()) return stock(call)
    const { filterSize, strides, pad } = attrs
    const geometry = backend_util.computePool2DInfo(quad(inputs.input.shape), filterSize, strides, 1, pad)
    const { filterHeight, filterWidth, inChannels } = geometry
    const filter = backend.makeOutput([filterHeight, filterWidth, inChannels, 1], 'float32')
    backend.typedArrayFromHeap(filter).fill(1 / (filterHeight * filterWidth))
    const gradient = spread(loops, backend, inputs.dy, filter, geometry)
    backend.disposeData(filter.dataId)
    return gradient
  }

/** Adds `dy` times the filter at every window's place. */
function spread(
  loops: Loops,
  backend: WasmHeap,
  dy: TensorInfo,
  filter: TensorInfo,
  geometry: backend_util.Conv2DInfo,
): TensorInfo {
  const room = roomFor(geometry)
  const result = backend.makeOutput(geometry.inShape, 'float32')
  const output = room.isPadded ? backend.makeOutput(room.shape, 'float32') : result
  runOrThrow(loops, backend, {
    loop: 'depthwiseInputGradient',
    inputs: [dy, filter],
    output,
    sizes: [...room.steps, geometry.filterWidth, room.placeStep, geometry.inChannels],
  })
  if (output !== result) {
    crop(output, result, geometry, room, backend)
    backend.disposeData(output.dataId)
  }
  return result
}

function runOrThrow(loops: Loops, backend: WasmHeap, call: LoopCall): void {
  if (!loops.run(backend, call))
    throw new Error('without WebAssembly SIMD there are no depthwise gradients here')
}

function geometryOf(
  inputShape: readonly number[],
  filterShape: Quad,
  { strides, dilations, pad, dimRoundingMode }: DepthwiseAttributes,
): backend_util.Conv2DInfo {
  if (filterShape[3] !== 1)
    throw new Error(`wasm depthwise gradients take one filter for each channel, not ${filterShape[3]}`)
  return backend_util.computeConv2DInfo(
    quad(inputShape),
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  )
}

const quad = ([a = 1, b = 1, c = 1, d = 1]: readonly number[]): Quad => [a, b, c, d]
