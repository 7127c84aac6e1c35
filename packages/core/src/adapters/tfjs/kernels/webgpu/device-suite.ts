import { backend, engine, memory, type NamedAttrMap, setBackend, type Tensor } from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { GpuBackend } from './gpu-backend.ts'

/** The running WebGPU backend of tfjs. */
export const gpuBackend = (): GpuBackend => backend() as unknown as GpuBackend

/** Everything that WebGPU has complained of since; it says so nowhere else. */
export async function listenForErrors(): Promise<readonly string[]> {
  await setBackend('webgpu')
  const errors: string[] = []
  const { device } = backend() as unknown as { readonly device: GPUDevice }
  device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message))
  return errors
}

interface Ran<T> {
  readonly result: T
  /** Whether each program that the device was given is one of ours. */
  readonly own: readonly boolean[]
}

/** What `compute` has the device do. */
export function programsOf<T>(compute: () => T): Ran<T> {
  const gpu = gpuBackend() as { runWebGPUProgram: GpuBackend['runWebGPUProgram'] }
  const own: boolean[] = []
  gpu.runWebGPUProgram = (program, ...rest) => {
    own.push(program.shaderKey.startsWith('gossamer'))
    return Object.getPrototypeOf(gpu).runWebGPUProgram.call(gpu, program, ...rest)
  }
  try {
    return { result: compute(), own }
  } finally {
    Reflect.deleteProperty(gpu, 'runWebGPUProgram')
  }
}

/** The largest distance between values, of the largest of them. */
export function apart(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  let [largest, furthest] = [0, 0]
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? Number.NaN
    largest = Math.max(largest, Math.abs(value))
    furthest = Math.max(furthest, Math.abs(value - (actual[i] ?? Number.NaN)))
  }
  expect(largest).toBeGreaterThan(0)
  return furthest / largest
}

/**
 * Expects of WebGPU what plain JavaScript gives, from sums in another order, and no tensor left behind but the answer.
 * `by` says whose programs are to do it; left out, that is not looked at.
 */
export async function expectSame(
  compute: () => Tensor,
  by?: 'ours' | 'stock',
  tolerance = 1e-5,
): Promise<void> {
  await setBackend('cpu')
  const cpu = compute()
  const expected = await cpu.data<'float32'>()
  await setBackend('webgpu')
  // What the inputs need to come to the device.
  compute().dispose()
  const before = memory()
  const { result, own } = programsOf(compute)
  expect(memory().numTensors - before.numTensors).toBe(1)
  expect(memory().numDataBuffers - before.numDataBuffers).toBe(1)
  expect(result.shape).toEqual(cpu.shape)
  expect(apart(expected, await result.data<'float32'>())).toBeLessThan(tolerance)
  if (by !== undefined) {
    expect(own.length).toBeGreaterThan(0)
    expect(new Set(own)).toEqual(new Set([by === 'ours']))
  }
  cpu.dispose()
  result.dispose()
}

/** The same device as one of hardware would call itself. */
export function asHardware(gpu: GpuBackend): GpuBackend {
  return {
    runWebGPUProgram: (...call) => gpu.runWebGPUProgram(...call),
    disposeData: (dataId) => gpu.disposeData(dataId),
    tensorMap: gpu.tensorMap,
    device: {},
    adapterInfo: { vendor: 'nvidia', architecture: 'ampere' },
  }
}

/** Makes a tensor of what a kernel gave. */
export const adopted = (info: Parameters<ReturnType<typeof engine>['makeTensorFromTensorInfo']>[0]): Tensor =>
  engine().makeTensorFromTensorInfo(info)

/**
 * Each test begins in plain JavaScript, since tensors move from there to the device (the other way would be a read that
 * blocks), and ends without a complaint of WebGPU.
 */
export function watchDevice(): void {
  let errors: readonly string[] = []
  beforeAll(async () => {
    errors = await listenForErrors()
  })
  beforeEach(() => setBackend('cpu'))
  afterEach(() => expect(errors).toEqual([]))
}

/** A kernel of the backend in use, by its name. */
export const run = (name: string, inputs: Record<string, Tensor>, attributes: object = {}): Tensor =>
  engine().runKernel(name, inputs, attributes as NamedAttrMap)
