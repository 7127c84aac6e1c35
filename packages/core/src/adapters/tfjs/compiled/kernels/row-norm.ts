import { normEpsilon } from '../../models/row-norm.ts'
import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { type RowShares, rowsOfShare } from './linear.ts'

/** Layer norm of [rows, width], width a multiple of 4. Gain [width] and bias [width] begin at float `offset`, a multiple of 4. */
export interface NormShape {
  readonly rows: number
  readonly width: number
  readonly offset: number
}

/** y = normal * gain + bias, with what the way back needs: `normal` [rows, width], `scale` [rows]. */
export function normForward(
  { rows, width, offset }: NormShape,
  { workgroupSize }: Tuning,
  {
    x,
    normal,
    scale,
    y,
  }: { readonly x: string; readonly normal: string; readonly scale: string; readonly y: string },
): Kernel {
  const columns = width / 4
  return {
    label: 'layer norm',
    bindings: [
      { name: 'x', buffer: x, element: 'vec4f', access: 'read' },
      { name: 'params', buffer: 'params', element: 'vec4f', access: 'read' },
      { name: 'normal', buffer: normal, element: 'vec4f', access: 'read_write' },
      { name: 'scale', buffer: scale, element: 'f32', access: 'read_write' },
      { name: 'y', buffer: y, element: 'vec4f', access: 'read_write' },
    ],
    invocations: rows,
    workgroupSize,
    body: `
  let start = t * ${columns}u;
  var sums = vec4f(0);
  for (var i = 0u; i < ${columns}u; i++) { sums += x[start + i]; }
  let mean = dot(sums, vec4f(1)) / ${width}.0;
  var squares = vec4f(0);
  for (var i = 0u; i < ${columns}u; i++) { let d = x[start + i] - mean; squares += d * d; }
  let factor = inverseSqrt(dot(squares, vec4f(1)) / ${width}.0 + ${normEpsilon});
  scale[t] = factor;
  for (var i = 0u; i < ${columns}u; i++) {
    let n = (x[start + i] - mean) * factor;
    normal[start + i] = n;
    y[start + i] = n * params[${offset / 4}u + i] + params[${(offset + width) / 4}u + i];
  }`,
  }
}

/**
 * With n the normal and d = dy * gain: scale (d - mean(d) - n mean(d n)), stored in `dx` or added to it, and the
 * gradients of gain and bias, of each share of the rows.
 */
export function normGradient(
  { rows, width, offset }: NormShape,
  { workgroupSize }: Tuning,
  split: RowShares,
  names: {
    readonly normal: string
    readonly scale: string
    readonly dy: string
    readonly dx: string
    readonly adds: boolean
  },
): Kernel {
  const columns = width / 4
  // Whole workgroups do one or the other.
  const first = Math.ceil(rows / workgroupSize) * workgroupSize
  return {
    label: 'layer norm gradient',
    bindings: [
      { name: 'normal', buffer: names.normal, element: 'vec4f', access: 'read' },
      { name: 'scale', buffer: names.scale, element: 'f32', access: 'read' },
      { name: 'params', buffer: 'params', element: 'vec4f', access: 'read' },
      { name: 'dy', buffer: names.dy, element: 'vec4f', access: 'read' },
      { name: 'dx', buffer: names.dx, element: 'vec4f', access: 'read_write' },
      { name: 'gradient', buffer: 'gradient', element: 'vec4f', access: 'read_write' },
    ],
    invocations: first + columns * split.shares,
    workgroupSize,
    body: `
  if (t < ${first}u) {
    if (t >= ${rows}u) { return; }
    let start = t * ${columns}u;
    var sums = vec4f(0);
    var alongs = vec4f(0);
    for (var i = 0u; i < ${columns}u; i++) {
      let d = dy[start + i] * params[${offset / 4}u + i];
      sums += d;
      alongs += d * normal[start + i];
    }
    let mean = dot(sums, vec4f(1)) / ${width}.0;
    let along = dot(alongs, vec4f(1)) / ${width}.0;
    let factor = scale[t];
    for (var i = 0u; i < ${columns}u; i++) {
      let d = dy[start + i] * params[${offset / 4}u + i];
      dx[start + i] ${names.adds ? '+=' : '='} factor * (d - mean - normal[start + i] * along);
    }
  } else {
    let column = (t - ${first}u) % ${columns}u;
    let share = (t - ${first}u) / ${columns}u;
    ${rowsOfShare(split, rows)}
    var gain = vec4f(0);
    var bias = vec4f(0);
    for (var m = first; m < end; m++) {
      let d = dy[m * ${columns}u + column];
      gain += d * normal[m * ${columns}u + column];
      bias += d;
    }
    let to = (share * ${split.stride}u + ${offset}u) / 4u + column;
    gradient[to] = gain;
    gradient[to + ${columns}u] = bias;
  }`,
  }
}
