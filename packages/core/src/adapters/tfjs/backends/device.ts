import { engine, findBackend, setBackend, type Tensor } from '@tensorflow/tfjs-core'
import type { BackendName } from '../../browser/session.ts'
import { DeviceError } from '../device-error.ts'

/** What stands behind a backend. */
export interface Device {
  /** For people: vendor and architecture, or what it runs on. */
  readonly adapter: string
  /** A GPU interface that is emulated on the CPU. */
  readonly software: boolean
}

/** Calls `fail` at most once, when the device can no longer be relied on. */
export type Watch = (fail: (error: DeviceError) => void) => void

export interface StartedDevice extends Device {
  /** On which tfjs itself computes, where it computes on the processor; left out, 1. */
  readonly threads?: number
  readonly watch: Watch
  /** What WebGPU computes on; undefined for other backends. */
  readonly gpu?: GPUDevice
  /** A tensor's values where they lie, until the next tensor is made; undefined where this thread cannot touch them. */
  readonly view?: (x: Tensor) => Float32Array
}

export interface BackendOptions {
  /** Where the .wasm files are served, by file name; left out, where the bundler put them. */
  readonly wasmPaths?: Readonly<Record<string, string>>
}

let latest: Promise<unknown> = Promise.resolve()

/**
 * Initializes a registered tfjs backend and answers with its instance; tfjs answers `false` and a console warning where it
 * fails. One at a time: tfjs gives an initialization up when the next begins.
 */
export async function initializeBackend(name: BackendName): Promise<unknown> {
  const started = latest.then(() => setBackend(name))
  latest = started.catch(() => undefined)
  if (!(await started)) throw new DeviceError(name, 'unavailable', 'tfjs could not start it')
  // Who computed elsewhere meanwhile has left tfjs with the name of one backend and the instance of another.
  void setBackend(name)
  return findBackend(name)
}

/** True once tfjs holds a running instance of the backend on this thread. */
export const isInitialized = (name: BackendName): boolean => name in engine().registry
