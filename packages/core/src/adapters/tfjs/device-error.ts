import type { BackendName } from '../browser/session.ts'

/**
 * Why a backend cannot go on: `unavailable`, this machine does not have it; `unsupported`, it lacks what the
 * model needs; `too-large`, the model does not fit; `lost`, the device went away; `failed`, an operation went wrong on it.
 */
export type DeviceErrorCode = 'unavailable' | 'unsupported' | 'too-large' | 'lost' | 'failed'

/** A failure of the environment, never of the caller: training may move to another backend. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError'
  readonly backend: BackendName
  readonly code: DeviceErrorCode

  constructor(backend: BackendName, code: DeviceErrorCode, reason: string) {
    super(`${backend}: ${reason}`)
    this.backend = backend
    this.code = code
  }
}

/** The error itself if it is a DeviceError already, otherwise a `failed` one that says the same. */
export function asDeviceError(backend: BackendName, error: unknown): DeviceError {
  if (error instanceof DeviceError) return error
  return new DeviceError(backend, 'failed', reasonOf(error))
}

/** tfjs rejects with Errors, with bare objects that have a message, and with strings. */
function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message)
  return String(error)
}
