import { badInputSuite } from './bad-input-suite.ts'

for (const backend of ['wasm', 'cpu'] as const) badInputSuite(backend)
