import { backend } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Problem } from '../../node/snapshot.ts'
import { distance, norm } from '../../params/vector.ts'
import type { Examples } from '../../ports.ts'
import { mnist, mnistCnn } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import { chooseTrainer } from './select-backend.ts'

const task = completeTask(mnist)
const examples: Examples = {
  inputs: Float32Array.from({ length: 40 * 784 }, (_, i) => Math.max(0, Math.sin(i * i))),
  labels: Uint8Array.from({ length: 40 }, (_, i) => i % 10),
  shape: [28, 28, 1],
}

test('auto takes wasm where the GPU is only emulated, and says why with figures', async () => {
  const trainer = await chooseTrainer({ task, examples, seed: 1, wanted: 'auto' })
  const { name, why } = trainer.backend()
  expect(name).toBe('wasm')
  expect(why).toMatch(
    /^The fastest here is wasm: [\d.]+ ms a step; webgpu not tried: only a software adapter/,
  )
  // Trying took no steps of the real trainer.
  const other = await chooseTrainer({ task, examples, seed: 1, wanted: 'wasm' })
  expect(await trainer.read()).toEqual(await other.read())
  await trainer.train(3)
  await other.train(3)
  expect(await trainer.read()).toEqual(await other.read())
  trainer.dispose()
  other.dispose()
})

test('what was tried once is not tried again, on the same device for the same model', async () => {
  const first = await chooseTrainer({ task, examples, seed: 1, wanted: 'auto' })
  const past = first.trials ?? new Uint8Array()
  const second = await chooseTrainer({ task, examples, seed: 1, wanted: 'auto', past })
  expect(second.backend().name).toBe('wasm')
  expect(second.backend().why).toMatch(
    /^The fastest here, as tried earlier, is wasm: [\d.]+ ms a step; webgpu not tried: only a software adapter/,
  )
  expect(second.trials).toBeUndefined()

  const tampered = JSON.parse(new TextDecoder().decode(past))
  const other = completeTask({ ...mnist, training: { ...mnist.training, batchSize: 4 } })
  for (const [at, bytes] of [
    [other, past],
    [task, Uint8Array.of(123, 0, 255)],
    [task, bytesOf({ ...tampered, device: 'another browser' })],
    [task, bytesOf({ ...tampered, trials: [{ type: 'timed', name: 'abacus', stepMs: 0 }] })],
  ] as const) {
    const trainer = await chooseTrainer({ task: at, examples, seed: 1, wanted: 'auto', past: bytes })
    expect(trainer.backend().why).toMatch(/^The fastest here is wasm/)
    expect(trainer.trials).toBeDefined()
    trainer.dispose()
  }
  first.dispose()
  second.dispose()
})

test('auto takes wasm for convolutions, too', async () => {
  const small = completeTask({
    ...mnistCnn,
    model: { kind: 'cnn', filters: [4], hidden: [] },
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 2 },
  })
  const trainer = await chooseTrainer({ task: small, examples, seed: 1, wanted: 'auto' })
  expect(trainer.backend().name).toBe('wasm')
  expect((await trainer.train(1)).steps).toBe(1)
  trainer.dispose()
})

test('a wanted backend that is missing is replaced, and the first listener hears of it', async () => {
  const { gpu } = navigator
  Object.defineProperty(navigator, 'gpu', { value: undefined, configurable: true })
  try {
    const trainer = await chooseTrainer({ task, examples, seed: 1, wanted: 'webgpu' })
    expect(trainer.backend().name).toBe('wasm')
    expect(trainer.backend().why).toMatch(
      /^webgpu was asked for, but does not work: this browser has no WebGPU/,
    )
    const problem = await new Promise<Problem | undefined>((resolve) => trainer.onMoved(resolve))
    expect(problem).toEqual({ code: 'no-webgpu', detail: 'this browser has no WebGPU' })
    trainer.dispose()
  } finally {
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  }
})

test('errors of the caller are not mistaken for a broken device', async () => {
  const labels = Uint8Array.of(99)
  const wrong = { inputs: new Float32Array(784), labels, shape: [28, 28, 1] }
  await expect(chooseTrainer({ task, examples: wrong, seed: 1, wanted: 'auto' })).rejects.toThrow(RangeError)
  const trainer = await chooseTrainer({ task, examples, seed: 1, wanted: 'wasm' })
  await expect(trainer.write(new Float32Array(3))).rejects.toThrow(RangeError)
  expect(trainer.backend().name).toBe('wasm')
  trainer.dispose()
})

test('an error that nobody waited for moves training on, with the weights it had', async () => {
  const trainer = await chooseTrainer({ task, examples, seed: 1, wanted: 'webgpu' })
  await trainer.train(20)
  const before = await trainer.read()
  const { device } = backend() as unknown as { readonly device: GPUDevice }
  // Usages that exclude one another: WebGPU reports it when it gets there, and leaves zeros.
  device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE })
  const { steps, loss } = await trainer.train(400)
  expect(steps).toBe(400)
  expect(Number.isFinite(loss)).toBe(true)
  expect(trainer.backend().name).toBe('wasm')
  expect(trainer.backend().why).toMatch(/^Moved here, because webgpu: /)
  const after = await trainer.read()
  expect(distance(after, before)).toBeGreaterThan(0)
  expect(distance(after, before) / norm(before)).toBeLessThan(1)
  trainer.dispose()
})

test('a destroyed GPU device moves training on, with the weights it had', async () => {
  const trainer = await chooseTrainer({ task, examples, seed: 1, wanted: 'webgpu' })
  expect(trainer.backend().name).toBe('webgpu')
  expect(trainer.backend().adapter).not.toBe('')
  await trainer.train(20)
  const before = await trainer.read()
  const problems: (Problem | undefined)[] = []
  trainer.onMoved((problem) => problems.push(problem))

  const { device } = backend() as unknown as { readonly device: GPUDevice }
  const training = trainer.train(30)
  device.destroy()
  const { steps, loss } = await training
  expect(steps).toBe(30)
  expect(Number.isFinite(loss)).toBe(true)
  expect(trainer.backend().name).toBe('wasm')
  expect(trainer.backend().why).toMatch(/^Moved here, because webgpu: the GPU device was lost/)
  expect(problems).toEqual([{ code: 'device-lost', detail: expect.stringContaining('lost') }])

  const after = await trainer.read()
  const walked = distance(after, before)
  expect(walked).toBeGreaterThan(0)
  expect(walked / norm(before)).toBeLessThan(0.3)
  const again = await chooseTrainer({ task, examples, seed: 1, wanted: 'webgpu' })
  expect(again.backend().name).toBe('wasm')
  trainer.dispose()
  again.dispose()
})

test('a backend that was the fastest once and is gone is not waited for', async () => {
  const { trials = new Uint8Array() } = await chooseTrainer({ task, examples, seed: 1, wanted: 'auto' })
  const past = JSON.parse(new TextDecoder().decode(trials))
  const fast = { type: 'timed', name: 'webgpu', software: false, stepMs: 0.01 }
  const trainer = await chooseTrainer({
    task,
    examples,
    seed: 1,
    wanted: 'auto',
    past: bytesOf({ ...past, trials: [fast] }),
  })
  // The test before destroyed it.
  expect(trainer.backend().name).toBe('wasm')
  expect(trainer.backend().why).toMatch(/^The fastest here is wasm/)
  trainer.dispose()
})

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
