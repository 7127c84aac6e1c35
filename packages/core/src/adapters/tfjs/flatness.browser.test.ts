import { expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { heldAround, modelBytes } from './flatness.ts'

/** GPU buffers alive on this page from now on, whoever makes them. */
function countBuffers(): () => number {
  const { createBuffer } = GPUDevice.prototype
  const { destroy } = GPUBuffer.prototype
  let alive = 0
  const destroyed = new WeakSet<GPUBuffer>()
  GPUDevice.prototype.createBuffer = function (descriptor) {
    alive++
    return createBuffer.call(this, descriptor)
  }
  GPUBuffer.prototype.destroy = function () {
    if (!destroyed.has(this)) alive--
    destroyed.add(this)
    return destroy.call(this)
  }
  return () => alive
}

interface Devtools {
  send(method: 'HeapProfiler.collectGarbage'): Promise<unknown>
  send(method: 'Runtime.getHeapUsage'): Promise<{ usedSize: number; backingStorageSize?: number }>
}

test('1,000 steps and 200 merges on webgpu leave nothing behind', async () => {
  const buffers = countBuffers()
  const devtools = cdp() as unknown as Devtools
  const { before, after } = await heldAround('webgpu', async () => {
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize = 0 } = await devtools.send('Runtime.getHeapUsage')
    return { gpuBuffers: buffers(), heapBytes: usedSize + backingStorageSize }
  })
  expect(after.tensors).toBe(before.tensors)
  expect(after.tensorBytes).toBe(before.tensorBytes)
  expect(before.gpuBuffers).toBeGreaterThan(10)
  expect(after.gpuBuffers).toBe(before.gpuBuffers)
  expect(after.heapBytes - before.heapBytes).toBeLessThan(10 * modelBytes)
})
