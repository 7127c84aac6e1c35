/** Whether both hold the same bytes. Not constant in time: never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** A new array of all parts in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** The text as UTF-8; half a surrogate pair becomes U+FFFD. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    const scalar = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
    if (scalar < 0x80) bytes.push(scalar)
    else {
      const trailing = scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3
      bytes.push(((0xff << (7 - trailing)) & 0xff) | (scalar >> (6 * trailing)))
      for (let shift = 6 * (trailing - 1); shift >= 0; shift -= 6)
        bytes.push(0x80 | ((scalar >> shift) & 0x3f))
    }
  }
  return Uint8Array.from(bytes)
}

/** The text of well-formed UTF-8, undefined for anything else (overlong forms, surrogates, cut sequences). Never throws. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i++] ?? 0
    const trailing =
      lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1
    if (trailing < 0 || i + trailing > bytes.length) return undefined
    let point = trailing === 0 ? lead : lead & (0x3f >> trailing)
    for (let k = 0; k < trailing; k++) {
      const byte = bytes[i++] ?? 0
      if ((byte & 0xc0) !== 0x80) return undefined
      point = (point << 6) | (byte & 0x3f)
    }
    const overlong = (trailing === 2 && point < 0x800) || (trailing === 3 && point < 0x10000)
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
    text += String.fromCodePoint(point)
  }
  return text
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes that standard base64 stands for. Throws RangeError for a character outside its alphabet. */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/=+$/, '')
  const bytes = new Uint8Array((digits.length * 3) >> 2)
  let bits = 0
  let held = 0
  let length = 0
  for (const digit of digits) {
    const value = base64Digits.indexOf(digit)
    if (value < 0) throw new RangeError(`base64: ${JSON.stringify(digit)}`)
    held = ((held << 6) | value) & 0xfff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = held >> bits
    }
  }
  return bytes
}
