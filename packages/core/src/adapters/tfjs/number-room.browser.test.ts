import { expect, test } from 'vitest'
import { completeTask } from '../../task/schema.ts'
import type { ModelArtifacts } from '../browser/session.ts'
import { homes, priceTask } from './number-suite.ts'
import { roomOfTwo } from './room-of-two.ts'

test('a room learns a number of a table together, and tells it in its own unit', async () => {
  const { gossip, ...task } = priceTask()
  const together = completeTask({ ...task, gossip: { ...gossip, everySteps: 20 } })
  const unseen = homes(100, 9)
  const room = await roomOfTwo(together, [homes(60, 7), homes(60, 8)], unseen)
  await room.exchanged(3)
  const [first] = room.engines
  await expect.poll(() => room.snapshots[0]?.served?.accuracy, { timeout: 20_000 }).toBeGreaterThan(0.85)

  const [snapshot] = room.snapshots
  expect(snapshot?.ownClassCounts).toEqual([])
  expect(snapshot?.served?.perClass).toEqual([])
  expect(snapshot?.problems).toEqual([])
  const inputs = unseen.inputs.subarray(0, 5)
  const [price = 0] = (await first.request({
    type: 'predict',
    id: 2,
    inputs,
    which: 'served',
  })) as Float32Array
  expect(price / (unseen.labels[0] ?? 0)).toBeGreaterThan(0.8)
  expect(price / (unseen.labels[0] ?? 0)).toBeLessThan(1.25)
  const exported = (await first.request({ type: 'export', id: 3, which: 'served' })) as ModelArtifacts
  expect(exported.weightData.byteLength).toBe(4 * (5 * 16 + 16 + 16 + 1))
  await room.leave()
})
