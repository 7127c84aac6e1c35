import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { heldAround, modelBytes } from './flatness.ts'

test('1,000 steps and 200 merges on wasm leave nothing behind', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const { before, after } = await heldAround('wasm', async () => {
    // Memory of arrays is given back by other threads, some time after the arrays are gone.
    for (let last = Number.POSITIVE_INFINITY, now = 0; now < last; ) {
      last = process.memoryUsage().arrayBuffers
      for (let i = 0; i < 3; i++) {
        collect()
        await new Promise((resolve) => setImmediate(resolve))
      }
      now = process.memoryUsage().arrayBuffers
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return { gpuBuffers: 0, heapBytes: heapUsed + arrayBuffers }
  })
  expect(after.tensors).toBe(before.tensors)
  expect(after.tensorBytes).toBe(before.tensorBytes)
  expect(after.heapBytes - before.heapBytes).toBeLessThan(10 * modelBytes)
})
