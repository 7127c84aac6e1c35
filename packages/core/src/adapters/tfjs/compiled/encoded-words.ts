import { blocksOf, int8Blocks } from '../../../codec/blocks.ts'
import type { EncodedModel } from '../../../ports.ts'

/** Where the scales of int8 begin on the device, in words: behind the codes, which begin where a word does. */
export const scalesAt = (size: number): number => Math.ceil(size / 4)

/** What one encoded model of `size` parameters takes on the device, whatever the codec. */
export const encodedBytes = (size: number): number => 8 * Math.ceil(size / 4)

const scaleBytes = (size: number): number => 2 * blocksOf(size, int8Blocks.length)

/** Hands the bytes over as they came; only parts move, to where words begin. Reads them before it returns. */
export function uploadEncoded(
  { queue }: GPUDevice,
  to: GPUBuffer,
  { codec, bytes }: EncodedModel,
  size: number,
): void {
  if (codec === 'float16') writeWords(queue, to, 0, bytes)
  else {
    writeWords(queue, to, 0, bytes.subarray(scaleBytes(size)))
    writeWords(queue, to, 4 * scalesAt(size), bytes.subarray(0, scaleBytes(size)))
  }
}

/** The device takes whole words: the last one is filled up with zeros. */
function writeWords(queue: GPUQueue, to: GPUBuffer, offset: number, bytes: Uint8Array): void {
  const whole = bytes.byteLength - (bytes.byteLength % 4)
  queue.writeBuffer(to, offset, bytes.buffer as ArrayBuffer, bytes.byteOffset, whole)
  if (whole === bytes.byteLength) return
  const last = new Uint8Array(4)
  last.set(bytes.subarray(whole))
  queue.writeBuffer(to, offset + whole, last)
}
