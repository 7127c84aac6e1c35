import type { Kernel } from '../kernel.ts'
import type { InputGradientNames } from './convolution-input.ts'
import type { GradientPlace } from './gradient-place.ts'

/** Layer norm of [rows, width], any width; gamma and beta follow one another in the parameters. */
export interface LayerNormShape {
  readonly rows: number
  /** Rows of one example. */
  readonly rowsEach: number
  readonly width: number
  /** Added to variances. */
  readonly epsilon: number
  /** Where gamma begins in the parameters, in floats. */
  readonly offset: number
}

/** y = normal gamma + beta, and mean and 1 / deviation of each row for the way back, `moments` [rows, 2]. */
export const layerNormKernel = (
  { rows, width, epsilon, offset }: LayerNormShape,
  { x, y, moments }: { readonly x: string; readonly y: string; readonly moments: string },
): Kernel => ({
  label: 'layer norm',
  bindings: [
    { name: 'x', buffer: x, element: 'f32', access: 'read' },
    { name: 'params', buffer: 'params', element: 'f32', access: 'read' },
    { name: 'moments', buffer: moments, element: 'f32', access: 'read_write' },
    { name: 'y', buffer: y, element: 'f32', access: 'read_write' },
  ],
  invocations: rows,
  workgroupSize: 16,
  body: `
  let start = t * ${width}u;
  var sum = 0.0;
  for (var i = 0u; i < ${width}u; i++) { sum += x[start + i]; }
  let mean = sum / ${width}.0;
  var squares = 0.0;
  for (var i = 0u; i < ${width}u; i++) { let d = x[start + i] - mean; squares += d * d; }
  let scale = inverseSqrt(squares / ${width}.0 + ${epsilon});
  moments[2u * t] = mean;
  moments[2u * t + 1u] = scale;
  for (var i = 0u; i < ${width}u; i++) {
    y[start + i] = (x[start + i] - mean) * scale * params[${offset}u + i] + params[${offset + width}u + i];
  }`,
})

/** With n the normal and d = dy gamma: dx = scale (d - mean(d) - n mean(d n)). */
export const layerNormInputGradient = (
  { rows, width, offset }: LayerNormShape,
  { x, dx, dy, mask, moments }: InputGradientNames & { readonly moments: string },
): Kernel => ({
  label: 'layer norm input gradient',
  bindings: [
    { name: 'x', buffer: x, element: 'f32', access: 'read' },
    { name: 'params', buffer: 'params', element: 'f32', access: 'read' },
    { name: 'moments', buffer: moments, element: 'f32', access: 'read' },
    { name: 'dy', buffer: dy, element: 'f32', access: 'read' },
    { name: 'dx', buffer: dx, element: 'f32', access: 'read_write' },
  ],
  invocations: rows,
  workgroupSize: 16,
  body: `
  let start = t * ${width}u;
  let mean = moments[2u * t];
  let scale = moments[2u * t + 1u];
  var sum = 0.0;
  var along = 0.0;
  for (var i = 0u; i < ${width}u; i++) {
    let d = dy[start + i] * params[${offset}u + i];
    sum += d;
    along += d * (x[start + i] - mean) * scale;
  }
  for (var i = 0u; i < ${width}u; i++) {
    let d = dy[start + i] * params[${offset}u + i];
    let n = (x[start + i] - mean) * scale;
    let value = scale * (d - sum / ${width}.0 - n * along / ${width}.0);
    dx[start + i] = ${mask ? 'select(0.0, value, x[start + i] > 0.0)' : 'value'};
  }`,
})

/** Gradients of gamma and beta of each share of the batch. */
export const layerNormGradients = (
  { rows, rowsEach, width }: LayerNormShape,
  { shares, examples, stride, at }: GradientPlace,
  { x, dy, moments }: { readonly x: string; readonly dy: string; readonly moments: string },
): Kernel => ({
  label: 'layer norm gradients',
  bindings: [
    { name: 'x', buffer: x, element: 'f32', access: 'read' },
    { name: 'moments', buffer: moments, element: 'f32', access: 'read' },
    { name: 'dy', buffer: dy, element: 'f32', access: 'read' },
    { name: 'gradient', buffer: 'gradient', element: 'f32', access: 'read_write' },
  ],
  invocations: width * shares,
  workgroupSize: 16,
  body: `
  let column = t % ${width}u;
  let share = t / ${width}u;
  var gamma = 0.0;
  var beta = 0.0;
  let end = min(${rows}u, (share + 1u) * ${examples * rowsEach}u);
  for (var row = share * ${examples * rowsEach}u; row < end; row++) {
    let d = dy[row * ${width}u + column];
    gamma += d * (x[row * ${width}u + column] - moments[2u * row]) * moments[2u * row + 1u];
    beta += d;
  }
  let to = share * ${stride}u + ${at}u + column;
  gradient[to] = gamma;
  gradient[to + ${width}u] = beta;`,
})
