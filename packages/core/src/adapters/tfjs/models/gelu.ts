import { add, mul, sigmoid, sub, type Tensor2D } from '@tensorflow/tfjs-core'

/**
 * GELU in its sigmoid form, x s with s = sigmoid(1.702 x) (Hendrycks and Gimpel 2016, arXiv 1606.08415, section 2):
 * every backend has a fast sigmoid.
 */
export const geluSlope = 1.702

export interface Activated {
  readonly output: Tensor2D
  readonly gate: Tensor2D
}

export function gelu(x: Tensor2D): Activated {
  const gate = sigmoid(mul<Tensor2D>(x, geluSlope))
  return { output: mul(x, gate), gate }
}

/** delta (s + 1.702 x s (1 - s)) */
export const geluGradient = ({ output, gate }: Activated, delta: Tensor2D): Tensor2D =>
  mul(delta, add(gate, mul(mul(output, geluSlope), sub(1, gate))))
