import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { float16Value } from '../params/float16.ts'
import { codecs, codecsWith } from './codecs.ts'
import { plainLoops } from './plain-loops.ts'
import { simdLoops } from './simd-loops.ts'

const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const vectors = fc.oneof(
  fc.array(finite, { maxLength: 600 }),
  fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { maxLength: 600 }),
  fc.array(fc.float({ min: Math.fround(-1e-6), max: Math.fround(1e-6), noNaN: true }), { maxLength: 600 }),
)

/** The most by which a value of a block with such a largest magnitude may be off. */
const bounds: Record<keyof typeof codecs, (value: number, blockMax: number) => number> = {
  float32: () => 0,
  float16: (value) => Math.max(Math.abs(value) * 2 ** -11, 2 ** -25, Math.abs(value) - 65504),
  int8: (value, blockMax) =>
    Math.max(((blockMax / 127) * (1 + 2 ** -10) + 2 ** -24) / 2, Math.abs(value) - 127 * 65504 * 0.9999),
  int4: (value, blockMax) =>
    Math.max(((blockMax / 7) * (1 + 2 ** -10) + 2 ** -24) / 2, Math.abs(value) - 7 * 65504 * 0.9999),
}
const blockLengths: Record<keyof typeof codecs, number> = { float32: 256, float16: 256, int8: 256, int4: 64 }

const simd = simdLoops() ?? expect.fail('no WebAssembly SIMD')
const implementations = Object.entries({ plain: plainLoops, simd }).flatMap(([loops, implementation]) =>
  Object.values(codecsWith(implementation)).map((codec) => ({ loops, name: codec.name, codec })),
)

describe.each(implementations)('$name ($loops)', ({ codec }) => {
  test('a vector comes back within the bound, in the length foretold', () => {
    fc.assert(
      fc.property(vectors, fc.nat(3), (list, offset) => {
        const values = Float32Array.from(list)
        const bytes = codec.encode(values)
        expect(bytes.length).toBe(codec.byteLength(values.length))
        const shifted = new Uint8Array(bytes.length + offset).subarray(offset)
        shifted.set(bytes)
        const decoded = codec.decode(shifted, values.length)
        if (!decoded.ok) return expect.fail(decoded.reason)
        expect(decoded.values.length).toBe(values.length)
        for (const [i, value] of values.entries()) {
          const length = blockLengths[codec.name]
          const start = i - (i % length)
          const blockMax = values
            .subarray(start, start + length)
            .reduce((max, x) => Math.max(max, Math.abs(x)), 0)
          const error = Math.abs((decoded.values[i] ?? Number.NaN) - value)
          const bound = bounds[codec.name](value, blockMax)
          if (!(error <= bound * 1.0001)) expect.fail(`${value} off by ${error}, more than ${bound}`)
        }
        expect(shifted).toEqual(bytes)
      }),
    )
  })

  test('no bytes make it throw, and what it gives is finite and of the right length', () => {
    fc.assert(
      fc.property(
        fc.nat(700),
        fc.infiniteStream(fc.nat(255)),
        fc.integer({ min: -1, max: 1 }),
        (count, stream, off) => {
          const length = Math.max(0, codec.byteLength(count) + off)
          const bytes = Uint8Array.from({ length }, () => stream.next().value)
          const decoded = codec.decode(bytes, count)
          if (length !== codec.byteLength(count)) expect(decoded).toEqual({ ok: false, reason: 'size' })
          else if (decoded.ok) {
            expect(decoded.values.length).toBe(count)
            expect(decoded.values.every(Number.isFinite)).toBe(true)
          } else expect(decoded.reason).toBe('not-finite')
        },
      ),
    )
  })

  test('values that are not finite are not sent', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(() => codec.encode(Float32Array.of(1, bad))).toThrow(RangeError)
  })

  test('bytes can go where the caller wants them, if they fit', () => {
    const values = Float32Array.from({ length: 333 }, (_, i) => Math.sin(i))
    const { buffer } = new Uint8Array(codec.byteLength(333) + 8).fill(0xee)
    const into = new Uint8Array(buffer, 4, codec.byteLength(333))
    const bytes = codec.encode(values, seededRandom(1), into)
    expect(bytes).toBe(into)
    expect(bytes).toEqual(codec.encode(values, seededRandom(1)))
    expect([...new Uint8Array(buffer, 0, 4), ...new Uint8Array(buffer, 4 + into.length)]).toEqual(
      Array(8).fill(0xee),
    )
    expect(() => codec.encode(values, undefined, into.subarray(2))).toThrow(RangeError)
  })

  test('values can go where the caller wants them, if they fit', () => {
    const bytes = codec.encode(Float32Array.from({ length: 333 }, (_, i) => Math.sin(i)))
    const { buffer } = new Float32Array(335).fill(7)
    const into = new Float32Array(buffer, 4, 333)
    const decoded = codec.decode(bytes, 333, into)
    expect(decoded.ok && decoded.values).toBe(into)
    expect(decoded).toEqual(codec.decode(bytes, 333))
    expect([...new Float32Array(buffer, 0, 1), ...new Float32Array(buffer, 4 + 4 * 333)]).toEqual([7, 7])
    expect(() => codec.decode(bytes, 333, into.subarray(2))).toThrow(RangeError)
  })

  test('nothing is a vector too', () => {
    expect(codec.encode(new Float32Array(0)).length).toBe(0)
    expect(codec.decode(new Uint8Array(0), 0)).toEqual({ ok: true, values: new Float32Array(0) })
  })
})

test.each([codecs.float32, codecs.float16])(
  '$name: what was decoded encodes to the same values again',
  (codec) => {
    fc.assert(
      fc.property(vectors, (list) => {
        const once = codec.decode(codec.encode(Float32Array.from(list)), list.length)
        if (!once.ok) return expect.fail(once.reason)
        const bytes = codec.encode(once.values)
        expect(codec.decode(bytes, list.length)).toEqual(once)
      }),
    )
  },
)

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

test('golden bytes', () => {
  const values = Float32Array.of(0, 1, -2, 0.1, 65504)
  expect(hex(codecs.float32.encode(values))).toBe(
    '00 00 00 00 00 00 80 3f 00 00 00 c0 cd cc cc 3d 00 e0 7f 47',
  )
  expect(hex(codecs.float16.encode(values))).toBe('00 00 00 3c 00 c0 66 2e ff 7b')
  expect(hex(codecs.int8.encode(Float32Array.of(0, 1, -2, 0.1, 127)))).toBe('00 3c 00 01 fe 00 7f')
  expect(hex(codecs.int8.encode(Float32Array.of(0.25, -0.5, 0.1)))).toBe('09 1c 3f 81 19')
  expect(hex(codecs.int4.encode(Float32Array.of(0, 1, -2, 0.1, 7)))).toBe('00 3c 10 0e 07')
  const spread = Float32Array.from({ length: 16 }, (_, i) => i - 8)
  expect(hex(codecs.int4.encode(spread, seededRandom(1)))).toBe('93 3c a9 bb ec ff 10 32 44 65')
})

test('the second block of int8 has its own scale', () => {
  const values = new Float32Array(257).fill(1)
  values[256] = 1000
  const bytes = codecs.int8.encode(values)
  expect(bytes.length).toBe(2 * 2 + 257)
  const decoded = codecs.int8.decode(bytes, 257)
  expect(decoded.ok && decoded.values[0]).toBeCloseTo(1, 2)
  expect(decoded.ok && decoded.values[256]).toBeCloseTo(1000, 0)
})

test('scales of int8 are zero for zeros only, and never infinite', () => {
  const scaleOf = (...values: number[]) => {
    const [low = 0, high = 0] = codecs.int8.encode(Float32Array.from(values))
    return float16Value(low | (high << 8))
  }
  expect(scaleOf(0, -0)).toBe(0)
  expect(scaleOf(1e-45)).toBe(2 ** -24)
  expect(scaleOf(1e-7, -1e-9)).toBe(2 ** -24)
  expect(scaleOf(3e38, 1)).toBe(65504)
})

test('float16 and int8 that stand for infinity, NaN or a negative scale are refused', () => {
  const refused = { ok: false, reason: 'not-finite' }
  expect(codecs.float32.decode(Uint8Array.of(0, 0, 0x80, 0x7f), 1)).toEqual(refused)
  expect(codecs.float16.decode(Uint8Array.of(0, 0x7c), 1)).toEqual(refused)
  expect(codecs.float16.decode(Uint8Array.of(1, 0xfc), 1)).toEqual(refused)
  expect(codecs.int8.decode(Uint8Array.of(0, 0x7c, 1), 1)).toEqual(refused)
  expect(codecs.int8.decode(Uint8Array.of(0, 0xbc, 1), 1)).toEqual(refused)
})

const anyBits = fc
  .array(fc.nat(0xffffffff), { maxLength: 600 })
  .map((words) => new Float32Array(Uint32Array.from(words).buffer))
const longOnes = fc
  .tuple(fc.integer({ min: 8000, max: 17000 }), fc.integer({ min: -30, max: 30 }), fc.nat())
  .map(([length, exponent, seed]) =>
    Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * (seed + 1)) * 2 ** exponent),
  )

test.each([
  { name: 'float16', seed: undefined },
  { name: 'int8', seed: undefined },
  { name: 'int4', seed: undefined },
  { name: 'int4', seed: 3 },
] as const)(
  '$name (seed $seed): both loops give the same bytes and values, bit for bit',
  ({ name, seed }) => {
    const random = () => (seed === undefined ? undefined : seededRandom(seed))
    const [plain, fast] = [codecsWith(plainLoops)[name], codecsWith(simd)[name]]
    const attempt = (encode: () => Uint8Array): string => {
      try {
        return hex(encode())
      } catch (error) {
        return String(error)
      }
    }
    const mixed = fc.oneof(
      anyBits,
      longOnes,
      vectors.map((list) => Float32Array.from(list)),
    )
    fc.assert(
      fc.property(mixed, (values) => {
        expect(attempt(() => fast.encode(values, random()))).toBe(
          attempt(() => plain.encode(values, random())),
        )
        const bytes = new Uint8Array(
          values.buffer,
          0,
          Math.min(values.byteLength, plain.byteLength(values.length)),
        )
        expect(fast.decode(bytes, values.length)).toEqual(plain.decode(bytes, values.length))
      }),
      { numRuns: 200 },
    )
    const ties = Float32Array.from({ length: 4096 }, (_, i) => (i - 2048) * 0.5 * 2 ** -24)
    expect(hex(fast.encode(ties, random()))).toBe(hex(plain.encode(ties, random())))
  },
)

test('int4 rounds at random to one of the two codes beside a value, and in the mean to neither side', () => {
  const values = Float32Array.from({ length: 64 }, (_, i) => (i === 0 ? 7 : (i / 64) * 13 - 6.5))
  const random = seededRandom(5)
  const draws = 4_000
  const sums = new Float64Array(64)
  for (let draw = 0; draw < draws; draw++) {
    const decoded = codecs.int4.decode(codecs.int4.encode(values, random), 64)
    if (!decoded.ok) return expect.fail(decoded.reason)
    decoded.values.forEach((got, i) => {
      if (!(Math.abs(got - (values[i] ?? 0)) < 1)) expect.fail(`${values[i]} became ${got}`)
      sums[i] = (sums[i] ?? 0) + got
    })
  }
  // The standard error of a mean is at most 0.5 / sqrt(4000) = 0.008.
  sums.forEach((sum, i) => {
    expect(Math.abs(sum / draws - (values[i] ?? 0))).toBeLessThan(0.04)
  })
})

const pairs = fc
  .tuple(fc.integer({ min: 0, max: 9_000 }), fc.nat(), fc.constantFrom(0, 0.25, 0.5, 1))
  .map(([length, seed, share]) => {
    const of = (factor: number) =>
      Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * (seed + 1) * factor) * 3)
    return { own: of(1), theirs: of(1.7), share }
  })

test('merging bytes of int8 is decoding and then moving a share of the way, in both loops', () => {
  fc.assert(
    fc.property(pairs, ({ own, theirs, share }) => {
      const bytes = codecs.int8.encode(theirs)
      const decoded = codecs.int8.decode(bytes, own.length)
      if (!decoded.ok) return expect.fail(decoded.reason)
      const moved = own.slice()
      plainLoops.merge(moved, decoded.values, share)
      const fused = [plainLoops, simd].map((loops) => {
        const merged = own.slice()
        expect(codecsWith(loops).int8.merge(bytes, merged, share)).toBe('merged')
        const other = own.slice()
        loops.merge(other, decoded.values, share)
        expect(hex(bytesOf(other))).toBe(hex(bytesOf(moved)))
        return merged
      })
      expect(hex(bytesOf(fused[1] ?? own))).toBe(hex(bytesOf(fused[0] ?? own)))
      fused[0]?.forEach((x, i) => {
        // Three roundings of numbers no larger than 3.
        const apart = Math.abs(x - (moved[i] ?? 0))
        if (!(apart <= 3 * 2 ** -22)) expect.fail(`${x} where ${moved[i]} belongs`)
        if (share === 0 && x !== own[i]) expect.fail(`${x} where ${own[i]} stays`)
        if (share === 1 && x !== decoded.values[i]) expect.fail(`${x} where ${decoded.values[i]} was sent`)
      })
    }),
    { numRuns: 50 },
  )
})

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

test('bytes of int8 that are wrong anywhere move nothing', () => {
  const bytes = codecs.int8.encode(new Float32Array(600).fill(2))
  const wrong = bytes.slice()
  wrong[5] = 0x7c
  for (const loops of [plainLoops, simd]) {
    const values = new Float32Array(600).fill(1)
    const { int8 } = codecsWith(loops)
    expect(int8.merge(wrong, values, 0.5)).toBe('not-finite')
    expect(int8.merge(bytes.subarray(1), values, 0.5)).toBe('size')
    expect(values.every((x) => x === 1)).toBe(true)
  }
})
