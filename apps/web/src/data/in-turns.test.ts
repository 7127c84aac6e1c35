import { expect, test } from 'vitest'
import { inTurns } from './in-turns.ts'

test('keeps the order of the items and never runs more than it may', async () => {
  let running = 0
  let most = 0
  const answers = await inTurns([5, 1, 4, 2, 3, 0], 2, async (item) => {
    running++
    most = Math.max(most, running)
    for (let i = 0; i < item; i++) await Promise.resolve()
    running--
    return item * 10
  })
  expect(answers).toEqual([50, 10, 40, 20, 30, 0])
  expect(most).toBe(2)
})

test('rejects with the first error', async () => {
  const failing = inTurns([1, 2, 3], 2, async (item) => {
    if (item === 2) throw new Error('two')
    return item
  })
  await expect(failing).rejects.toThrow('two')
})
