import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createKernels } from './kernels.ts'

test('the committed module is what its source assembles to', () => {
  const script = fileURLToPath(new URL('../../scripts/build-wasm.mjs', import.meta.url))
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })
})

test('room is aligned, zero, apart, and given out again', () => {
  const kernels = createKernels()
  const first = kernels.allocate(100)
  const second = kernels.allocate(200_000)
  expect(first % 16).toBe(0)
  expect(second - first).toBeGreaterThanOrEqual(100)
  expect(kernels.floats.length * 4).toBeGreaterThanOrEqual(second + 200_000)
  kernels.floats.fill(1, second / 4, second / 4 + 50_000)
  kernels.release(second, 200_000)
  const again = kernels.allocate(200_000)
  expect(again).toBe(second)
  expect(kernels.floats.subarray(again / 4, again / 4 + 50_000).every((x) => x === 0)).toBe(true)
})

test('scratch room is shared, and grows', () => {
  const kernels = createKernels()
  const small = kernels.scratch(64)
  expect(kernels.scratch(32)).toBe(small)
  const kept = kernels.allocate(64)
  const large = kernels.scratch(1_000_000)
  expect(kernels.scratch(64)).toBe(large)
  kernels.floats.fill(7, large / 4, large / 4 + 250_000)
  expect(kernels.floats[kept / 4]).toBe(0)
  expect(kernels.words.buffer).toBe(kernels.floats.buffer)
})
