import { expect, test } from 'vitest'
import { integer, seededRandom } from '../../lib/random.ts'
import type { Snapshot } from '../../node/snapshot.ts'
import { text } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import { textExamples } from '../../task/text.ts'
import { memoryNetwork } from '../../testing/memory-transport.ts'
import { systemClock } from '../browser/system-clock.ts'
import { createEngine, type Engine } from '../worker/engine.ts'
import { chooseTrainer } from './select-backend.ts'

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
  const network = memoryNetwork(systemClock)
  const document = prose(3_000)
  const third = Math.floor(document.length / 3)
  const test = textExamples(document.slice(2 * third), data)

  let heard = (): void => undefined
  const snapshots: Snapshot[] = []
  const engines: Engine[] = []
  for (const [number, self] of ['a', 'b'].entries()) {
    const train = textExamples(document.slice(number * third, (number + 1) * third), data)
    const settings = { task, train, test, backend: 'wasm', seed: number, self, name: self } as const
    const engine = await createEngine(
      { ...settings, checkpoint: undefined, pastTrials: undefined, wasmPaths: undefined },
      network.join(self),
      'off',
      (snapshot) => {
        snapshots[number] = snapshot
        heard()
      },
      chooseTrainer,
    )
    engines.push(engine)
  }
  const until = (isThere: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      heard = () => {
        if (isThere()) resolve()
      }
    })
  const [first] = engines
  if (first === undefined) throw new Error('there is no engine')
  const exchanged = until(() =>
    [0, 1].every(
      (number) => (snapshots[number]?.merges ?? 0) >= 3 && snapshots[number]?.served !== undefined,
    ),
  )
  for (const engine of engines) await engine.request({ type: 'command', id: 0, command: 'start' })
  await exchanged

  const served = snapshots[0]?.served
  expect(served?.loss).toBeLessThan(Math.log(256))
  expect(served?.perClass.length).toBe(256)
  expect(snapshots[0]?.rejected).toEqual({})
  await expect(first.request({ type: 'export', id: 1, which: 'own' })).rejects.toThrow(/transformer/)
  const shares = await first.request({
    type: 'predict',
    id: 2,
    inputs: test.inputs.subarray(0, 32),
    which: 'served',
  })
  expect(shares).toHaveLength(512)
  for (const engine of engines) await engine.request({ type: 'command', id: 3, command: 'leave' })
})
