import { initializeBackend, type StartedDevice } from './device.ts'

/** Plain JavaScript: slow, there everywhere, never fails. */
export async function startCpu(): Promise<StartedDevice> {
  await import('@tensorflow/tfjs-backend-cpu')
  await initializeBackend('cpu')
  return { adapter: 'JavaScript', software: false, watch: () => undefined }
}
