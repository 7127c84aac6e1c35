import { trainerSuite } from '../../testing/trainer-suite.ts'
import { createTfjsTrainer } from './trainer.ts'

for (const backend of ['cpu', 'wasm'] as const)
  trainerSuite(`tfjs ${backend} in Node`, (task, examples, seed) =>
    createTfjsTrainer({ task, examples, seed, backend }),
  )
