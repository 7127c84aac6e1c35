import { expect, test } from 'vitest'
import { completeTask } from '../../../task/schema.ts'
import { shardSeed } from './shard-seed.ts'
import { afterTurn, shardsOf, sharedStep } from './shared-step.ts'
import { mostThreads, threadsHere, usefulThreads } from './threads.ts'

test.each([
  [32, 2, [16, 16]],
  [32, 3, [10, 11, 11]],
  [5, 5, [1, 1, 1, 1, 1]],
  [7, 1, [7]],
])('a batch of %i on %i threads falls into %j', (batchSize, threads, counts) => {
  const shards = shardsOf(batchSize, threads)
  expect(shards.map(({ count }) => count)).toEqual(counts)
  let next = 0
  for (const { first, count } of shards) {
    expect(first).toBe(next)
    next += count
  }
})

test('every thread finds the same places, and no two overlap', () => {
  const shape = { shards: shardsOf(5, 3), parameters: 7, inputs: 3, outputs: 2 }
  const { buffer, ...host } = sharedStep(shape)
  const { buffer: _, ...helper } = sharedStep(shape, buffer)
  const vectorsOf = ({ answers, ...step }: typeof host) => [
    ...Object.values(step),
    ...answers.flatMap((answer) => Object.values(answer)),
  ]
  for (const [i, vector] of vectorsOf(host).entries()) vector.fill(i + 1)
  expect(vectorsOf(helper).map((vector) => [...new Set(vector)])).toEqual(
    vectorsOf(host).map((_, i) => [i + 1]),
  )
  expect(vectorsOf(helper).map(({ length }) => length)).toEqual([1, 1, 7, 15, 10, 1, 7, 4, 1, 7, 4])
})

test('steps are numbered above 0, for ever', () => {
  expect([0, 1, 0x3ffffffe, 0x3fffffff].map(afterTurn)).toEqual([1, 2, 0x3fffffff, 1])
})

test('no two shards draw alike, and the first draws as the step does', () => {
  expect(shardSeed(0xfedcba98, 0)).toBe(0xfedcba98)
  expect(new Set([0, 1, 2, 3].map((shard) => shardSeed(1, shard))).size).toBe(4)
})

test.each([
  [8, undefined, 4],
  [16, undefined, 4],
  [4, undefined, 2],
  [2, undefined, 1],
  [2, 2, 2],
  [2, 64, 2],
  [8, 2.5, 2],
  [8, 0, 1],
  [8, Number.NaN, 1],
])('a device of %i threads, %s wanted: %i', (hardware, wanted, most) => {
  expect(mostThreads(hardware, wanted)).toBe(most)
})

test('a task says how many threads can share its steps', () => {
  const task = completeTask({
    version: 1,
    name: 'x',
    data: { kind: 'image', shape: [4, 4, 1], classes: ['a', 'b'] },
    model: { kind: 'mlp', hidden: [4] },
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 3 },
    seed: 1,
  })
  expect([undefined, 0, 2, 2.9, 8, Number.NaN].map((count) => usefulThreads(task, count))).toEqual([
    1, 1, 2, 2, 3, 1,
  ])
  const normed = completeTask({
    ...task,
    model: { kind: 'layers', layers: [{ type: 'flatten' }, { type: 'batch-norm' }] },
  })
  expect(usefulThreads(normed, 8)).toBe(1)
})

test('there is no help in Node', () => {
  expect(threadsHere(4)).toBeUndefined()
})
