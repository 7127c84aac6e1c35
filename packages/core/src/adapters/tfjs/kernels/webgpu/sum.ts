import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Kernel } from '../../compiled/kernel.ts'
import { elementOf, isAligned } from '../../compiled/wgsl.ts'
import type { SumAttributes, SumInputs } from '../sum-over-rows.ts'
import { areFloats, type GpuBackend, type GpuKernel, isEmulated, type RunKernel } from './gpu-backend.ts'

/** Sums over the middle of x [outer, count, inner]. */
export interface SumShape {
  readonly outer: number
  readonly count: number
  readonly inner: number
  /** What each sum is multiplied by. */
  readonly factor: number
  /** Of the squares. */
  readonly squared: boolean
}

/** Adds that are worth one more dispatch in which more invocations share them, and how many share them at most. */
const [manyAdds, mostParts] = [256, 128]

/** [outer, inner], of which the caller says the shape. */
export function sumOf(
  run: RunKernel,
  backend: GpuBackend,
  x: TensorInfo,
  shape: SumShape,
  outputShape: readonly number[],
): TensorInfo {
  const { outer, count, inner } = shape
  const wanted = Math.min(Math.ceil(count / manyAdds), Math.ceil(mostParts / (outer * inner)))
  if (wanted <= 1) return pass(run, backend, x, shape, 1, outputShape)
  const partial = pass(run, backend, x, { ...shape, factor: 1 }, wanted, [outer, wanted, inner])
  const sum = pass(run, backend, partial, { ...shape, count: wanted, squared: false }, 1, outputShape)
  backend.disposeData(partial.dataId)
  return sum
}

const pass = (
  run: RunKernel,
  backend: GpuBackend,
  x: TensorInfo,
  shape: SumShape,
  parts: number,
  outputShape: readonly number[],
): TensorInfo =>
  run(backend, `sum ${Object.values(shape)} ${parts}`, () => sumKernel(shape, parts), { x }, outputShape)

/** y [outer, parts, inner]: each part has every so many of the `count`. */
function sumKernel({ outer, count, inner, factor, squared }: SumShape, parts: number): Kernel {
  const element = elementOf(isAligned(inner))
  const lanes = isAligned(inner) ? inner / 4 : inner
  return {
    label: 'sum',
    bindings: [
      { name: 'x', buffer: 'x', element, access: 'read' },
      { name: 'y', buffer: 'y', element, access: 'read_write' },
    ],
    invocations: outer * parts * lanes,
    workgroupSize: 16,
    body: `
  let lane = t % ${lanes}u;
  let part = t / ${lanes}u % ${parts}u;
  let start = t / ${lanes * parts}u * ${count}u;
  var sum = ${element}(0);
  for (var n = part; n < ${count}u; n += ${parts}u) {
    let value = x[(start + n) * ${lanes}u + lane];
    sum += ${squared ? 'value * value' : 'value'};
  }
  y[t] = sum * ${factor === 1 ? '1.0' : `f32(${factor})`};`,
  }
}

type Reduction = GpuKernel<SumInputs, SumAttributes>

/**
 * Sum, or Mean, over neighbouring axes on an emulated GPU, where stock's reduction in workgroup memory takes as long
 * for ten elements as for thousands; of first axes, as gradients of biases are, it takes a transpose besides.
 */
export const reduction =
  (run: RunKernel, kind: 'sum' | 'mean', stock: Reduction): Reduction =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { x } = inputs
    const shape = [...x.shape]
    const axes = util.parseAxisParam(attrs.axis, shape).toSorted((a, b) => a - b)
    const [first = 0] = axes
    const areNeighbours = axes.every((axis, i) => axis === first + i)
    const [outer, count, inner] = [
      elements(shape.slice(0, first)),
      elements(shape.slice(first, first + axes.length)),
      elements(shape.slice(first + axes.length)),
    ]
    const isTaken = axes.length > 0 && areNeighbours && outer * count * inner > 0 && areFloats(x)
    if (!isTaken || !isEmulated(backend)) return stock(call)
    const kept = shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : attrs.keepDims ? [1] : []))
    const factor = kind === 'mean' ? 1 / count : 1
    return sumOf(run, backend, x, { outer, count, inner, factor, squared: false }, kept)
  }
