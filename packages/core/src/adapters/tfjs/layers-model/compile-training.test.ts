import { compileTrainingSuite } from './compile-training-suite.ts'

for (const backend of ['wasm', 'cpu'] as const) compileTrainingSuite(backend)
