import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { base64Bytes, concatBytes, equalBytes, utf8Bytes, utf8Text } from './bytes.ts'

test('text to UTF-8 is what the platform does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Bytes(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)))
      expect(utf8Text(utf8Bytes(text))).toBe(text)
    }),
  )
  expect(utf8Bytes('a\ud800b')).toEqual(new Uint8Array(new TextEncoder().encode('a\ud800b')))
})

test('bytes to text refuses exactly what a fatal decoder refuses', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const reference = (bytes: Uint8Array): string | undefined => {
    try {
      return decoder.decode(bytes)
    } catch {
      return undefined
    }
  }
  const lead = fc.constantFrom(
    0x41,
    0x80,
    0xbf,
    0xc0,
    0xc2,
    0xdf,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
    0x90,
    0xa0,
  )
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.array(lead).map(Uint8Array.from.bind(Uint8Array))), (bytes) => {
      expect(utf8Text(bytes)).toBe(reference(bytes))
    }),
    { numRuns: 2000 },
  )
})

test('base64 is read as the platform writes it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64Bytes(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
    }),
  )
  expect(() => base64Bytes('a*b=')).toThrow(RangeError)
})

test('parts join in order, and equality looks at every byte', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => {
      const joined = concatBytes(...parts)
      expect([...joined]).toEqual(parts.flatMap((part) => [...part]))
      expect(equalBytes(joined, concatBytes(...parts))).toBe(true)
      if (joined.length > 0) {
        expect(equalBytes(joined, joined.subarray(1))).toBe(false)
        const other = joined.slice()
        other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
        expect(equalBytes(joined, other)).toBe(false)
      }
    }),
  )
})
