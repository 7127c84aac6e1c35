import { expect, test } from 'vitest'
import { codecs } from '../../../../codec/codecs.ts'
import { normal, seededRandom } from '../../../../lib/random.ts'
import { startBackend } from '../../backend.ts'
import { createDeviceMemory, upload } from '../device-memory.ts'
import { encodedBytes, uploadEncoded } from '../encoded-words.ts'
import type { Kernel } from '../kernel.ts'
import { compileProgram } from '../program.ts'
import { gpuTuning, softwareTuning } from '../tuning.ts'
import {
  addKernel,
  approachKernel,
  candidateKernel,
  differenceKernel,
  moveKernel,
  type Pass,
} from './move.ts'

/** Runs one kernel over parameters, a difference and an encoded model, and says what is in a buffer then. */
async function after(
  kernel: Kernel,
  given: {
    readonly own: Float32Array
    readonly delta: Float32Array
    readonly share: number
    readonly codec: 'int8' | 'float16'
    readonly bytes: Uint8Array
  },
  name: 'params' | 'delta' | 'candidate',
): Promise<number[]> {
  const { gpu: device } = await startBackend('webgpu')
  if (device === undefined) throw new Error('no WebGPU here')
  const memory = createDeviceMemory(device)
  const size = given.own.length
  // With the padding, which must stay zero.
  const bytes = 16 * Math.ceil(size / 4)
  const buffer = (label: string, bytes: number): readonly [string, GPUBuffer] => [
    label,
    memory.storage(label, bytes),
  ]
  const buffers = new Map([
    ...['params', 'delta', 'candidate'].map((label) => buffer(label, bytes)),
    buffer('encoded', encodedBytes(size)),
    buffer('factor', 4),
  ])
  const of = (label: string): GPUBuffer => {
    const found = buffers.get(label)
    if (found === undefined) throw new RangeError(label)
    return found
  }
  upload(device, of('params'), given.own)
  upload(device, of('delta'), given.delta)
  upload(device, of('factor'), Float32Array.of(given.share))
  uploadEncoded(device, of('encoded'), { codec: given.codec, bytes: given.bytes }, size)
  const program = await compileProgram(device, [kernel], buffers, 0)
  const readback = memory.readback(of(name), bytes)
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  program.encode(pass, 0)
  pass.end()
  readback.copy(encoder)
  device.queue.submit([encoder.finish()])
  const values = await readback.arrival((values) => [...values])
  memory.release()
  expect(values.slice(size)).toEqual(new Array<number>(values.length - size).fill(0))
  return values.slice(0, size)
}

test.each(
  [gpuTuning.fours, softwareTuning.fours].flatMap((fours) =>
    [1, 4, 255, 256, 259, 1_030].map((size) => ({ fours, size })),
  ),
)('passes over $size parameters, $fours times four at a time', async ({ fours, size }) => {
  const random = seededRandom(size)
  const noise = (): Float32Array => Float32Array.from({ length: size }, () => normal(random))
  const pass: Pass = { size, fours }
  const [own, delta, theirs] = [noise(), noise(), noise()]
  const close = (actual: readonly number[], expected: (i: number) => number): void => {
    for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected(i), 5)
  }
  const x = (i: number): number => own[i] ?? Number.NaN
  const d = (i: number): number => delta[i] ?? Number.NaN
  for (const codec of ['int8', 'float16'] as const) {
    const bytes = codecs[codec].encode(theirs)
    const decoded = codecs[codec].decode(bytes, size)
    if (!decoded.ok) throw new Error(decoded.reason)
    const y = (i: number): number => decoded.values[i] ?? Number.NaN
    const given = { own, delta, share: 0.3, codec, bytes }
    const difference = await after(differenceKernel(codec, pass), given, 'delta')
    expect(difference).toEqual(difference.map((_, i) => Math.fround(y(i) - x(i))))
    close(await after(approachKernel(codec, pass), given, 'params'), (i) => x(i) + 0.3 * (y(i) - x(i)))
    if (codec === 'float16') continue
    close(await after(addKernel(pass), given, 'params'), (i) => x(i) + d(i))
    close(await after(moveKernel(pass), given, 'params'), (i) => x(i) + 0.3 * d(i))
    close(await after(candidateKernel(pass), given, 'candidate'), (i) => x(i) + 0.3 * d(i))
  }
})
