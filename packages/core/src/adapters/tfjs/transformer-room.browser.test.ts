import { expect, test } from 'vitest'
import { integer, seededRandom } from '../../lib/random.ts'
import { text } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import { textExamples } from '../../task/text.ts'
import { roomOfTwo } from './room-of-two.ts'

/** Words in a random order: what follows within a word can be learned. */
function prose(count: number): string {
  const words = ['peer', 'gossip', 'weights', 'merge', 'tab', 'neighbour', 'swarm', 'served']
  const random = seededRandom(5)
  return Array.from({ length: count }, () => words[integer(random, words.length)]).join(' ')
}

test('a room of text trains, exchanges models of one layout, and serves what it learned together', async () => {
  const task = completeTask({
    ...text,
    data: { kind: 'text', context: 16, vocabulary: 'bytes' },
    model: { kind: 'transformer', width: 16, heads: 2, blocks: 1 },
    training: { optimizer: { kind: 'adam', learningRate: 0.01 }, batchSize: 8 },
    gossip: { ...text.gossip, everySteps: 5 },
  })
  if (task.data.kind !== 'text') throw new Error('this is no text')
  const { data } = task
  const document = prose(3_000)
  const third = Math.floor(document.length / 3)
  const part = (number: number) => textExamples(document.slice(number * third, (number + 1) * third), data)
  const test = part(2)
  const room = await roomOfTwo(task, [part(0), part(1)], test)
  await room.exchanged(3)

  const [first] = room.engines
  const [{ served, rejected } = { served: undefined, rejected: undefined }] = room.snapshots
  expect(served?.loss).toBeLessThan(Math.log(256))
  expect(served?.perClass.length).toBe(256)
  expect(rejected).toEqual({})
  await expect(first.request({ type: 'export', id: 1, which: 'own' })).rejects.toThrow(/transformer/)
  const inputs = test.inputs.subarray(0, 32)
  const shares = await first.request({ type: 'predict', id: 2, inputs, which: 'served' })
  expect(shares).toHaveLength(512)
  await room.leave()
})
