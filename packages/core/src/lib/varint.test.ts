import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, ByteWriter } from './varint.ts'

const varint = (value: number) => new ByteWriter().varint(value).finish()

test('golden varints', () => {
  expect([...varint(0)]).toEqual([0])
  expect([...varint(127)]).toEqual([127])
  expect([...varint(128)]).toEqual([128, 1])
  expect([...varint(300)]).toEqual([0xac, 0x02])
  expect([...varint(Number.MAX_SAFE_INTEGER)]).toEqual([255, 255, 255, 255, 255, 255, 255, 15])
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.nat(0xffffffff),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array(),
      (number, word, text, bytes, rest) => {
        const written = new ByteWriter()
          .varint(number)
          .uint32(word)
          .text(text)
          .bytes(bytes)
          .raw(rest)
          .finish()
        const reader = new ByteReader(written)
        expect([reader.varint(), reader.uint32(), reader.text(1e6)]).toEqual([number, word, text])
        expect(reader.bytes(300)).toEqual(bytes)
        expect(reader.done).toBe(rest.length === 0)
        expect(reader.rest()).toEqual(rest)
        expect(reader.done).toBe(true)
      },
    ),
  )
})

test('no bytes make a reader throw, and a failure is for good', () => {
  const reads = fc.array(fc.constantFrom('byte', 'uint32', 'varint', 'bytes', 'text', 'raw'))
  fc.assert(
    fc.property(fc.uint8Array(), reads, (bytes, names) => {
      const reader = new ByteReader(bytes)
      let failed = false
      for (const name of names) {
        if (name === 'bytes' || name === 'text' || name === 'raw') reader[name](9)
        else expect(reader[name]()).toBeGreaterThanOrEqual(0)
        if (failed) expect(reader.ok).toBe(false)
        failed = !reader.ok
        if (failed) expect(reader.left).toBe(0)
      }
    }),
  )
})

test('cut, overlong and too large numbers are refused', () => {
  const refused = (bytes: readonly number[], most?: number): boolean => {
    const reader = new ByteReader(Uint8Array.from(bytes))
    return reader.varint(most) === 0 && !reader.ok
  }
  expect(refused([])).toBe(true)
  expect(refused([0x80])).toBe(true)
  expect(refused([0x80, 0])).toBe(true)
  expect(refused([255, 255, 255, 255, 255, 255, 255, 16])).toBe(true)
  expect(refused([255, 255, 255, 255, 255, 255, 255, 255, 1])).toBe(true)
  expect(refused([101], 100)).toBe(true)
  expect(refused([100], 100)).toBe(false)
})

test('a length beyond the bytes gives nothing', () => {
  const reader = new ByteReader(Uint8Array.from([200, 1, 7]))
  expect(reader.bytes(1000).length).toBe(0)
  expect(reader.ok).toBe(false)
  const negative = new ByteReader(Uint8Array.from([1, 2, 3]))
  expect(negative.raw(Number.NaN).length).toBe(0)
  expect(negative.ok).toBe(false)
})

test('only whole numbers that fit are written', () => {
  for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => varint(value)).toThrow(RangeError)
})
