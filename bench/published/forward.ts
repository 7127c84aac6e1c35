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
  float,
  image,
  imageBytes,
  inputEntriesBytes,
  inputStartsBytes,
  kernel,
  logitRow,
  pixel1,
  pixel2,
  pooled,
  row1,
  row2,
  rowPooled,
} from './shapes.ts'

/** Bytes of starts that a window of four pixels spans. */
const window = kernel * float

/** From a batch's inputs to its logits. */
export function forwardPass(memory: Memory, room: Room, params: number, count: number): void {
  for (let example = 0; example < count; example++) {
    firstConvolution(memory, room, params, example)
    secondConvolution(memory, room, params, example)
  }
  memory.run.rectify(room.second, count * bytes2)
  denseLayer(memory, room, params, count)
}

/** With pooling. Weights that belong to an entry lie at its offset in the image, seen from the window's first pixel. */
function firstConvolution({ run }: Memory, room: Room, params: number, example: number): void {
  const starts = room.inputStarts + example * inputStartsBytes
  const entries = room.inputEntries + example * inputEntriesBytes
  run.list(entries, starts, room.inputs + example * imageBytes, image * image, 1, pixel1, 0)
  const out = room.first + example * bytes1
  const weights = params + at.kernel1 * float
  const bias = params + at.bias1 * float
  // biome-ignore format: out, starts, weights, then what a pixel takes
  for (let y = 0; y < conv1; y++)
    run.convolve32(out + y * row1, bias, starts + y * image * float, image * float,
      weights - y * image * pixel1, (kernel - image) * pixel1, pixel1, window, conv1)
  const to = room.pooled + example * bytesPooled
  for (let y = 0; y < pooled; y++) run.pool(to + y * rowPooled, out + 2 * y * row1, row1, pixel1, pooled)
}

function secondConvolution({ run }: Memory, room: Room, params: number, example: number): void {
  const { starts } = room
  const shift = filters1 * pixel2
  run.list(
    room.entries,
    starts,
    room.pooled + example * bytesPooled,
    pooled * pooled,
    filters1,
    shift,
    pixel2,
  )
  const out = room.second + example * bytes2
  run.fillRows(out, params + at.bias2 * float, pixel2, conv2 * conv2)
  for (let ky = 0; ky < kernel; ky++)
    for (let y = 0; y < conv2; y++) {
      const weights = params + at.kernel2 * float + (ky * kernel - (y + ky) * pooled) * shift
      run.convolve16(out + y * row2, starts + (y + ky) * pooled * float, weights, shift, window, conv2)
    }
}

function denseLayer({ run, floats }: Memory, room: Room, params: number, count: number): void {
  const dense = room.dense / float
  const weights = params / float + at.dense
  for (let i = 0; i < features; i++) {
    const [to, from] = [dense + 16 * i, weights + classes * i]
    for (let c = 0; c < classes; c++) floats[to + c] = floats[from + c] ?? 0
  }
  const bias = params / float + at.denseBias
  floats.copyWithin(room.denseBias / float, bias, bias + classes)
  const tiles = Math.ceil(count / 3)
  run.fillRows(room.logits, room.denseBias, logitRow, 3 * tiles)
  // biome-ignore format: addresses and strides of c, a and b, then the sum
  run.multiply(room.logits, 3 * logitRow, logitRow, room.second, 3 * bytes2, bytes2, room.dense,
    tiles, features, float, logitRow)
}
