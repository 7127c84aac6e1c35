import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { codecsWith } from './codecs.ts'
import { plainLoops } from './plain-loops.ts'
import { simdLoops } from './simd-loops.ts'

const simd = simdLoops() ?? expect.fail('no WebAssembly SIMD')
const plain = codecsWith(plainLoops)
const lengths = fc.oneof(fc.constantFrom(0, 1, 16, 255, 16_384, 32_768), fc.integer({ min: 0, max: 40_000 }))
const waves = fc
  .record({ length: lengths, seed: fc.nat(), exponent: fc.integer({ min: -20, max: 20 }) })
  .map(({ length, seed, exponent }) => ({
    own: Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * (seed + 1)) * 2 ** exponent),
    others: Float32Array.from({ length }, (_, i) => Math.cos((i + 1) * (seed + 1)) * 2 ** exponent),
  }))

/** Compares bits, much faster than `toEqual` does. */
function expectSame(a: Float32Array | Uint8Array, b: Float32Array | Uint8Array): void {
  const [one, other] = [a, b].map((x) => Buffer.from(x.buffer, x.byteOffset, x.byteLength))
  expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true)
}

test.each([
  { name: 'simd', loops: simd },
  { name: 'plain', loops: plainLoops },
])('$name: vectors that live with the loops give the same bits as any others', ({ loops }) => {
  const { float16, int8, int4 } = codecsWith(loops)
  fc.assert(
    fc.property(waves, ({ own, others }) => {
      const resident = loops.resident(own.length)
      const second = loops.resident(own.length)
      expectSame(resident, new Float32Array(own.length))
      resident.set(own)
      second.set(others)
      expectSame(int8.encode(resident), plain.int8.encode(own))
      expectSame(float16.encode(resident), plain.float16.encode(own))
      expectSame(int4.encode(resident, seededRandom(1)), plain.int4.encode(own, seededRandom(1)))
      expectSame(resident, own)

      const bytes = plain.int8.encode(others)
      const moved = own.slice()
      expect(plain.int8.merge(bytes, moved, 0.25)).toBe('merged')
      expect(int8.merge(bytes, resident, 0.25)).toBe('merged')
      expectSame(resident, moved)

      plainLoops.merge(moved, others, 0.5)
      loops.merge(resident, second, 0.5)
      expectSame(resident, moved)
      expectSame(second, others)
    }),
    { numRuns: 25 },
  )
})

test('a part of such a vector is merged alone', () => {
  const values = simd.resident(100).fill(1)
  simd.merge(values.subarray(20, 52), new Float32Array(32).fill(3), 0.5)
  simd.merge(values.subarray(60, 67), new Float32Array(7).fill(3), 0.5)
  const moved = (i: number) => (i >= 20 && i < 52) || (i >= 60 && i < 67)
  expect(values).toEqual(Float32Array.from({ length: 100 }, (_, i) => (moved(i) ? 2 : 1)))
})

test('hostile bytes leave such a vector as it was', () => {
  const { int8 } = codecsWith(simd)
  const values = simd.resident(600).fill(1)
  const wrong = int8.encode(new Float32Array(600).fill(2))
  wrong[5] = 0x7c
  expect(int8.merge(wrong, values, 0.5)).toBe('not-finite')
  expect(int8.merge(wrong.subarray(1), values, 0.5)).toBe('size')
  expect(values).toEqual(new Float32Array(600).fill(1))
})

test('where there is no memory for it, such a vector is an ordinary one', () => {
  const { Memory } = WebAssembly
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function noMemory() {
    throw new RangeError('could not allocate memory')
  })
  try {
    const values = simd.resident(20).fill(1)
    simd.merge(values, new Float32Array(20).fill(3), 0.5)
    expect(values).toEqual(new Float32Array(20).fill(2))
    expect(simdLoops()).toBeUndefined()
  } finally {
    vi.restoreAllMocks()
  }
  expect(WebAssembly.Memory).toBe(Memory)
})
