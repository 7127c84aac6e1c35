import { geluSlope } from '../../models/gelu.ts'

/** sigmoid(1.702 x), of a vec4f. */
const gateOf = (x: string): string => `(1.0 / (1.0 + exp(-${geluSlope} * ${x})))`

/** WGSL for GELU in its sigmoid form (../../models/gelu.ts). */
export const geluOf = (x: string): string => `(${x} * ${gateOf(x)})`

/** Its slope: s + 1.702 x s (1 - s) with s the sigmoid. */
export const geluSlopeOf = (x: string): string =>
  `(${gateOf(x)} * (1.0 + ${geluSlope} * ${x} * (1.0 - ${gateOf(x)})))`
