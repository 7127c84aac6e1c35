import { elements } from '../../../params/layout.ts'
import type { Examples } from '../../../ports.ts'
import { numberTarget, targetsOf } from '../../../task/data.ts'
import type { DataSpec } from '../../../task/task.ts'
import type { DeviceMemory } from './device-memory.ts'
import { wordsOf } from './kernels/gather.ts'

export const formatOf = ({ inputs }: Examples): 'bytes' | 'floats' =>
  inputs instanceof Uint8Array ? 'bytes' : 'floats'

/**
 * Copies of the examples on the device, for as long as they train there; bytes stay bytes. Throws Error, with
 * both sizes, where the device takes no buffer that large.
 */
export function uploadExamples(
  { queue }: GPUDevice,
  memory: DeviceMemory,
  examples: Examples,
  data: DataSpec,
): { readonly inputs: GPUBuffer; readonly labels: GPUBuffer } {
  const rowBytes = 4 * wordsOf({ width: elements(examples.shape), format: formatOf(examples) })
  const count = examples.labels.length
  const inputs = memory.storage('examples', rowBytes * count)
  const labels = memory.storage('labels', 4 * count)
  queue.writeBuffer(inputs, 0, packedRows(examples.inputs, count, rowBytes))
  queue.writeBuffer(labels, 0, labelWords(examples, data))
  return { inputs, labels }
}

/** A class or token an example; a float where it is a number, as training sees it. */
const labelWords = (
  examples: Examples,
  data: DataSpec,
): Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer> =>
  numberTarget(data) === undefined
    ? Uint32Array.from(examples.labels)
    : Float32Array.from(targetsOf(data, examples))

/** The bytes of `count` rows, each filled up to `rowBytes`; no copy where nothing is to be filled. */
export function packedRows(
  inputs: Examples['inputs'],
  count: number,
  rowBytes: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(inputs.buffer as ArrayBuffer, inputs.byteOffset, inputs.byteLength)
  const ownBytes = bytes.length / count
  if (ownBytes === rowBytes) return bytes
  const rows = new Uint8Array(rowBytes * count)
  for (let row = 0; row < count; row++)
    rows.set(bytes.subarray(row * ownBytes, (row + 1) * ownBytes), row * rowBytes)
  return rows
}
