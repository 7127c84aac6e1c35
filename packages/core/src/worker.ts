export type { TrainerFor } from './adapters/worker/engine.ts'
export { serveEngine } from './adapters/worker/serve-engine.ts'
