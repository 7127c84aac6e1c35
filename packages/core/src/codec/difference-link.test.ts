import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../lib/random.ts'
import { distance, norm } from '../params/vector.ts'
import { linkCodecs, linkCodecsWith } from './codecs.ts'
import type { Link, LinkDecoded } from './link.ts'
import { plainLoops } from './plain-loops.ts'
import { simdLoops } from './simd-loops.ts'

const names = ['ternary', 'sign', 'top-k'] as const
const simd = simdLoops() ?? expect.fail('no WebAssembly SIMD')
const both = { plain: linkCodecsWith(plainLoops), simd: linkCodecsWith(simd) }
const implementations = Object.entries(both).flatMap(([loops, codecs]) =>
  names.map((name) => ({ loops, name, codec: codecs[name] })),
)

/** Vectors that wander, as those of a peer in training. */
function walk(length: number, seed: number, stride: number): () => Float32Array {
  const random = seededRandom(seed)
  const values = Float32Array.from({ length }, () => normal(random))
  return () => {
    for (let i = 0; i < length; i++) values[i] = (values[i] ?? 0) + stride * normal(random)
    return values.slice()
  }
}

const valuesOf = (decoded: LinkDecoded): Float32Array =>
  decoded.ok ? decoded.values : expect.fail(decoded.reason)
const isKeyframe = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 1) === 0
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

describe.each(implementations)('$name ($loops)', ({ codec }) => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1_000, max: 2_100 }))

  test('both ends hold the same reference, to the bit, and it follows the values', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), fc.nat(3), (length, seed, offset) => {
        const random = seededRandom(seed)
        const next = walk(length, seed, 0.02)
        const [here, there] = [codec.open(length), codec.open(length)]
        for (let frame = 0; frame < 8; frame++) {
          const values = next()
          const before = values.slice()
          const { bytes, reference } = here.encode(values, random)
          expect(values).toEqual(before)
          expect(isKeyframe(bytes)).toBe(frame === 0)
          expect(bytes.length).toBeLessThanOrEqual(codec.mostBytes(length))
          const shifted = new Uint8Array(bytes.length + offset).subarray(offset)
          shifted.set(bytes)
          const decoded = valuesOf(there.decode(shifted))
          expect(decoded).toEqual(reference)
          expect(shifted).toEqual(bytes)
          expect(distance(decoded, values)).toBeLessThanOrEqual(0.3 * norm(values))
          // What the caller was given is the caller's.
          decoded.fill(7)
          reference.fill(9)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('a difference leaves less than there was, unless there was nothing', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), (length, seed) => {
        const random = seededRandom(seed)
        const here = codec.open(length)
        const first = here.encode(walk(length, seed, 0.02)(), random).reference
        const target = walk(length, seed, 0.05)()
        const { reference } = here.encode(target, random)
        expect(distance(target, reference)).toBeLessThanOrEqual(distance(target, first) * 1.000001)
        if (length > 0) expect(distance(target, reference)).toBeLessThan(distance(target, first))
      }),
      { numRuns: 60 },
    )
  })

  test('values that stay are reached', () => {
    const length = 300
    const random = seededRandom(1)
    const [here, there] = [codec.open(length), codec.open(length)]
    const next = walk(length, 4, 0.05)
    there.decode(here.encode(next(), random).bytes)
    const target = next()
    const left: number[] = []
    for (let frame = 0; frame < 150; frame++)
      left.push(distance(target, valuesOf(there.decode(here.encode(target, random).bytes))))
    expect(left.at(-1)).toBeLessThan(0.1 * (left[0] ?? 0))
  })

  test('after a lost frame the receiver asks for a keyframe and gets one', () => {
    const length = 100
    const random = seededRandom(2)
    const next = walk(length, 5, 0.01)
    const far = walk(length, 50, 0.01)
    const [here, there] = [codec.open(length), codec.open(length)]
    valuesOf(there.decode(here.encode(next(), random).bytes))
    valuesOf(here.decode(there.encode(far(), random).bytes))
    here.encode(next(), random)
    const refused = { ok: false, reason: 'no-reference' }
    expect(there.decode(here.encode(next(), random).bytes)).toEqual(refused)
    expect(there.decode(here.encode(next(), random).bytes)).toEqual(refused)
    const answer = there.encode(far(), random)
    expect(isKeyframe(answer.bytes)).toBe(false)
    expect(valuesOf(here.decode(answer.bytes))).toEqual(answer.reference)
    const cure = here.encode(next(), random)
    expect(isKeyframe(cure.bytes)).toBe(true)
    expect(valuesOf(there.decode(cure.bytes))).toEqual(cure.reference)
    expect(isKeyframe(here.encode(next(), random).bytes)).toBe(false)
    expect((there.encode(far(), random).bytes[0] ?? 0) & 2).toBe(0)
  })

  test('the wish for a keyframe is heard even in a frame that cannot be applied', () => {
    const random = seededRandom(3)
    const next = walk(50, 6, 0.01)
    const far = walk(50, 60, 0.01)
    const [here, there] = [codec.open(50), codec.open(50)]
    valuesOf(there.decode(here.encode(next(), random).bytes))
    valuesOf(here.decode(there.encode(far(), random).bytes))
    here.encode(next(), random)
    there.encode(far(), random)
    expect(there.decode(here.encode(next(), random).bytes).ok).toBe(false)
    expect(here.decode(there.encode(far(), random).bytes).ok).toBe(false)
    expect(isKeyframe(here.encode(next(), random).bytes)).toBe(true)
  })

  test('what was forgotten is said anew', () => {
    const random = seededRandom(4)
    const next = walk(50, 7, 0.01)
    const here = codec.open(50)
    here.encode(next(), random)
    here.forget()
    expect(isKeyframe(here.encode(next(), random).bytes)).toBe(true)
    expect(isKeyframe(here.encode(next(), random).bytes)).toBe(false)
  })

  test('where one round leaves too much, further rounds or a keyframe say more', () => {
    const random = seededRandom(7)
    const length = 400
    const [here, there] = [codec.open(length), codec.open(length)]
    const next = walk(length, 10, 0.1)
    const first = next()
    valuesOf(there.decode(here.encode(first, random).bytes))
    const short = here.encode(next(), random)
    valuesOf(there.decode(short.bytes))
    const target = next()
    const near = target.map((x, i) => x + (i % 2 ? 0.02 : -0.02))
    valuesOf(here.decode(there.encode(near, random).bytes))
    const { bytes, reference } = here.encode(target, random)
    expect(bytes.length).toBeGreaterThan(short.bytes.length)
    expect(bytes.length).toBeLessThanOrEqual(codec.mostBytes(length))
    expect(distance(reference, target)).toBeLessThanOrEqual(distance(target, near) * 1.02)
    expect(valuesOf(there.decode(bytes))).toEqual(reference)
  })

  test('a reference that lags behind more than 0.7 of the way to the neighbour is sent whole', () => {
    const random = seededRandom(5)
    const length = 400
    const values = walk(length, 8, 0)()
    const near = values.map((x) => x * 1.001)
    const [here, there] = [codec.open(length), codec.open(length)]
    here.decode(there.encode(near, random).bytes)
    here.encode(
      values.map((x) => -x),
      random,
    )
    const { bytes, reference } = here.encode(values, random)
    expect(isKeyframe(bytes)).toBe(true)
    expect(distance(reference, values)).toBeLessThan(0.02 * norm(values))
  })

  test('frames of an earlier life of the link are not taken for this one', () => {
    const next = walk(50, 9, 0.01)
    const before = codec.open(50)
    before.encode(next(), seededRandom(1))
    const stale = before.encode(next(), seededRandom(1)).bytes
    const [here, there] = [codec.open(50), codec.open(50)]
    valuesOf(there.decode(here.encode(next(), seededRandom(2)).bytes))
    expect(there.decode(stale)).toEqual({ ok: false, reason: 'no-reference' })
  })

  test('values that are not finite are not sent, and a difference too large for a float is sent whole', () => {
    const random = seededRandom(6)
    const here = codec.open(2)
    here.encode(Float32Array.of(1, 2), random)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => here.encode(Float32Array.of(1, bad), random)).toThrow(RangeError)
    expect(isKeyframe(here.encode(Float32Array.of(3e38, -3e38), random).bytes)).toBe(true)
  })

  test('no bytes make it throw or spoil the reference with what is not finite', () => {
    fc.assert(
      fc.property(
        fc.nat(1_100),
        fc.infiniteStream(fc.nat(255)),
        fc.integer({ min: -1, max: 1 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        (length, stream, off, changes) => {
          const random = seededRandom(length)
          const [here, there] = [codec.open(length), codec.open(length)]
          const next = walk(length, length, 0.1)
          const frames = [0, 1].map(() => here.encode(next(), random).bytes)
          for (const frame of frames) {
            const hostile = Uint8Array.from({ length: frame.length + off }, (_, i) =>
              i < 5 ? (frame[i] ?? 0) : stream.next().value,
            )
            const mutated = frame.slice()
            for (const [at, value] of changes) mutated[at % mutated.length] = value
            for (const bytes of [hostile, mutated, frame]) {
              const decoded = there.decode(bytes)
              if (decoded.ok) {
                expect(decoded.values.length).toBe(length)
                expect(decoded.values.every(Number.isFinite)).toBe(true)
              } else expect(['size', 'malformed', 'not-finite', 'no-reference']).toContain(decoded.reason)
            }
          }
          for (const bytes of [new Uint8Array(0), Uint8Array.of(1), Uint8Array.of(255, 0, 0, 0, 0)])
            if (length > 0) expect(there.decode(bytes).ok).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  })
})

test.each(names)('%s: both loops give the same frames and references, bit for bit', (name) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.nat(40), fc.integer({ min: 1_000, max: 3_000 })),
      fc.nat(),
      fc.integer({ min: -12, max: 12 }),
      (length, seed, exponent) => {
        const play = (link: Link): string[] => {
          const random = seededRandom(seed)
          const next = walk(length, seed, 0.03)
          return [0, 1, 2, 3].map(() => {
            const { bytes, reference } = link.encode(
              next().map((x) => x * 2 ** exponent),
              random,
            )
            return hex(bytes) + hex(new Uint8Array(reference.buffer))
          })
        }
        expect(play(both.simd[name].open(length))).toEqual(play(both.plain[name].open(length)))
      },
    ),
    { numRuns: 60 },
  )
})

test('every pattern of bytes decodes alike in both loops', () => {
  for (const [add, count] of [
    ['addTrits', 1279],
    ['addSigns', 2048],
  ] as const) {
    const bytes = new Uint8Array(4 + 256)
    bytes.set([0, 0x3c, 0, 0x38])
    for (let i = 0; i < 256; i++) bytes[4 + i] = i
    const [a, b] = [new Float32Array(count), new Float32Array(count)]
    expect([plainLoops[add](bytes, a), simd[add](bytes, b)]).toEqual([true, true])
    expect(a).toEqual(b)
    expect(a.some((x) => x !== 0)).toBe(true)
  }
})

test('golden frames', () => {
  const before = Float32Array.of(1, -1, 0.5, 0, 0.25, 2)
  const after = Float32Array.of(1.5, -1, 0, -0.01, 0.75, 2)
  const frames = names.map((name) => {
    const link = linkCodecs[name].open(6)
    const random = seededRandom(1)
    return [link.encode(before, random).bytes, link.encode(after, random).bytes].map(hex)
  })
  expect(frames).toEqual([
    ['00 fb af 4a ec 09 24 3f c1 20 00 10 7f', '01 fb af 4a ec 06 38 10 00'],
    ['00 fb af 4a ec 09 24 3f c1 20 00 10 7f', '01 fb af 4a ec 13 34 2e'],
    ['00 fb af 4a ec 09 24 3f c1 20 00 10 7f', '01 fb af 4a ec 01 00 00 00 00 00 17 1c 7f'],
  ])
})

test('sizes are those of the documents', () => {
  const bytesPerValue = names.map((name) => {
    const link = linkCodecs[name].open(102_400)
    const next = walk(102_400, 1, 0.01)
    const random = seededRandom(1)
    link.encode(next(), random)
    return link.encode(next(), random).bytes.length
  })
  expect(bytesPerValue).toEqual([5 + 100 * (2 + 205), 5 + 100 * (2 + 128), 5 + 8 + 2 * 3200 + 3200 + 2 * 13])
})
