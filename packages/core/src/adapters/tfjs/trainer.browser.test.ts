import { optimizerSuite } from '../../testing/optimizer-suite.ts'
import { type TrainerFactory, trainerSuite } from '../../testing/trainer-suite.ts'
import { createTfjsTrainer } from './trainer.ts'

for (const backend of ['webgpu', 'webgl', 'wasm', 'cpu'] as const) {
  const create: TrainerFactory = (task, examples, seed) =>
    createTfjsTrainer({ task, examples, seed, backend })
  trainerSuite(`tfjs ${backend}`, create)
  optimizerSuite(`tfjs ${backend}`, create)
}
