import { utf8Bytes, utf8Text } from './bytes.ts'

/**
 * Numbers and strings as bytes. A varint is LEB128: seven bits a byte, lowest first, the high bit set on all but
 * the last; 0 to 2^53 - 1, in the shortest form only. Fixed integers are little-endian.
 */

const longestVarint = 8

/** Builds a byte string from its parts. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  /** `expectedBytes` spares reallocation where the size is known. */
  constructor(expectedBytes = 64) {
    this.#bytes = new Uint8Array(Math.max(16, expectedBytes))
  }

  byte(value: number): this {
    const at = this.#reserve(1)
    this.#bytes[at] = value
    return this
  }

  uint32(value: number): this {
    for (let shift = 0; shift < 32; shift += 8) this.byte(value >>> shift)
    return this
  }

  /** Throws RangeError unless `value` is a whole number from 0 to 2^53 - 1. */
  varint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`varint: ${value}`)
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    return this.byte(rest)
  }

  /** The bytes themselves, without a length: the reader must know it. */
  raw(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  /** A varint of the length, then the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes)
  }

  /** A varint of the length in bytes, then UTF-8. */
  text(text: string): this {
    return this.bytes(utf8Bytes(text))
  }

  /** What was written. The caller owns it and writes no more. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.slice(0, this.#length)
  }

  #reserve(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    return at
  }
}

/**
 * Reads what a stranger wrote. It never throws: a read that finds too few or forbidden bytes gives 0 or nothing
 * and turns `ok` false for good. So a decoder reads every field in a row and asks once, at the end, `reader.done`.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0
  #ok = true

  /** Only reads `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Whether every read so far found what it wanted. */
  get ok(): boolean {
    return this.#ok
  }

  /** Whether every read succeeded and nothing is left. */
  get done(): boolean {
    return this.#ok && this.#at === this.#bytes.length
  }

  /** Bytes not yet read; 0 once a read has failed. */
  get left(): number {
    return this.#ok ? this.#bytes.length - this.#at : 0
  }

  /** Declares what was read invalid, e.g. a field out of its range. */
  fail(): void {
    this.#ok = false
  }

  byte(): number {
    if (this.left < 1) return this.#invalid()
    return this.#bytes[this.#at++] ?? 0
  }

  uint32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0
  }

  /** A varint from 0 to `most` (at most 2^53 - 1); a larger one fails. */
  varint(most: number = Number.MAX_SAFE_INTEGER): number {
    let value = 0
    let unit = 1
    for (let i = 0; i < longestVarint; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * unit
      unit *= 0x80
      if (byte < 0x80) {
        const shortest = byte > 0 || i === 0
        return this.#ok && shortest && value <= most ? value : this.#invalid()
      }
    }
    return this.#invalid()
  }

  /** A view of the next `count` bytes, or an empty one and a failure. */
  raw(count: number): Uint8Array {
    if (!(count >= 0 && count <= this.left)) {
      this.#ok = false
      return this.#bytes.subarray(0, 0)
    }
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  /** A view of bytes that begin with their length, at most `mostBytes`. */
  bytes(mostBytes: number): Uint8Array {
    return this.raw(this.varint(mostBytes))
  }

  /** Well-formed UTF-8 that begins with its length, at most `mostBytes`. */
  text(mostBytes: number): string {
    const text = utf8Text(this.bytes(mostBytes))
    if (text === undefined) this.#ok = false
    return text ?? ''
  }

  /** A view of everything that is left. */
  rest(): Uint8Array {
    return this.raw(this.left)
  }

  #invalid(): 0 {
    this.#ok = false
    return 0
  }
}
