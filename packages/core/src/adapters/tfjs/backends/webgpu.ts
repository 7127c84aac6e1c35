import { backend } from '@tensorflow/tfjs-core'
import { DeviceError } from '../device-error.ts'
import { initializeBackend, type StartedDevice } from './device.ts'
import { isSoftware } from './software.ts'

/**
 * Starts WebGPU. The adapter is asked for first, because without one tfjs fails with a TypeError that says
 * nothing. Errors of WebGPU are silent (a failed operation leaves zeros), so any uncaptured one fails the device.
 */
export async function startWebgpu(): Promise<StartedDevice> {
  const gpu = typeof navigator === 'undefined' ? undefined : navigator.gpu
  if (gpu === undefined) throw new DeviceError('webgpu', 'unavailable', 'this browser has no WebGPU')
  const found = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (found === null) throw new DeviceError('webgpu', 'unavailable', 'no GPU adapter was found')
  const { info } = found

  await import('@tensorflow/tfjs-backend-webgpu')
  await initializeBackend('webgpu')
  const { device } = backend() as unknown as { readonly device: GPUDevice }
  const names = [info.vendor, info.architecture, info.description].filter((text) => text !== '')
  return {
    adapter: names.join(' ') || 'unnamed GPU',
    software: info.isFallbackAdapter || isSoftware(names.join(' ')),
    watch: (fail) => {
      device.addEventListener('uncapturederror', ({ error }) =>
        fail(new DeviceError('webgpu', 'failed', error.message)),
      )
      device.lost.then(({ message, reason }) =>
        fail(new DeviceError('webgpu', 'lost', `the GPU device was lost (${message || reason})`)),
      )
    },
  }
}
