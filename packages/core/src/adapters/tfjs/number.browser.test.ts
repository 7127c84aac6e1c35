import { numberSuite } from './number-suite.ts'

numberSuite('webgpu')
