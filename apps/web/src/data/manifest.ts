/** One file of examples. `sha256` (hex) and `rawBytes` are those of the uncompressed bytes. */
export interface Shard {
  readonly file: string
  readonly count: number
  readonly bytes: number
  readonly rawBytes: number
  readonly sha256: string
}

/** What `scripts/build-mnist.mjs` wrote: training shards by class, and shards of test examples with labels. */
export interface Manifest {
  readonly shape: readonly [number, number, number]
  readonly train: readonly {
    readonly label: number
    readonly count: number
    readonly shards: readonly Shard[]
  }[]
  readonly test: { readonly count: number; readonly shards: readonly Shard[] }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isCount = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= most

const isShard = (value: unknown): value is Shard =>
  isRecord(value) &&
  typeof value.file === 'string' &&
  /^[a-z0-9-]+\.gz$/.test(value.file) &&
  isCount(value.count, 10_000) &&
  isCount(value.bytes, 16_000_000) &&
  isCount(value.rawBytes, 16_000_000) &&
  typeof value.sha256 === 'string'

const holdsShards = (value: unknown): value is { count: number; shards: readonly Shard[] } =>
  isRecord(value) &&
  isCount(value.count, 1_000_000) &&
  Array.isArray(value.shards) &&
  value.shards.every(isShard) &&
  value.shards.reduce((sum, shard) => sum + shard.count, 0) === value.count

const isManifest = (value: unknown): value is Manifest =>
  isRecord(value) &&
  value.version === 1 &&
  Array.isArray(value.shape) &&
  value.shape.join() === '28,28,1' &&
  Array.isArray(value.train) &&
  value.train.length === 10 &&
  value.train.every((each, label) => isRecord(each) && each.label === label && holdsShards(each)) &&
  holdsShards(value.test)

/** The manifest, or undefined when the JSON is not one of this version. */
export const parseManifest = (value: unknown): Manifest | undefined => (isManifest(value) ? value : undefined)
