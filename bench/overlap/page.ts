import { exchangingBench } from './exchanging.ts'
import { mergingBench } from './merging.ts'

window.overlap = { ...mergingBench(), ...exchangingBench() }
