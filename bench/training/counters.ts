/** What WebGPU was asked to do since the last `take`. */
export interface Counts {
  readonly dispatches: number
  readonly submits: number
  readonly bytesRead: number
}

/** Counts calls of WebGPU on this page from now on; it does nothing where there is none. */
export function countGpuCalls(): { take(): Counts } {
  let counts = { dispatches: 0, submits: 0, bytesRead: 0 }
  if ('GPUQueue' in globalThis) {
    before(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => counts.dispatches++)
    before(GPUQueue.prototype, 'submit', () => counts.submits++)
    before(GPUBuffer.prototype, 'mapAsync', (buffer, _mode, _offset, size) => {
      counts.bytesRead += size ?? buffer.size
    })
  }
  return {
    take: () => {
      const taken = counts
      counts = { dispatches: 0, submits: 0, bytesRead: 0 }
      return taken
    },
  }
}

/** Makes a method of a prototype call `note` first. */
function before<Name extends PropertyKey, Self extends Record<Name, (...values: never[]) => unknown>>(
  prototype: Self,
  name: Name,
  note: (self: Self, ...values: Parameters<Self[Name]>) => void,
): void {
  const original = prototype[name]
  Object.defineProperty(prototype, name, {
    value(this: Self, ...values: Parameters<Self[Name]>) {
      note(this, ...values)
      return original.apply(this, values)
    },
  })
}
