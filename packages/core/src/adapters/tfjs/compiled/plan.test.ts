import { describe, expect, test } from 'vitest'
import type { LayerSpec } from '../../../task/layer-spec.ts'
import { mnist, mnistCnn } from '../../../task/presets.ts'
import { completeTask } from '../../../task/schema.ts'
import type { Task } from '../../../task/task.ts'
import { type Plan, planStep } from './plan.ts'
import { gpuTuning, softwareTuning } from './tuning.ts'

const planOf = (task: Task, tuning = gpuTuning): Plan => planStep(completeTask(task), 'bytes', tuning)

const withLayers = (layers: readonly LayerSpec[]): Task => ({ ...mnist, model: { kind: 'layers', layers } })

const everyLayer: readonly LayerSpec[] = [
  { type: 'conv2d', filters: 6, kernel: 4, stride: 2, padding: 'same', activation: 'linear' },
  { type: 'batch-norm' },
  { type: 'relu' },
  { type: 'depthwise-conv2d', kernel: 3, padding: 'same' },
  { type: 'separable-conv2d', filters: 8, kernel: 3 },
  { type: 'dropout', rate: 0.4 },
  { type: 'max-pool', size: 3, stride: 2 },
  { type: 'layer-norm' },
  { type: 'average-pool', size: 2 },
  { type: 'dense', units: 7 },
  { type: 'batch-norm' },
]

/** What every device has, and what the owner of a plan adds to its buffers. */
const mostBindings = 8
const given = ['examples', 'labels', 'params', 'record', 'losses', 'priors']

describe.each([
  { name: 'mlp', task: mnist },
  { name: 'cnn', task: mnistCnn },
  { name: 'every layer', task: withLayers(everyLayer) },
])('the step of $name', ({ task }) => {
  test.each([gpuTuning, softwareTuning])(
    'needs nothing that is not there, no more bindings than devices have',
    (tuning) => {
      const { kernels, evaluation = [], buffers } = planOf(task, tuning)
      for (const { label, bindings, invocations } of [...kernels, ...evaluation]) {
        expect(bindings.length, label).toBeLessThanOrEqual(mostBindings)
        expect(invocations, label).toBeGreaterThan(0)
        for (const { buffer, access } of bindings) {
          expect(buffers.has(buffer) || given.includes(buffer), `${label}: ${buffer}`).toBe(true)
          const sharing = bindings.filter((other) => other.buffer === buffer)
          if (access === 'read_write') expect(sharing.length, `${label}: ${buffer}`).toBe(1)
        }
      }
    },
  )
})

test('the steps of the presets stay within the dispatches that are promised', () => {
  expect(
    planOf({ ...mnist, training: { ...mnist.training, clipNorm: 0 } }).kernels.length,
  ).toBeLessThanOrEqual(8)
  expect(planOf(mnistCnn).kernels.length).toBeLessThanOrEqual(20)
})

test('a ReLU behind what can do it in passing takes no dispatch', () => {
  const labels = (layers: readonly LayerSpec[]) =>
    planOf(withLayers(layers)).kernels.map(({ label }) => label)
  const fused = labels([{ type: 'conv2d', filters: 4, kernel: 3 }])
  expect(labels([{ type: 'conv2d', filters: 4, kernel: 3, activation: 'linear' }, { type: 'relu' }])).toEqual(
    fused,
  )
  expect(labels([{ type: 'average-pool', size: 2 }, { type: 'relu' }])).toContain('relu')
})

test('evaluation draws nothing and moves no statistics', () => {
  const { kernels, evaluation = [] } = planOf(withLayers(everyLayer))
  const labels = evaluation.map(({ label }) => label)
  expect(kernels.map(({ label }) => label)).toContain('dropout')
  expect(labels).not.toContain('dropout')
  const written = evaluation.flatMap(({ bindings }) =>
    bindings.filter(({ access }) => access === 'read_write'),
  )
  expect(written.map(({ buffer }) => buffer)).not.toContain('params')
  expect(labels.at(-1)).toBe('cross-entropy')
})

test('what nothing learns from is not computed on the way back', () => {
  const labels = planOf(withLayers([{ type: 'average-pool', size: 2 }])).kernels.map(({ label }) => label)
  expect(labels).toContain('average pooling')
  expect(labels).not.toContain('average pooling gradient')
})
