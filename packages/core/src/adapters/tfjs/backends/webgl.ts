import { DeviceError } from '../device-error.ts'
import { type Device, initializeBackend, type StartedDevice } from './device.ts'
import { isSoftware } from './software.ts'

/** What WebGL would run on; nothing is loaded. Rejects with DeviceError where there is no WebGL 2. */
export async function probeWebgl(): Promise<Device> {
  const gl = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2')
  if (gl === null) throw new DeviceError('webgl', 'unavailable', 'this browser has no WebGL 2 here')
  const device = deviceOf(gl)
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return device
}

/** Starts WebGL, on an OffscreenCanvas in a worker. */
export async function startWebgl(): Promise<StartedDevice> {
  await import('@tensorflow/tfjs-backend-webgl')
  const { gpgpu } = (await initializeBackend('webgl')) as {
    readonly gpgpu: { readonly gl: WebGL2RenderingContext }
  }
  return {
    ...deviceOf(gpgpu.gl),
    watch: (fail) =>
      gpgpu.gl.canvas.addEventListener('webglcontextlost', () =>
        fail(new DeviceError('webgl', 'lost', 'the WebGL context was lost')),
      ),
  }
}

function deviceOf(gl: WebGL2RenderingContext): Device {
  const names = gl.getExtension('WEBGL_debug_renderer_info')
  const adapter = String(gl.getParameter(names === null ? gl.RENDERER : names.UNMASKED_RENDERER_WEBGL))
  return { adapter, software: isSoftware(adapter) }
}
