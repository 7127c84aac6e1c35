import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Examples } from '../../ports.ts'
import { targetsOf } from '../../task/data.ts'
import { labelCounts } from '../../task/logit-adjustment.ts'
import { text } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import { textExamples } from '../../task/text.ts'
import { createTfjsTrainer } from './trainer.ts'

/** What the repository says of itself, all but its end to train on. */
const document = ['README', 'ARCHITECTURE', 'PROTOCOL', 'CONTRIBUTING']
  .map((name) => readFileSync(new URL(`../../../../../${name}.md`, import.meta.url), 'utf8'))
  .join('\n')
const cut = Math.floor(0.9 * document.length)

const task = completeTask({
  ...text,
  data: { kind: 'text', context: 32, vocabulary: 'bytes' },
  model: { kind: 'transformer', width: 32, heads: 2, blocks: 1 },
  training: { optimizer: { kind: 'adam', learningRate: 0.01 }, batchSize: 16 },
})
if (task.data.kind !== 'text') throw new Error('this is no text')
const { data } = task
const train = textExamples(document.slice(0, cut), data, 8)
const held = textExamples(document.slice(cut), data)

/** Nats a byte that a model must beat to know more than how often each byte comes: Shannon's entropy of those shares. */
function entropy(examples: Examples): number {
  const counts = labelCounts(targetsOf(data, examples), 256)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log(count / total)),
    0,
  )
}

const open = (examples: Examples, seed: number) =>
  createTfjsTrainer({ task, examples, backend: 'wasm', seed })

test('a small transformer learns to read these documents far better than by how often each byte comes', async () => {
  const trainer = await open(train, 1)
  const before = await trainer.evaluate(held)
  expect(before.loss).toBeCloseTo(Math.log(256), 0)
  expect(before.count).toBe(32 * held.labels.length)
  await trainer.train(300)
  const after = await trainer.evaluate(held)
  expect(after.loss).toBeLessThan(0.85 * entropy(held))
  expect(after.accuracy).toBeGreaterThan(0.2)

  // What comes after each window: the last of its rows.
  const shares = await trainer.predict(held.inputs)
  expect(shares.length).toBe(256 * held.labels.length)
  expect(shares.subarray(0, 256).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5)
  let loss = 0
  for (const [window, label] of held.labels.entries()) loss -= Math.log(shares[window * 256 + label] ?? 0)
  expect(Math.abs(loss / held.labels.length - after.loss)).toBeLessThan(0.4)
  trainer.dispose()
})

test('two peers that read different halves can merge, and the merged model reads both better than either', async () => {
  const half = Math.floor(train.labels.length / 2)
  const part = (from: number, to: number): Examples => ({
    inputs: train.inputs.subarray(32 * from, 32 * to),
    labels: train.labels.subarray(from, to),
    shape: train.shape,
  })
  const [a, b] = [await open(part(0, half), 1), await open(part(half, 2 * half), 2)]
  expect(a.layout).toEqual(b.layout)
  expect(await a.read()).toEqual(await b.read())
  const average = async (): Promise<Float32Array> => {
    const theirs = await b.read()
    return (await a.read()).map((value, i) => 0.5 * (value + (theirs[i] ?? 0)))
  }
  for (let round = 0; round < 15; round++) {
    await a.train(8)
    await b.train(8)
    if (round === 14) break
    const merged = await average()
    await a.write(merged)
    await b.write(merged)
  }
  const alone = [await a.evaluate(held), await b.evaluate(held)]
  const merged = await a.evaluate(held, await average())
  for (const { loss } of alone) expect(merged.loss).toBeLessThan(loss)
  expect(merged.loss).toBeLessThan(0.95 * entropy(held))
  a.dispose()
  b.dispose()
})
