import { DeviceError } from '../device-error.ts'
import { registerWebgpuKernels } from '../kernels/webgpu/register.ts'
import { type Device, initializeBackend, type StartedDevice } from './device.ts'
import { isSoftware } from './software.ts'

/** What WebGPU would run on; nothing is loaded or started. Rejects with DeviceError where there is no adapter. */
export async function probeWebgpu(): Promise<Device> {
  const gpu = typeof navigator === 'undefined' ? undefined : navigator.gpu
  if (gpu === undefined) throw new DeviceError('webgpu', 'unavailable', 'this browser has no WebGPU')
  const found = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (found === null) throw new DeviceError('webgpu', 'unavailable', 'no GPU adapter was found')
  const { vendor, architecture, description, isFallbackAdapter } = found.info
  const adapter = [vendor, architecture, description].filter((text) => text !== '').join(' ')
  return { adapter: adapter || 'unnamed GPU', software: isFallbackAdapter || isSoftware(adapter) }
}

/**
 * Starts WebGPU. The adapter is asked for first, because without one tfjs fails with a TypeError that says
 * nothing. Errors of WebGPU are silent (a failed operation leaves zeros), so any uncaptured one fails the device.
 */
export async function startWebgpu(): Promise<StartedDevice> {
  const probed = await probeWebgpu()
  await import('@tensorflow/tfjs-backend-webgpu')
  registerWebgpuKernels()
  const { device } = (await initializeBackend('webgpu')) as { readonly device: GPUDevice }
  const lost = await Promise.race([device.lost, Promise.resolve(undefined)])
  if (lost !== undefined) throw lossOf(lost)
  return {
    ...probed,
    gpu: device,
    watch: (fail) => {
      device.addEventListener('uncapturederror', ({ error }) =>
        fail(new DeviceError('webgpu', 'failed', error.message)),
      )
      device.lost.then((info) => fail(lossOf(info)))
    },
  }
}

const lossOf = ({ message, reason }: GPUDeviceLostInfo): DeviceError =>
  new DeviceError('webgpu', 'lost', `the GPU device was lost (${message || reason})`)
