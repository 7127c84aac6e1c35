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
  image,
  inputStartsBytes,
  kernel,
  logitRow,
  pixel1,
  pixel2,
  pooled,
  row1,
  rowPooled,
  taps,
  vectorBytes,
} from './shapes.ts'

/** All weights of one output channel of the second kernel. */
const channelBytes = taps * pixel1

/** From the gradient of a batch's logits to that of the parameters. */
export function backwardPass(memory: Memory, room: Room, params: number, count: number): void {
  const { run, floats } = memory
  zero(floats, room.gradient, vectorBytes)
  throughDense(memory, room, params, count)
  run.rectifyBack(room.secondGradient, room.second, count * bytes2)
  run.sumRows(room.gradient + at.bias2 * float, room.secondGradient, pixel2, count * conv2 * conv2)
  ofSecondKernel(memory, room, count)
  turnSecondKernel(memory, room, params)
  // Example by example, while what they need of one another is in the cache.
  for (let example = 0; example < count; example++) {
    throughSecond(memory, room, example)
    throughPooling(memory, room, example)
    ofFirstKernel(memory, room, example)
  }
}

/** The gradients of the dense layer and of what goes into it. */
function throughDense({ run, floats }: Memory, room: Room, params: number, count: number): void {
  zero(floats, room.denseGradient, features * logitRow)
  // biome-ignore format: addresses and strides of c, a and b, then the sum
  run.multiply(room.denseGradient, 3 * logitRow, logitRow, room.second, 3 * float, float, room.logits,
    features / 3, count, bytes2, logitRow)
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
    // biome-ignore format: addresses and strides of c, a and b, then the sum
    run.multiply(room.secondGradient + column, 3 * bytes2, bytes2, room.logits, 3 * logitRow, logitRow,
      room.denseTurned + column, tiles, classes, float, bytes2)
}

/** Output channel by output channel: the pixels where its gradient is not 0, against what went in there. */
function ofSecondKernel({ run, floats }: Memory, room: Room, count: number): void {
  const { entries } = room
  zero(floats, room.kernel2Gradient, filters2 * channelBytes)
  for (let example = 0; example < count; example++)
    for (let o = 0; o < filters2; o++) {
      const gradient = room.secondGradient + example * bytes2 + o * float
      const end = run.listChannel(entries, gradient, pixel2, conv2, conv2, rowPooled, pixel1)
      const from = room.pooled + example * bytesPooled
      const to = room.kernel2Gradient + o * channelBytes
      for (let ky = 0; ky < kernel; ky++)
        run.correlate(to + ky * kernel * pixel1, from + ky * rowPooled, pixel1, entries, end)
    }
  const from = room.kernel2Gradient / float
  const to = room.gradient / float + at.kernel2
  for (let o = 0; o < filters2; o++)
    for (let i = 0; i < taps * filters1; i++)
      floats[to + i * filters2 + o] = floats[from + o * taps * filters1 + i] ?? 0
}

/** The second kernel, output channel by output channel. */
function turnSecondKernel({ floats }: Memory, room: Room, params: number): void {
  const weights = params / float + at.kernel2
  const turned = room.kernel2Turned / float
  for (let o = 0; o < filters2; o++)
    for (let i = 0; i < taps * filters1; i++)
      floats[turned + o * taps * filters1 + i] = floats[weights + i * filters2 + o] ?? 0
}

/** The gradient of what goes into the second convolution. */
function throughSecond({ run, floats }: Memory, room: Room, example: number): void {
  const gradient = room.secondGradient + example * bytes2
  run.list(room.entries, room.starts, gradient, conv2 * conv2, filters2, 0, channelBytes)
  const to = room.pooledGradient
  zero(floats, to, bytesPooled)
  for (let y = 0; y < conv2; y++)
    run.scatter(to + y * rowPooled, rowPooled, room.starts + y * conv2 * float, room.kernel2Turned, conv2)
}

/** The gradient of the first convolution's sums, and of its biases. */
function throughPooling({ run }: Memory, room: Room, example: number): void {
  const values = room.pooled + example * bytesPooled
  const gradient = room.pooledGradient
  run.rectifyBack(gradient, values, bytesPooled)
  run.sumRows(room.gradient + at.bias1 * float, gradient, pixel1, pooled * pooled)
  const top = room.first + example * bytes1
  for (let y = 0; y < pooled; y++)
    run.poolBack(top + 2 * y * row1, values + y * rowPooled, gradient + y * rowPooled, row1, pixel1, pooled)
}

/** The inputs that are not 0, against the gradient of the windows that they are in. */
function ofFirstKernel({ run, words }: Memory, room: Room, example: number): void {
  const starts = (room.inputStarts + example * inputStartsBytes) / float
  for (let ky = 0; ky < kernel; ky++) {
    const first = words[starts + ky * image] ?? 0
    const end = words[starts + (ky + conv1) * image] ?? 0
    const to = room.gradient + at.kernel1 * float + ky * kernel * pixel1
    run.correlate(to, room.first + example * bytes1 - ky * row1, -pixel1, first, end)
  }
}

const zero = (floats: Float32Array, address: number, bytes: number): void => {
  floats.fill(0, address / float, (address + bytes) / float)
}
