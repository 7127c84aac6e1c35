import { initialParameters, modelLayout } from '@gossamer/core'
import { serveEngine } from '@gossamer/core/worker'

/** Milliseconds of a step, by the worker's name. */
const stepMs = Number(self.name)

/**
 * A neighbour that exchanges as the recipe says and merges what it gets, but computes no steps: they only take time.
 * Its model is then what those around it made of theirs, which keeps it among those that guards accept.
 */
serveEngine(async ({ task, examples }) => {
  const layout = modelLayout(task)
  const params = initialParameters(layout, task.seed)
  const { batchSize, optimizer } = task.training
  let dueMs = performance.now()
  return {
    layout,
    samples: examples.labels.length,
    train: async (steps) => {
      // Timers are late by a millisecond or more: what one was late by, the next does not wait for.
      dueMs = Math.max(dueMs, performance.now() - 100) + steps * stepMs
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      return { steps, samples: steps * batchSize, loss: 1 }
    },
    read: async () => params.slice(),
    write: async (values) => params.set(values),
    add: async (delta) => {
      for (let i = 0; i < params.length; i++) params[i] = (params[i] ?? 0) + (delta[i] ?? 0)
    },
    probe: async () => 1,
    weigh: async () => ({ before: 1, after: 1 }),
    evaluate: async () => ({ loss: 1, accuracy: 0, perClass: [], confusion: [], count: 0 }),
    predict: async () => new Float32Array(),
    dispose: () => undefined,
    backend: () => ({ name: 'cpu', adapter: 'none', why: 'It computes nothing' }),
    onMoved: () => () => undefined,
    learningRate: () => optimizer.learningRate,
    setLearningRate: async () => undefined,
  }
})
