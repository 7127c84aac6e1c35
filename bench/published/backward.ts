import type { Memory } from './kernels.ts'
import type { Room } from './network.ts'
import {
  at,
  bytes1,
  bytes2,
  bytesPooled,
  classes,
  conv1,
  conv2,
  features,
  filters1,
  filters2,
  float,
  imageBytes,
  imageRow,
  kernel,
  logitRow,
  pixel1,
  pixel2,
  pooled,
  row1,
  row2,
  rowPooled,
  vectorBytes,
} from './shapes.ts'

const taps = kernel * kernel
const kernelRow = kernel * filters1
/** Of the scratch room for the second kernel's gradient: a row more than there is. */
const scratchRow = kernelRow + 1

/** From the gradient of a batch's logits to that of the parameters. */
export function backwardPass(memory: Memory, room: Room, params: number, count: number): void {
  const { run, floats } = memory
  zero(floats, room.gradient, vectorBytes)
  throughDense(memory, room, params, count)
  run.rectifyBack(room.secondGradient, room.second, count * bytes2)
  run.sumRows(room.gradient + at.bias2 * float, room.secondGradient, pixel2, count * conv2 * conv2)
  ofSecondKernel(memory, room, count)
  throughSecond(memory, room, params, count)
  for (let row = 0; row < count * pooled; row++)
    // biome-ignore format: one call
    run.poolBack(room.first + 2 * row * row1, room.pooled + row * rowPooled, room.pooledGradient + row * rowPooled,
      row1, pixel1, pooled)
  run.sumRows(room.gradient + at.bias1 * float, room.first, pixel1, count * conv1 * conv1)
  ofFirstKernel(memory, room, count)
}

/** The gradients of the dense layer and of what goes into it. */
function throughDense({ run, floats }: Memory, room: Room, params: number, count: number): void {
  zero(floats, room.denseGradient, features * logitRow)
  // biome-ignore format: addresses and strides of c, a and b, then the loops
  run.multiply(room.denseGradient, 3 * logitRow, logitRow, room.second, 3 * float, float, room.logits,
    features / 3, count, bytes2, logitRow, 1, 0, 0)
  const gradient = room.gradient / float
  const [scratch, weights, turned] = [
    room.denseGradient / float,
    params / float + at.dense,
    room.denseTurned / float,
  ]
  for (let i = 0; i < features; i++)
    for (let c = 0; c < classes; c++) {
      floats[gradient + at.dense + classes * i + c] = floats[scratch + 16 * i + c] ?? 0
      floats[turned + features * c + i] = floats[weights + classes * i + c] ?? 0
    }
  const logits = room.logits / float
  for (let example = 0; example < count; example++)
    for (let c = 0; c < classes; c++) {
      const to = gradient + at.denseBias + c
      floats[to] = (floats[to] ?? 0) + (floats[logits + 16 * example + c] ?? 0)
    }
  const tiles = Math.ceil(count / 3)
  zero(floats, room.secondGradient, 3 * tiles * bytes2)
  for (let column = 0; column < bytes2; column += 64)
    // biome-ignore format: addresses and strides of c, a and b, then the loops
    run.multiply(room.secondGradient + column, 3 * bytes2, bytes2, room.logits, 3 * logitRow, logitRow,
      room.denseTurned + column, tiles, classes, float, bytes2, 1, 0, 0)
}

function ofSecondKernel({ run, floats }: Memory, room: Room, count: number): void {
  zero(floats, room.kernel2Gradient, kernel * scratchRow * pixel2)
  for (let example = 0; example < count; example++)
    for (let ky = 0; ky < kernel; ky++)
      // biome-ignore format: addresses and strides of c, a and b, then the loops
      run.multiply(room.kernel2Gradient + ky * scratchRow * pixel2, 3 * pixel2, pixel2,
        room.pooled + example * bytesPooled + ky * rowPooled, 3 * float, float,
        room.secondGradient + example * bytes2,
        scratchRow / 3, conv2, pixel1, pixel2, conv2, rowPooled, row2)
  for (let ky = 0; ky < kernel; ky++) {
    const from = room.kernel2Gradient / float + ky * scratchRow * filters2
    const to = room.gradient / float + at.kernel2 + ky * kernelRow * filters2
    floats.copyWithin(to, from, from + kernelRow * filters2)
  }
}

/** The gradient of what goes into the second convolution. */
function throughSecond({ run, floats }: Memory, room: Room, params: number, count: number): void {
  const from = params / float + at.kernel2
  const to = room.kernel2Turned / float
  for (let tap = 0; tap < taps; tap++)
    for (let i = 0; i < filters1; i++)
      for (let o = 0; o < filters2; o++)
        floats[to + (tap * filters2 + o) * filters1 + i] =
          floats[from + (tap * filters1 + i) * filters2 + o] ?? 0
  zero(floats, room.pooledGradient, count * bytesPooled)
  for (let example = 0; example < count; example++)
    for (let y = 0; y < conv2; y++)
      for (let tap = 0; tap < taps; tap++) {
        const kx = tap % kernel
        const out =
          room.pooledGradient + example * bytesPooled + (y + (tap - kx) / kernel) * rowPooled + kx * pixel1
        const gradient = room.secondGradient + example * bytes2 + y * row2
        const weights = room.kernel2Turned + tap * filters2 * pixel1
        // biome-ignore format: addresses and strides of c, a and b, then the loops
        for (let half = 0; half < pixel1; half += 64)
          run.multiply(out + half, 3 * pixel1, pixel1, gradient, 3 * pixel2, pixel2, weights + half,
            conv2 / 3, filters2, float, pixel1, 1, 0, 0)
      }
}

/** Taps come as tiles of the first three in each row of the kernel, and of the last one in three rows. */
function ofFirstKernel({ run, floats }: Memory, room: Room, count: number): void {
  const scratch = room.kernel1Gradient
  const tapRow = kernel * pixel1
  zero(floats, scratch, (kernel + 2) * tapRow)
  for (let example = 0; example < count; example++)
    for (let half = 0; half < pixel1; half += 64) {
      const inputs = room.inputs + example * imageBytes
      const gradient = room.first + example * bytes1 + half
      // biome-ignore format: addresses and strides of c, a and b, then the loops
      run.multiply(scratch + half, tapRow, pixel1, inputs, imageRow, float, gradient,
        kernel, conv1, float, pixel1, conv1, imageRow, row1)
      // biome-ignore format: addresses and strides of c, a and b, then the loops
      run.multiply(scratch + half + 3 * pixel1, 3 * tapRow, tapRow, inputs + 3 * float, 3 * imageRow, imageRow, gradient,
        2, conv1, float, pixel1, conv1, imageRow, row1)
    }
  const from = scratch / float
  floats.copyWithin(room.gradient / float + at.kernel1, from, from + taps * filters1)
}

const zero = (floats: Float32Array, address: number, bytes: number): void => {
  floats.fill(0, address / float, (address + bytes) / float)
}
