import { elements } from '../../../params/layout.ts'
import type { Examples } from '../../../ports.ts'
import { wordsOf } from './kernels/gather.ts'

/** Examples on the device for as long as they train there: bytes stay bytes. */
export interface ResidentExamples {
  readonly inputs: GPUBuffer
  readonly labels: GPUBuffer
}

export const formatOf = ({ inputs }: Examples): 'bytes' | 'floats' =>
  inputs instanceof Uint8Array ? 'bytes' : 'floats'

/** Uploads a copy of the examples. Throws Error, with both sizes, where the device takes no buffer that large. */
export function uploadExamples(device: GPUDevice, examples: Examples): ResidentExamples {
  const { inputs, labels, shape } = examples
  const width = elements(shape)
  const rowBytes = 4 * wordsOf({ width, format: formatOf(examples) })
  const bytes = rowBytes * labels.length
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
  const most = Math.min(maxStorageBufferBindingSize, maxBufferSize)
  if (bytes > most)
    throw new Error(
      `the examples take ${megabytes(bytes)} MB and one buffer here holds ${megabytes(most)} MB`,
    )
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
  const buffer = device.createBuffer({ label: 'examples', size: bytes, usage, mappedAtCreation: true })
  const target = new Uint8Array(buffer.getMappedRange())
  const source = new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength)
  const sourceBytes = width * inputs.BYTES_PER_ELEMENT
  if (sourceBytes === rowBytes) target.set(source)
  else
    for (let row = 0; row < labels.length; row++)
      target.set(source.subarray(row * sourceBytes, (row + 1) * sourceBytes), row * rowBytes)
  buffer.unmap()
  const classes = device.createBuffer({ label: 'labels', size: 4 * labels.length, usage })
  device.queue.writeBuffer(classes, 0, Uint32Array.from(labels))
  return { inputs: buffer, labels: classes }
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toPrecision(3)
