/** Buffers of one owner on a device, given back all at once. */
export interface DeviceMemory {
  /** A buffer of zeros for kernels and copies, of whole sixteens of bytes. Throws Error, with sizes, where none is that large. */
  storage(label: string, bytes: number): GPUBuffer
  /** A way to the host for the first `bytes` of a buffer, as they are at so many moments. */
  readback(from: GPUBuffer, bytes: number, moments?: number): Readback
  release(): void
}

/** Brings floats to the host. From `copy` until the answer of `arrival` it is taken. */
export interface Readback {
  /** Copies when the device gets there. */
  copy(encoder: GPUCommandEncoder, moment?: number): void
  /** What `use` makes of the copies, one moment after the other, a view for its time only, when the device is done. Rejects when the device is lost. */
  arrival<T>(use: (values: Float32Array) => T): Promise<T>
}

export function createDeviceMemory(device: GPUDevice): DeviceMemory {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
  const most = Math.min(maxStorageBufferBindingSize, maxBufferSize)
  const owned: GPUBuffer[] = []

  function create(label: string, bytes: number, usage: number): GPUBuffer {
    const size = Math.ceil(bytes / 16) * 16
    if (size > most)
      throw new Error(`${label} of ${megabytes(size)} MB, and one buffer here holds ${megabytes(most)} MB`)
    const buffer = device.createBuffer({ label, size, usage })
    owned.push(buffer)
    return buffer
  }

  return {
    storage: (label, bytes) =>
      create(label, bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC),
    readback: (from, bytes, moments = 1) => {
      const all = moments * bytes
      const to = create(`readback of ${from.label}`, all, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST)
      return {
        copy: (encoder, moment = 0) => encoder.copyBufferToBuffer(from, 0, to, moment * bytes, bytes),
        arrival: async (use) => {
          await to.mapAsync(GPUMapMode.READ, 0, all)
          const result = use(new Float32Array(to.getMappedRange(0, all)))
          to.unmap()
          return result
        },
      }
    },
    release: () => {
      for (const buffer of owned) buffer.destroy()
    },
  }
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toPrecision(3)

/** Copies floats to the front of a buffer before it returns. */
export const upload = ({ queue }: GPUDevice, to: GPUBuffer, values: Float32Array): void =>
  // No memory is shared with other threads here, which is all that WebGPU minds.
  queue.writeBuffer(to, 0, values as Float32Array<ArrayBuffer>)
