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
} from './shapes.ts'

/** From a batch's inputs to its logits. */
export function forwardPass({ run, floats }: Memory, room: Room, params: number, count: number): void {
  const kernel1 = params + at.kernel1 * float
  run.fillRows(room.first, params + at.bias1 * float, pixel1, count * conv1 * conv1)
  for (let example = 0; example < count; example++)
    for (let y = 0; y < conv1; y++) {
      const out = room.first + example * bytes1 + y * row1
      const from = room.inputs + example * imageBytes + y * imageRow
      // biome-ignore format: addresses and strides of c, a and b, then the loops
      for (let half = 0; half < pixel1; half += 64)
        run.multiply(out + half, 3 * pixel1, pixel1, from, 3 * float, float, kernel1 + half,
          conv1 / 3, kernel, float, pixel1, kernel, imageRow, kernel * pixel1)
    }
  for (let row = 0; row < count * pooled; row++)
    run.pool(room.pooled + row * rowPooled, room.first + 2 * row * row1, row1, pixel1, pooled)

  const kernel2 = params + at.kernel2 * float
  const kernelRow = kernel * filters1
  run.fillRows(room.second, params + at.bias2 * float, pixel2, count * conv2 * conv2)
  for (let example = 0; example < count; example++)
    for (let ky = 0; ky < kernel; ky++)
      for (let y = 0; y < conv2; y++)
        // biome-ignore format: addresses and strides of c, a and b, then the loops
        run.multiply(room.second + example * bytes2 + y * row2, 3 * pixel2, pixel2,
          room.pooled + example * bytesPooled + (y + ky) * rowPooled, 3 * pixel1, pixel1,
          kernel2 + ky * kernelRow * pixel2,
          conv2 / 3, kernelRow, float, pixel2, 1, 0, 0)
  run.rectify(room.second, count * bytes2)

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
  // biome-ignore format: addresses and strides of c, a and b, then the loops
  run.multiply(room.logits, 3 * logitRow, logitRow, room.second, 3 * bytes2, bytes2, room.dense,
    tiles, features, float, logitRow, 1, 0, 0)
}
