import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Loops } from './loops.ts'
import type { WasmKernel } from './wasm-heap.ts'
import { roomFor } from './windows.ts'

export interface PoolGradientInputs {
  /** [batch, out height, out width, channels] */
  readonly dy: TensorInfo
  /** [batch, height, width, channels] */
  readonly input: TensorInfo
}

export interface PoolGradientAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * MaxPoolGrad: adds each value of `dy` to the first place, row by row, that holds the maximum of its window. Stock
 * searches for the windows of every input value; even plain loops over the heap are faster.
 */
export const poolGradient =
  (loops: Loops): WasmKernel<PoolGradientInputs, PoolGradientAttributes> =>
  ({ inputs: { dy, input }, backend, attrs: { filterSize, strides, pad, dimRoundingMode } }) => {
    const shape = input.shape as [number, number, number, number]
    const geometry = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
    const output = backend.makeOutput(shape, 'float32')
    const { steps, isPadded } = roomFor(geometry)
    const sizes = [...steps, geometry.filterWidth, geometry.inChannels]
    const call = { loop: 'maxPoolGradient', inputs: [input, dy], output, sizes } as const
    // Zeros around an image could be its maximum.
    if (isPadded || !loops.run(backend, call)) {
      const gradient = backend.typedArrayFromHeap(output)
      gradient.fill(0)
      spread(geometry, backend.typedArrayFromHeap(input), backend.typedArrayFromHeap(dy), gradient)
    }
    return output
  }

function spread(
  { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, ...windows }: backend_util.Conv2DInfo,
  input: Float32Array,
  dy: Float32Array,
  gradient: Float32Array,
): void {
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = windows
  let next = 0
  for (let image = 0; image < batchSize; image++)
    for (let y = 0; y < outHeight; y++) {
      const top = Math.max(0, y * strideHeight - padInfo.top)
      const bottom = Math.min(inHeight, y * strideHeight - padInfo.top + filterHeight)
      for (let x = 0; x < outWidth; x++) {
        const left = Math.max(0, x * strideWidth - padInfo.left)
        const right = Math.min(inWidth, x * strideWidth - padInfo.left + filterWidth)
        for (let channel = 0; channel < inChannels; channel++) {
          let largest = Number.NEGATIVE_INFINITY
          let place = -1
          for (let row = top; row < bottom; row++) {
            const start = ((image * inHeight + row) * inWidth + left) * inChannels + channel
            const end = start + (right - left) * inChannels
            for (let i = start; i < end; i += inChannels) {
              const value = input[i] ?? 0
              if (value > largest) {
                largest = value
                place = i
              }
            }
          }
          if (place !== -1) gradient[place] = (gradient[place] ?? 0) + (dy[next] ?? 0)
          next++
        }
      }
    }
}
