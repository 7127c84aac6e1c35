import { setBackend, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../../lib/random.ts'
import { distance, norm } from '../../../params/vector.ts'
import { startBackend } from '../backend.ts'
import { type CausalAttention, plainAttention } from './causal-attention.ts'
import { wasmAttention } from './wasm-attention.ts'

const noise = (size: number, seed: number, scale: number): Float32Array => {
  const random = seededRandom(seed)
  return Float32Array.from({ length: size }, () => scale * normal(random))
}

test.each([
  { windows: 3, context: 5, heads: 2, width: 16, scale: 1 },
  { windows: 1, context: 1, heads: 1, width: 4, scale: 1 },
  { windows: 2, context: 32, heads: 3, width: 36, scale: 3 },
  { windows: 1, context: 67, heads: 1, width: 128, scale: 0.1 },
  // Scores of thousands: shares of all or nothing.
  { windows: 2, context: 9, heads: 2, width: 8, scale: 40 },
])('$windows windows of $context, $heads heads of $width at scale $scale', async (shape) => {
  const { windows, context, heads, width, scale } = shape
  const rows = windows * context
  const run = async (attention: CausalAttention) => {
    const results = tidy(() => {
      const { output, back } = attention(tensor2d(noise(3 * rows * width, 1, scale), [rows, 3 * width]), {
        heads,
        context,
      })
      return { output, back: back(tensor2d(noise(rows * width, 2, 1), [rows, width])) as Tensor2D }
    })
    return { output: await results.output.data<'float32'>(), back: await results.back.data<'float32'>() }
  }
  const cpu = await startBackend('cpu')
  cpu.use()
  const expected = await run(plainAttention)
  const wasm = await startBackend('wasm')
  wasm.use()
  const actual = await run(wasmAttention() ?? expect.fail('there is no SIMD'))
  await setBackend('cpu')
  expect(distance(actual.output, expected.output) / norm(expected.output)).toBeLessThan(1e-5)
  expect(distance(actual.back, expected.back) / norm(expected.back)).toBeLessThan(1e-5)
})
