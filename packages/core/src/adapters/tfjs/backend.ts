import { getBackend, setBackend } from '@tensorflow/tfjs-core'
import type { Unsubscribe } from '../../ports.ts'
import type { BackendName } from '../browser/session.ts'
import type { BackendOptions, Device, StartedDevice } from './backends/device.ts'
import { asDeviceError, DeviceError } from './device-error.ts'

/** A tfjs backend that has started. tfjs is one per thread, so `use` comes before every synchronous run of operations. */
export interface Backend extends Device {
  readonly name: BackendName
  /** The device of WebGPU, shared with tfjs; undefined for other backends. */
  readonly gpu: GPUDevice | undefined
  /** As the device's. */
  readonly threads: number
  /** As the device's. */
  readonly view: StartedDevice['view'] | undefined
  /** Makes tfjs compute here until another backend's turn. Throws DeviceError once the device failed. */
  use(): void
  /** Called once, when the device fails; at once if it already did. */
  onFailure(listener: (error: DeviceError) => void): Unsubscribe
}

type Start = (options: BackendOptions) => Promise<StartedDevice>

/** Imported only when tried: a tab that trains on wasm does not load the shaders of webgl. */
const starts: Readonly<Record<BackendName, () => Promise<Start>>> = {
  webgpu: async () => (await import('./backends/webgpu.ts')).startWebgpu,
  webgl: async () => (await import('./backends/webgl.ts')).startWebgl,
  wasm: async () => (await import('./backends/wasm.ts')).startWasm,
  cpu: async () => (await import('./backends/cpu.ts')).startCpu,
}

/** Whether a backend of tfjs is one that training is made for. */
export const isBackendName = (name: string): name is BackendName => Object.hasOwn(starts, name)

/** Loads and starts a backend on this thread, page or worker. Rejects with DeviceError where that is impossible. */
export async function startBackend(name: BackendName, options: BackendOptions = {}): Promise<Backend> {
  try {
    const start = await starts[name]()
    return watched(name, await start(options))
  } catch (error) {
    throw error instanceof DeviceError
      ? error
      : new DeviceError(name, 'unavailable', asDeviceError(name, error).message)
  }
}

function watched(name: BackendName, device: StartedDevice): Backend {
  const listeners = new Set<(error: DeviceError) => void>()
  let failure: DeviceError | undefined
  device.watch((error) => {
    failure ??= error
    for (const listener of [...listeners]) listener(failure)
    listeners.clear()
  })
  return {
    name,
    adapter: device.adapter,
    software: device.software,
    gpu: device.gpu,
    threads: device.threads ?? 1,
    view: device.view,
    use: () => {
      if (failure !== undefined) throw failure
      // For a backend that runs already, setBackend switches before it returns its promise.
      if (getBackend() !== name) void setBackend(name)
    },
    onFailure: (listener) => {
      if (failure === undefined) listeners.add(listener)
      else listener(failure)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
