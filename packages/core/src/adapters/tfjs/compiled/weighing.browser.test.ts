import { describe, expect, test } from 'vitest'
import { codecs } from '../../../codec/codecs.ts'
import { normal, seededRandom } from '../../../lib/random.ts'
import { mnist } from '../../../task/presets.ts'
import { completeTask } from '../../../task/schema.ts'
import { createTfjsTrainer } from '../trainer.ts'

/** A trainer of `pixels * classes + classes` parameters. */
const trainerOf = (pixels: number, classes: number) =>
  createTfjsTrainer({
    task: completeTask({
      ...mnist,
      data: {
        kind: 'image',
        shape: [1, pixels, 1],
        classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
      },
      model: { kind: 'mlp', hidden: [] },
      training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 4 },
    }),
    examples: {
      inputs: Uint8Array.from({ length: 9 * pixels }, (_, i) => (37 * i) % 256),
      labels: Uint8Array.from({ length: 9 }, (_, i) => i % classes),
      shape: [1, pixels, 1],
    },
    backend: 'webgpu',
    seed: 1,
  })

const vectors = (size: number) => {
  const random = seededRandom(size)
  const own = Float32Array.from({ length: size }, () => normal(random))
  // Also blocks whose scale is a subnormal float16, zeros, and large ones.
  const theirs = own.map((_, i) => normal(random) * ([1, 1e-5, 0, 3_000][(i >> 8) % 4] ?? 1))
  return { own, theirs }
}

describe.each([
  [2, 2],
  [63, 4],
  [84, 3],
  [85, 3],
  [127, 4],
  [499, 5],
])('a move of %d x %d and %#', (pixels, classes) => {
  test.each(['int8', 'float16'] as const)('comes from the bytes of %s, equal bit for bit', async (codec) => {
    const trainer = await trainerOf(pixels, classes)
    expect(trainer.note).toBeUndefined()
    const { size } = trainer.layout
    const { own, theirs } = vectors(size)
    const encoded = codecs[codec].encode(theirs)
    const decoded = codecs[codec].decode(encoded, size)
    if (!decoded.ok) throw new Error(decoded.reason)
    // A view that does not begin where a word does, as frames from the wire are.
    const bytes = new Uint8Array(encoded.length + 3).subarray(3)
    bytes.set(encoded)
    await trainer.write(own)
    // No use is made of the difference where bytes are given: these would show.
    const difference = new Float32Array(size).fill(Number.NaN)
    const { before, after } = await trainer.weigh({ difference, share: 0.5, encoded: { codec, bytes } })
    expect(before).toBeCloseTo(await trainer.probe(own), 4)
    const middle = own.map((value, i) => value + 0.5 * ((decoded.values[i] ?? 0) - value))
    expect(after / (await trainer.probe(middle))).toBeCloseTo(1, 4)
    await trainer.add(difference, 1)
    const expected = own.map((value, i) => value + Math.fround((decoded.values[i] ?? 0) - value))
    expect(await trainer.read()).toEqual(expected)
    await trainer.write(own)
    await trainer.approach({ codec, bytes }, 1)
    expect(await trainer.read()).toEqual(expected)
    trainer.dispose()
  })
})

test('what is held is gone after another addition', async () => {
  const trainer = await trainerOf(3, 2)
  const own = await trainer.read()
  const ones = new Float32Array(own.length).fill(1)
  await trainer.weigh({ difference: ones, share: 1 })
  await trainer.add(ones.map(() => 0.5))
  await trainer.add(
    ones.map(() => 0.25),
    0.25,
  )
  const now = await trainer.read()
  for (const [i, value] of now.entries()) expect(value).toBeCloseTo((own[i] ?? 0) + 0.75, 6)
  trainer.dispose()
})
