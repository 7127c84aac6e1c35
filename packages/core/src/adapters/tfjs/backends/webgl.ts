import { backend } from '@tensorflow/tfjs-core'
import { DeviceError } from '../device-error.ts'
import { initializeBackend, type StartedDevice } from './device.ts'
import { isSoftware } from './software.ts'

/** Starts WebGL, on an OffscreenCanvas in a worker. */
export async function startWebgl(): Promise<StartedDevice> {
  await import('@tensorflow/tfjs-backend-webgl')
  await initializeBackend('webgl')
  const { gpgpu } = backend() as unknown as { readonly gpgpu: { readonly gl: WebGL2RenderingContext } }
  const adapter = rendererOf(gpgpu.gl)
  return {
    adapter,
    software: isSoftware(adapter),
    watch: (fail) =>
      gpgpu.gl.canvas.addEventListener('webglcontextlost', () =>
        fail(new DeviceError('webgl', 'lost', 'the WebGL context was lost')),
      ),
  }
}

function rendererOf(gl: WebGL2RenderingContext): string {
  const names = gl.getExtension('WEBGL_debug_renderer_info')
  return String(gl.getParameter(names === null ? gl.RENDERER : names.UNMASKED_RENDERER_WEBGL))
}
