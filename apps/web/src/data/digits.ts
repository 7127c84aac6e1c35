import type { Examples } from '@gossamer/core'
import { DataError, fetchShard } from './fetch-shard.ts'
import { inTurns } from './in-turns.ts'
import { type Manifest, parseManifest } from './manifest.ts'
import { planTraining } from './plan.ts'
import { shuffled } from './shuffled.ts'

const imageBytes = 784

export interface WantedDigits {
  readonly classes: readonly number[]
  /** Training examples in all, spread evenly over the classes. */
  readonly samples: number
  /** Which examples; the same seed gives the same ones. */
  readonly seed: number
}

export interface Digits {
  readonly train: Examples
  readonly test: Examples
}

async function fetchManifest(base: string): Promise<Manifest> {
  const response = await fetch(`${base}manifest.json`).catch(() => undefined)
  const manifest =
    response?.ok === true ? parseManifest(await response.json().catch(() => undefined)) : undefined
  if (manifest === undefined) throw new DataError('the list of data files (manifest.json) could not be read')
  return manifest
}

async function loadTraining(base: string, manifest: Manifest, wanted: WantedDigits): Promise<Examples> {
  const classes = await Promise.all(
    planTraining(manifest, wanted).map(async ({ label, take, shards }) => {
      const parts = await inTurns(shards, 1, (shard) => fetchShard(base, shard))
      const images = parts.flatMap((part) =>
        Array.from({ length: part.length / imageBytes }, (_, i) =>
          part.subarray(i * imageBytes, (i + 1) * imageBytes),
        ),
      )
      return shuffled(images, wanted.seed + label)
        .slice(0, take)
        .map((pixels) => ({ label, pixels }))
    }),
  )
  const examples = shuffled(classes.flat(), wanted.seed)
  const inputs = new Uint8Array(examples.length * imageBytes)
  examples.forEach(({ pixels }, i) => {
    inputs.set(pixels, i * imageBytes)
  })
  return { inputs, labels: Uint8Array.from(examples, ({ label }) => label), shape: manifest.shape }
}

async function loadTest(base: string, manifest: Manifest): Promise<Examples> {
  const parts = await inTurns(manifest.test.shards, 3, (shard) => fetchShard(base, shard))
  const inputs = new Uint8Array(manifest.test.count * imageBytes)
  const labels = new Uint8Array(manifest.test.count)
  let at = 0
  manifest.test.shards.forEach(({ count }, i) => {
    const part = parts[i] ?? new Uint8Array()
    labels.set(part.subarray(0, count), at)
    inputs.set(part.subarray(count), at * imageBytes)
    at += count
  })
  return { inputs, labels, shape: manifest.shape }
}

/**
 * Fetches the training digits asked for (only the shards that hold them) and the whole test set of 10,000.
 * Inputs are Uint8Array of shape [28, 28, 1], owned by the caller. `base` ends in '/'. Throws DataError.
 */
export async function loadDigits(base: string, wanted: WantedDigits): Promise<Digits> {
  const manifest = await fetchManifest(base)
  const [train, test] = await Promise.all([loadTraining(base, manifest, wanted), loadTest(base, manifest)])
  return { train, test }
}
