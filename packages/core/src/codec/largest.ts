/** Below this, sorting is faster than counting. */
const few = 4096

/**
 * The bits of the k-th largest magnitude of finite values, and how many values of just that magnitude belong to the k
 * largest, in two passes over them: magnitudes of floats are in the order of their bits taken as integers.
 * `k` is 0 to the number of values.
 */
export function thresholdBits(values: Float32Array, k: number): readonly [number, number] {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  if (k === 0) return [0x7fffffff, 0]
  if (words.length < few) return bySorting(words, k)
  const highs = new Uint32Array(2 ** 15)
  for (const word of words) bump(highs, (word & 0x7fffffff) >>> 16)
  const [high, wanted] = bucketOf(highs, k)
  const lows = new Uint32Array(2 ** 16)
  for (const word of words) if ((word & 0x7fffffff) >>> 16 === high) bump(lows, word & 0xffff)
  const [low, equal] = bucketOf(lows, wanted)
  return [high * 2 ** 16 + low, equal]
}

function bySorting(words: Uint32Array, k: number): readonly [number, number] {
  const magnitudes = words.map((word) => word & 0x7fffffff).sort()
  const limit = magnitudes[magnitudes.length - k] ?? 0
  let first = magnitudes.length - 1
  while (first >= 0 && magnitudes[first] !== limit) first--
  const above = magnitudes.length - 1 - first
  return [limit, k - above]
}

function bump(counts: Uint32Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1
}

/** The bucket that holds the k-th from above, and which one of that bucket it is. */
function bucketOf(counts: Uint32Array, k: number): readonly [number, number] {
  let wanted = k
  for (let bucket = counts.length - 1; bucket >= 0; bucket--) {
    const count = counts[bucket] ?? 0
    if (count >= wanted) return [bucket, wanted]
    wanted -= count
  }
  return [0, 0]
}
