import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Loops } from './loops.ts'
import type { ProductAttributes, ProductInputs } from './product.ts'
import { type WasmHeap, type WasmKernel, wasmKernel } from './wasm-heap.ts'
import { padded, roomFor } from './windows.ts'

export interface FilterGradientInputs {
  /** [batch, height, width, channels] */
  readonly x: TensorInfo
  /** [batch, out height, out width, filters] */
  readonly dy: TensorInfo
}

type Quad = [number, number, number, number]

export interface FilterGradientAttributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dataFormat: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  /** [filter height, filter width, channels, filters] */
  readonly filterShape: Quad
}

/**
 * Conv2DBackpropFilter, which stock wasm lacks, so that convolutions cannot be trained there. Takes channels last
 * only. Without SIMD the input is laid out as a matrix of one row for each place in the filter (im2col), which
 * takes filter height x filter width times the input's memory while it works, and the backend multiplies it by `dy`.
 */
export const filterGradient =
  (loops: Loops): WasmKernel<FilterGradientInputs, FilterGradientAttributes> =>
  ({ inputs, backend, attrs: { strides, pad, dataFormat, dimRoundingMode, filterShape } }) => {
    if (dataFormat === 'NCHW') throw new Error('wasm Conv2DBackpropFilter takes channels last (NHWC) only')
    const shape = inputs.x.shape as Quad
    const geometry = backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad, dimRoundingMode)
    if (!loops.isFast()) return byMatrix(inputs, geometry, backend)
    const room = roomFor(geometry)
    const roomy = padded(inputs.x, geometry, room, backend)
    const output = backend.makeOutput(filterShape, 'float32')
    const { filterWidth, inChannels, outChannels } = geometry
    loops.run(backend, {
      loop: 'filterGradient',
      inputs: [roomy ?? inputs.x, inputs.dy],
      output,
      sizes: [...room.steps, filterWidth * inChannels, outChannels],
    })
    if (roomy !== undefined) backend.disposeData(roomy.dataId)
    return output
  }

function byMatrix(
  { x, dy }: FilterGradientInputs,
  geometry: backend_util.Conv2DInfo,
  backend: WasmHeap,
): TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, batchSize, outHeight, outWidth } = geometry
  const places = filterHeight * filterWidth * inChannels
  const pixels = batchSize * outHeight * outWidth
  const columns = backend.makeOutput([places, pixels], 'float32')
  layOut(geometry, backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(columns))
  const flat = { dataId: dy.dataId, shape: [pixels, outChannels], dtype: dy.dtype }
  const gradient = wasmKernel<ProductInputs, ProductAttributes>('BatchMatMul')({
    inputs: { a: columns, b: flat },
    backend,
    attrs: { transposeA: false, transposeB: false },
  })
  backend.disposeData(columns.dataId)
  return { ...gradient, shape: geometry.filterShape }
}

/** columns[place, pixel] is the input under that place of the filter while it stands over that pixel; 0 in the padding. */
function layOut(geometry: backend_util.Conv2DInfo, x: Float32Array, columns: Float32Array): void {
  const { filterHeight, filterWidth, inChannels, batchSize, inHeight, inWidth, outHeight, outWidth } =
    geometry
  const { strideHeight, strideWidth, padInfo } = geometry
  const stride = strideWidth * inChannels
  let to = 0
  for (let row = 0; row < filterHeight; row++)
    for (let column = 0; column < filterWidth; column++) {
      // Out columns whose input column lies inside the image.
      const first = Math.max(0, Math.ceil((padInfo.left - column) / strideWidth))
      const beyond = Math.floor((inWidth - 1 + padInfo.left - column) / strideWidth) + 1
      const end = Math.max(first, Math.min(outWidth, beyond))
      for (let channel = 0; channel < inChannels; channel++)
        for (let image = 0; image < batchSize; image++)
          for (let y = 0; y < outHeight; y++, to += outWidth) {
            const inRow = y * strideHeight + row - padInfo.top
            if (inRow < 0 || inRow >= inHeight) {
              columns.fill(0, to, to + outWidth)
              continue
            }
            if (first > 0) columns.fill(0, to, to + first)
            if (end < outWidth) columns.fill(0, to + end, to + outWidth)
            const start = (image * inHeight + inRow) * inWidth + column - padInfo.left
            let from = (start + first * strideWidth) * inChannels + channel
            for (let i = to + first; i < to + end; i++, from += stride) columns[i] = x[from] ?? 0
          }
    }
}
