import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core'
import type { WasmHeap } from './wasm-heap.ts'

/** Images with room for all windows, padding included. */
export interface RoomyImages {
  /** [images, height, width, channels] */
  readonly shape: readonly [number, number, number, number]
  readonly isPadded: boolean
  /**
   * Where windows lie, as loops.wat wants it: number and size of images, rows of windows, columns of windows, and
   * rows of pixels in a window; sizes, from the start of one to the start of the next, in bytes.
   */
  readonly steps: readonly number[]
  /** From one place in a window's row to the next. */
  readonly placeStep: number
}

export function roomFor(geometry: backend_util.Conv2DInfo): RoomyImages {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = geometry
  const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth } = geometry
  const { filterHeight, dilationHeight, dilationWidth } = geometry
  const height = Math.max(padInfo.top + inHeight, (outHeight - 1) * strideHeight + effectiveFilterHeight)
  const width = Math.max(padInfo.left + inWidth, (outWidth - 1) * strideWidth + effectiveFilterWidth)
  const pixelBytes = 4 * inChannels
  return {
    shape: [batchSize, height, width, inChannels],
    isPadded: height !== inHeight || width !== inWidth,
    steps: [
      ...[batchSize, height * width * pixelBytes],
      ...[outHeight, strideHeight * width * pixelBytes],
      ...[outWidth, strideWidth * pixelBytes],
      ...[filterHeight, dilationHeight * width * pixelBytes],
    ],
    placeStep: dilationWidth * pixelBytes,
  }
}

/** The images with zeros around them, in a tensor of their own that the caller disposes; undefined where none are needed. */
export function padded(
  x: TensorInfo,
  geometry: backend_util.Conv2DInfo,
  { shape, isPadded }: RoomyImages,
  backend: WasmHeap,
): TensorInfo | undefined {
  if (!isPadded) return undefined
  const result = backend.makeOutput(shape, 'float32')
  const to = backend.typedArrayFromHeap(result).fill(0)
  const from = backend.typedArrayFromHeap(x)
  eachRow(geometry, shape, (plain, roomy, length) => to.set(from.subarray(plain, plain + length), roomy))
  return result
}

/** What lies within the padding of `roomy`, copied into `result`. */
export function crop(
  roomy: TensorInfo,
  result: TensorInfo,
  geometry: backend_util.Conv2DInfo,
  { shape }: RoomyImages,
  backend: WasmHeap,
): void {
  const from = backend.typedArrayFromHeap(roomy)
  const to = backend.typedArrayFromHeap(result)
  eachRow(geometry, shape, (plain, start, length) => to.set(from.subarray(start, start + length), plain))
}

function eachRow(
  { batchSize, inHeight, inWidth, inChannels, padInfo }: backend_util.Conv2DInfo,
  [, height, width]: RoomyImages['shape'],
  copy: (plain: number, roomy: number, length: number) => void,
): void {
  const length = inWidth * inChannels
  for (let image = 0; image < batchSize; image++)
    for (let row = 0; row < inHeight; row++) {
      const roomy = ((image * height + row + padInfo.top) * width + padInfo.left) * inChannels
      copy((image * inHeight + row) * length, roomy, length)
    }
}
