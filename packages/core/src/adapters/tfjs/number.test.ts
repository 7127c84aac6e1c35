import { numberSuite } from './number-suite.ts'

for (const backend of ['wasm', 'cpu'] as const) numberSuite(backend)
