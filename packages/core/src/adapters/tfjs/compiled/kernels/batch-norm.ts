import type { BatchNormSettings } from '../../../../task/layer.ts'
import type { Kernel } from '../kernel.ts'
import { elementOf } from '../wgsl.ts'
import type { InputGradientNames } from './convolution-input.ts'

/** Batch norm of [rows, channels]; gamma, beta, moving mean and moving variance follow one another in the parameters. */
export interface BatchNormShape extends BatchNormSettings {
  readonly rows: number
  readonly channels: number
  readonly relu: boolean
  /** Where gamma begins in the parameters, in floats. */
  readonly offset: number
  /** Where its gradient begins, in floats. */
  readonly gradientAt: number
  /** Where what becomes of the moving statistics, [2, channels], begins in the buffer `statistics`. */
  readonly statisticsAt: number
}

/** Buffers of one batch norm, and their floats. */
export interface BatchNormBuffers {
  /** [parts, 2, channels] */
  readonly parts: string
  /** [4, channels]: mean, 1 / deviation, gamma / deviation, beta. */
  readonly factors: string
  /** [2, channels]: mean of dy; mean of dy times normal, over the deviation. */
  readonly slopes: string
}

/** Shares of the rows that are summed up side by side. */
export function batchNormParts({ rows, channels }: BatchNormShape): {
  readonly parts: number
  readonly each: number
} {
  const each = Math.ceil(rows / Math.max(1, Math.min(rows, Math.ceil(1024 / channels))))
  return { parts: Math.ceil(rows / each), each }
}

/**
 * Mean and sum of squared distances from it, of each part. The first pass finds the mean, so that nothing is lost
 * where it is far from zero.
 */
export function batchNormMoments(shape: BatchNormShape, x: string, { parts }: BatchNormBuffers): Kernel {
  const { rows, channels } = shape
  const { parts: count, each } = batchNormParts(shape)
  return {
    label: 'batch norm moments',
    bindings: [
      { name: 'x', buffer: x, element: 'f32', access: 'read' },
      { name: 'parts', buffer: parts, element: 'f32', access: 'read_write' },
    ],
    invocations: count * channels,
    workgroupSize: 16,
    body: `
  let channel = t % ${channels}u;
  let part = t / ${channels}u;
  let first = part * ${each}u;
  let end = min(${rows}u, first + ${each}u);
  var sum = 0.0;
  for (var row = first; row < end; row++) { sum += x[row * ${channels}u + channel]; }
  let mean = sum / f32(end - first);
  var squares = 0.0;
  for (var row = first; row < end; row++) {
    let distance = x[row * ${channels}u + channel] - mean;
    squares += distance * distance;
  }
  parts[part * ${2 * channels}u + channel] = mean;
  parts[part * ${2 * channels}u + ${channels}u + channel] = squares;`,
  }
}

/** What the rest needs of each channel, from the parts (Chan et al. 1979), and where the moving statistics go. */
export function batchNormFactors(shape: BatchNormShape, { parts, factors }: BatchNormBuffers): Kernel {
  const { rows, channels, offset, statisticsAt, momentum } = shape
  const { parts: count, each } = batchNormParts(shape)
  const followed = (moving: number, value: string): string =>
    `f32(${momentum}) * params[${offset + moving * channels}u + t] + f32(${1 - momentum}) * ${value}`
  return {
    label: 'batch norm factors',
    bindings: [
      { name: 'parts', buffer: parts, element: 'f32', access: 'read' },
      { name: 'params', buffer: 'params', element: 'f32', access: 'read' },
      { name: 'factors', buffer: factors, element: 'f32', access: 'read_write' },
      { name: 'statistics', buffer: 'statistics', element: 'f32', access: 'read_write' },
    ],
    invocations: channels,
    workgroupSize: 16,
    body: `
  var mean = 0.0;
  for (var part = 0u; part < ${count}u; part++) {
    let share = f32(min(${rows}u, (part + 1u) * ${each}u) - part * ${each}u) / ${rows}.0;
    mean += share * parts[part * ${2 * channels}u + t];
  }
  var variance = 0.0;
  for (var part = 0u; part < ${count}u; part++) {
    let share = f32(min(${rows}u, (part + 1u) * ${each}u) - part * ${each}u) / ${rows}.0;
    let distance = parts[part * ${2 * channels}u + t] - mean;
    variance += parts[part * ${2 * channels}u + ${channels}u + t] / ${rows}.0 + share * distance * distance;
  }
  statistics[${statisticsAt}u + t] = ${followed(2, 'mean')};
  statistics[${statisticsAt + channels}u + t] = ${followed(3, 'variance')};
  ${storeFactors(shape)}`,
  }
}

/** The same from the moving statistics, for whoever evaluates. */
export function batchNormMovingFactors(shape: BatchNormShape, { factors }: BatchNormBuffers): Kernel {
  const { channels, offset } = shape
  return {
    label: 'batch norm factors in evaluation',
    bindings: [
      { name: 'params', buffer: 'params', element: 'f32', access: 'read' },
      { name: 'factors', buffer: factors, element: 'f32', access: 'read_write' },
    ],
    invocations: channels,
    workgroupSize: 16,
    body: `
  let mean = params[${offset + 2 * channels}u + t];
  let variance = max(params[${offset + 3 * channels}u + t], 0.0);
  ${storeFactors(shape)}`,
  }
}

const storeFactors = ({ channels, offset, epsilon }: BatchNormShape): string => `
  let scale = inverseSqrt(variance + ${epsilon});
  factors[t] = mean;
  factors[${channels}u + t] = scale;
  factors[${2 * channels}u + t] = scale * params[${offset}u + t];
  factors[${3 * channels}u + t] = params[${offset + channels}u + t];`

const lanesOf = ({ channels }: BatchNormShape) => {
  const step = channels % 4 === 0 ? 4 : 1
  return { depth: channels / step, element: elementOf(step === 4), zero: `${elementOf(step === 4)}(0)` }
}

/** y = (x - mean) gamma / deviation + beta, through ReLU where the shape says so. */
export function batchNormKernel(
  shape: BatchNormShape,
  { x, y }: { readonly x: string; readonly y: string },
  { factors }: BatchNormBuffers,
): Kernel {
  const { depth, element, zero } = lanesOf(shape)
  const value = `(x[t] - factors[lane]) * factors[${2 * depth}u + lane] + factors[${3 * depth}u + lane]`
  return {
    label: 'batch norm',
    bindings: [
      { name: 'x', buffer: x, element, access: 'read' },
      { name: 'factors', buffer: factors, element, access: 'read' },
      { name: 'y', buffer: y, element, access: 'read_write' },
    ],
    invocations: shape.rows * depth,
    workgroupSize: 64,
    body: `
  let lane = t % ${depth}u;
  y[t] = ${shape.relu ? `max(${value}, ${zero})` : value};`,
  }
}

/** Sums of dy, and of dy times normal, of each part. */
export function batchNormSums(
  shape: BatchNormShape,
  { x, dy }: { readonly x: string; readonly dy: string },
  { parts, factors }: BatchNormBuffers,
): Kernel {
  const { rows, channels } = shape
  const { parts: count, each } = batchNormParts(shape)
  return {
    label: 'batch norm sums',
    bindings: [
      { name: 'x', buffer: x, element: 'f32', access: 'read' },
      { name: 'dy', buffer: dy, element: 'f32', access: 'read' },
      { name: 'factors', buffer: factors, element: 'f32', access: 'read' },
      { name: 'parts', buffer: parts, element: 'f32', access: 'read_write' },
    ],
    invocations: count * channels,
    workgroupSize: 16,
    body: `
  let channel = t % ${channels}u;
  let part = t / ${channels}u;
  let mean = factors[channel];
  let scale = factors[${channels}u + channel];
  let end = min(${rows}u, (part + 1u) * ${each}u);
  var sum = 0.0;
  var along = 0.0;
  for (var row = part * ${each}u; row < end; row++) {
    let d = dy[row * ${channels}u + channel];
    sum += d;
    along += d * (x[row * ${channels}u + channel] - mean) * scale;
  }
  parts[part * ${2 * channels}u + channel] = sum;
  parts[part * ${2 * channels}u + ${channels}u + channel] = along;`,
  }
}

/** The gradients of gamma and beta, and the slopes that the input gradient needs. */
export function batchNormGradients(
  shape: BatchNormShape,
  { parts, factors, slopes }: BatchNormBuffers,
): Kernel {
  const { rows, channels, gradientAt } = shape
  return {
    label: 'batch norm gradients',
    bindings: [
      { name: 'parts', buffer: parts, element: 'f32', access: 'read' },
      { name: 'factors', buffer: factors, element: 'f32', access: 'read' },
      { name: 'gradient', buffer: 'gradient', element: 'f32', access: 'read_write' },
      { name: 'slopes', buffer: slopes, element: 'f32', access: 'read_write' },
    ],
    invocations: channels,
    workgroupSize: 16,
    body: `
  var sum = 0.0;
  var along = 0.0;
  for (var part = 0u; part < ${batchNormParts(shape).parts}u; part++) {
    sum += parts[part * ${2 * channels}u + t];
    along += parts[part * ${2 * channels}u + ${channels}u + t];
  }
  gradient[${gradientAt}u + t] = along;
  gradient[${gradientAt + channels}u + t] = sum;
  slopes[t] = sum / ${rows}.0;
  slopes[${channels}u + t] = factors[${channels}u + t] * along / ${rows}.0;`,
  }
}

/** dx = gamma / deviation (dy - mean(dy) - normal mean(dy normal)). */
export function batchNormInputGradient(
  shape: BatchNormShape,
  { x, dx, dy, mask }: InputGradientNames,
  { factors, slopes }: BatchNormBuffers,
): Kernel {
  const { depth, element, zero } = lanesOf(shape)
  return {
    label: 'batch norm input gradient',
    bindings: [
      { name: 'x', buffer: x, element, access: 'read' },
      { name: 'dy', buffer: dy, element, access: 'read' },
      { name: 'factors', buffer: factors, element, access: 'read' },
      { name: 'slopes', buffer: slopes, element, access: 'read' },
      { name: 'dx', buffer: dx, element, access: 'read_write' },
    ],
    invocations: shape.rows * depth,
    workgroupSize: 64,
    body: `
  let lane = t % ${depth}u;
  let along = (x[t] - factors[lane]) * slopes[${depth}u + lane];
  let value = factors[${2 * depth}u + lane] * (dy[t] - slopes[lane] - along);
  dx[t] = ${mask ? `select(${zero}, value, x[t] > ${zero})` : 'value'};`,
  }
}

/** A run of parameters that are statistics: [from, from + count) in `params`, one after another in `statistics`. */
export interface StatisticRun {
  readonly from: number
  readonly count: number
}

/** Puts what became of all moving statistics in force, after the optimizer, whose business they are not. */
export function statisticsKernel(runs: readonly StatisticRun[]): Kernel {
  const total = runs.reduce((sum, { count }) => sum + count, 0)
  let start = 0
  const choices = runs.map(({ from, count }) => {
    const choice = `if (t >= ${start}u) { at = ${from}u + t - ${start}u; }`
    start += count
    return choice
  })
  return {
    label: 'moving statistics',
    bindings: [
      { name: 'statistics', buffer: 'statistics', element: 'f32', access: 'read' },
      { name: 'params', buffer: 'params', element: 'f32', access: 'read_write' },
    ],
    invocations: total,
    workgroupSize: 64,
    body: `
  var at = 0u;
  ${choices.join('\n  ')}
  params[at] = statistics[t];`,
  }
}
