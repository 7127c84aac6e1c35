import { trainerSuite } from '../../testing/trainer-suite.ts'
import { createTfjsTrainer } from './trainer.ts'

for (const backend of ['webgpu', 'webgl', 'wasm', 'cpu'] as const)
  trainerSuite(`tfjs ${backend}`, (task, examples, seed) =>
    createTfjsTrainer({ task, examples, seed, backend }),
  )
