import { compileTrainingSuite } from './compile-training-suite.ts'

compileTrainingSuite('webgpu')
