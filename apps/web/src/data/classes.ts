/** Class labels of the digits, in order. */
export const allClasses: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

export type ParsedClasses =
  | { readonly ok: true; readonly classes: readonly number[] }
  /** `part` is the piece of the text that cannot be read. */
  | { readonly ok: false; readonly part: string }

/** Reads '0-4,7' as [0, 1, 2, 3, 4, 7]: single digits and rising ranges, sorted and without repeats. */
export function parseClasses(text: string): ParsedClasses {
  const classes = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^\s*(\d)\s*(?:-\s*(\d)\s*)?$/.exec(part)
    if (match === null) return { ok: false, part }
    const first = Number(match[1])
    const last = match[2] === undefined ? first : Number(match[2])
    if (last < first) return { ok: false, part }
    for (let label = first; label <= last; label++) classes.add(label)
  }
  return { ok: true, classes: [...classes].sort((a, b) => a - b) }
}

/** The shortest text that `parseClasses` reads back: [0, 1, 2, 7] is '0-2,7'. */
export function formatClasses(classes: readonly number[]): string {
  const parts: string[] = []
  const sorted = [...classes].sort((a, b) => a - b)
  for (let i = 0; i < sorted.length; ) {
    let end = i
    while (sorted[end + 1] === (sorted[end] ?? Number.NaN) + 1) end++
    const [first, last] = [sorted[i], sorted[end]]
    parts.push(end === i ? `${first}` : end === i + 1 ? `${first},${last}` : `${first}-${last}`)
    i = end + 1
  }
  return parts.join(',')
}

/** Each is dealt together with its complement; any two of them share two or three classes. */
const halves: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4],
  [0, 2, 4, 6, 8],
  [0, 1, 2, 5, 6],
  [0, 1, 2, 7, 8],
  [0, 1, 3, 5, 8],
  [0, 1, 3, 6, 7],
  [0, 1, 4, 5, 7],
  [0, 1, 4, 6, 9],
]

/**
 * The five classes for a seat of a room. Seats 2k and 2k + 1 hold complementary halves, so every class is held
 * equally often once such a pair is complete; the first 16 seats all differ, then the deal begins again.
 */
export function dealClasses(seat: number): readonly number[] {
  const half = halves[Math.floor(seat / 2) % halves.length] ?? allClasses
  return seat % 2 === 0 ? half : missingClasses(half)
}

/** The classes that are not among the given ones. */
export const missingClasses = (classes: readonly number[]): readonly number[] =>
  allClasses.filter((label) => !classes.includes(label))
