export { serveEngine } from './adapters/worker/serve-engine.ts'
