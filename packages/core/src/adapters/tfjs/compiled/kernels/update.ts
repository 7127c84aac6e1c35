import type { CompleteOptimizer, TrainingSpec } from '../../../../task/task.ts'
import type { Binding, Kernel } from '../kernel.ts'
import type { Split } from './convolution-filter.ts'

/** Where each parameter's gradient lies: the first `shared` have one in every share, the others follow the shares. */
export interface GradientLayout {
  readonly size: number
  readonly shared: number
  readonly split: Split
}

/** Where the gradient of parameter `offset` begins, for one that has no shares, in floats. */
export const gradientAt = ({ shared, split }: GradientLayout, offset: number): number =>
  split.shares * split.stride + offset - shared

/** Floats of the gradient's buffer. */
export const gradientSize = (layout: GradientLayout): number => gradientAt(layout, layout.size)

/** Kernels that update four parameters at a time where shares begin at multiples of four. */
const stepOf = ({ shared }: GradientLayout): 4 | 1 => (shared % 4 === 0 ? 4 : 1)
const elementFor = (layout: GradientLayout): 'vec4f' | 'f32' => (stepOf(layout) === 4 ? 'vec4f' : 'f32')

/** Statements that declare `g`, the gradient of the parameters at index `i` of the kernel's element. */
function sumOfShares(layout: GradientLayout): string {
  const { shared, split } = layout
  const step = stepOf(layout)
  const own = `g = gradient[i + ${(split.shares * split.stride - shared) / step}u];`
  const element = elementFor(layout)
  if (shared === 0) return `var g = ${element}(0); ${own}`
  return `var g = ${element}(0);
    if (i < ${shared / step}u) {
      for (var s = 0u; s < ${split.shares}u; s++) { g += gradient[s * ${split.stride / step}u + i]; }
    } else { ${own} }`
}

/** Statements that declare `g` with what a proximal term adds to it: mu (params - anchor). */
const gradientOf = (layout: GradientLayout, proximal: number): string =>
  proximal === 0
    ? sumOfShares(layout)
    : `${sumOfShares(layout)}
    g += f32(${proximal}) * (params[i] - anchor[i]);`

/** What those statements read beside the gradient and the parameters. */
const anchorOf = (layout: GradientLayout, proximal: number): readonly Binding[] =>
  proximal === 0 ? [] : [{ name: 'anchor', buffer: 'anchor', element: elementFor(layout), access: 'read' }]

/** Partial sums that the norm is made of: many enough to keep a device busy, few enough for one invocation to add. */
export const normParts = 256

/** norms[t] = the squares of every normParts-th gradient, proximal term included. */
export function normKernel(layout: GradientLayout, proximal: number): Kernel {
  const element = elementFor(layout)
  const square = element === 'vec4f' ? 'dot(g, g)' : 'g * g'
  return {
    label: 'gradient norm',
    bindings: [
      { name: 'gradient', buffer: 'gradient', element, access: 'read' },
      ...(proximal === 0 ? [] : [{ name: 'params', buffer: 'params', element, access: 'read' } as const]),
      ...anchorOf(layout, proximal),
      { name: 'norms', buffer: 'norms', element: 'f32', access: 'read_write' },
    ],
    invocations: normParts,
    workgroupSize: 16,
    body: `
  var total = 0.0;
  for (var i = t; i < ${Math.ceil(layout.size / stepOf(layout))}u; i += ${normParts}u) {
    ${gradientOf(layout, proximal)}
    total += ${square};
  }
  norms[t] = total;`,
  }
}

/** Global-norm clipping (Pascanu et al. 2013, arXiv 1211.5063): scale = min(1, clipNorm / ||g||). */
export function scaleKernel(clipNorm: number): Kernel {
  return {
    label: 'gradient scale',
    bindings: [
      { name: 'norms', buffer: 'norms', element: 'vec4f', access: 'read' },
      { name: 'scale', buffer: 'scale', element: 'f32', access: 'read_write' },
    ],
    invocations: 1,
    workgroupSize: 1,
    body: `
  var total = vec4f(0);
  for (var i = 0u; i < ${normParts / 4}u; i++) { total += norms[i]; }
  let norm = sqrt(total.x + total.y + total.z + total.w);
  scale[0] = select(1.0, f32(${clipNorm}) / norm, norm > f32(${clipNorm}));`,
  }
}

/** Of Adam: the decays of its moments, and what keeps it from dividing by zero. */
export const adam = { first: 0.9, second: 0.999, epsilon: 1e-7 } as const

/** Words of a step's record beyond the batch's rows: what Adam needs to know of the number of the step. */
export const recordExtras = 2

/** The buffers, as long as the parameters, in which the optimizer keeps its moments. */
export function momentsOf({ kind }: CompleteOptimizer): readonly ('means' | 'squares')[] {
  switch (kind) {
    case 'sgd':
      return []
    case 'momentum':
      return ['means']
    case 'adam':
    case 'adamw':
      return ['means', 'squares']
  }
}

/** Statements that move the parameters along `g`. */
function ruleOf({ optimizer, batchSize }: TrainingSpec): string {
  switch (optimizer.kind) {
    case 'sgd':
      return `params[i] -= f32(${optimizer.learningRate}) * g;`
    case 'momentum':
      return `let m = f32(${optimizer.momentum}) * means[i] + g;
  means[i] = m;
  params[i] -= f32(${optimizer.learningRate}) * m;`
    case 'adam':
      return adamRule(batchSize, 'params[i]')
    case 'adamw':
      return adamRule(batchSize, `f32(${1 - optimizer.learningRate * optimizer.weightDecay}) * params[i]`)
  }
}

/** One step of Adam away from an expression. */
function adamRule(batchSize: number, from: string): string {
  const { first, second, epsilon } = adam
  return `let m = ${first} * means[i] + ${1 - first} * g;
  let v = ${second} * squares[i] + ${1 - second} * g * g;
  means[i] = m;
  squares[i] = v;
  let rate = bitcast<f32>(record[${batchSize}]);
  let share = bitcast<f32>(record[${batchSize + 1}]);
  params[i] = ${from} - rate * m / (sqrt(share * v) + ${epsilon});`
}

/**
 * SGD: x <- x - rate g. Momentum: m <- b m + g, x <- x - rate m. Adam (Kingma and Ba 2015, arXiv 1412.6980):
 * m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, x <- x - first m / (sqrt(second v) + epsilon), where
 * first = rate / (1 - b1^t) and second = 1 / (1 - b2^t) come with the step's record, after the `batch` rows. AdamW
 * (Loshchilov and Hutter 2019, arXiv 1711.05101): the same from (1 - rate decay) x. A proximal term is part of g.
 */
export function updateKernel(layout: GradientLayout, training: TrainingSpec): Kernel {
  const { optimizer, clipNorm, proximal } = training
  const element = elementFor(layout)
  const moments = momentsOf(optimizer)
  return {
    label: 'update',
    bindings: [
      { name: 'gradient', buffer: 'gradient', element, access: 'read' },
      { name: 'params', buffer: 'params', element, access: 'read_write' },
      ...anchorOf(layout, proximal),
      ...(clipNorm === 0
        ? []
        : [{ name: 'scale', buffer: 'scale', element: 'f32', access: 'read' } as const]),
      ...moments.map((name) => ({ name, buffer: name, element, access: 'read_write' }) as const),
      ...(moments.includes('squares')
        ? [{ name: 'record', buffer: 'record', element: 'u32', access: 'read' } as const]
        : []),
    ],
    invocations: Math.ceil(layout.size / stepOf(layout)),
    workgroupSize: 64,
    body: `
  let i = t;
  ${gradientOf(layout, proximal)}
  ${clipNorm === 0 ? '' : 'g *= scale[0];'}
  ${ruleOf(training)}`,
  }
}
