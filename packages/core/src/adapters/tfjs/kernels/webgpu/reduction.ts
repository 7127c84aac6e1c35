import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Kernel } from '../../compiled/kernel.ts'
import type { Tuning } from '../../compiled/tuning.ts'
import { elementOf, isAligned } from '../../compiled/wgsl.ts'
import type { SumAttributes, SumInputs } from '../sum-over-rows.ts'
import { areFloats, type GpuBackend, type GpuKernel, isEmulated, type RunKernel } from './gpu-backend.ts'

/** Sums over the middle of x [outer, count, inner]. */
export interface SumShape {
  readonly outer: number
  readonly count: number
  readonly inner: number
  readonly kind: 'sum' | 'mean'
}

/** Values that are worth a dispatch more in which more invocations share them, and how many share them at most. */
const [manyValues, mostParts] = [256, 256]

/** [outer, inner], in the shape that the caller says. */
export function summed(
  run: RunKernel,
  backend: GpuBackend,
  x: TensorInfo,
  { outer, count, inner, kind }: SumShape,
  outputShape: readonly number[],
): TensorInfo {
  const pass = (from: TensorInfo, pass: Pass, to: readonly number[]): TensorInfo =>
    run(
      backend,
      `sum ${[pass.outer, pass.count, pass.inner, pass.parts, pass.factor]}`,
      (tuning) => sumKernel(pass, tuning),
      { x: from },
      to,
    )
  const last = { outer, inner, parts: 1, factor: kind === 'mean' ? 1 / count : 1 }
  const parts = Math.min(Math.ceil(count / manyValues), Math.ceil(mostParts / (outer * inner)))
  if (parts <= 1) return pass(x, { ...last, count }, outputShape)
  const partial = pass(x, { outer, count, inner, parts, factor: 1 }, [outer, parts, inner])
  const sums = pass(partial, { ...last, count: parts }, outputShape)
  backend.disposeData(partial.dataId)
  return sums
}

interface Pass extends Omit<SumShape, 'kind'> {
  /** Of the `count`, each with every so many of them and a sum of its own. */
  readonly parts: number
  /** What each sum is multiplied by. */
  readonly factor: number
}

/** y [outer, parts, inner] */
function sumKernel({ outer, count, inner, parts, factor }: Pass, { workgroupSize }: Tuning): Kernel {
  const element = elementOf(isAligned(inner))
  const lanes = isAligned(inner) ? inner / 4 : inner
  return {
    label: 'sum',
    bindings: [
      { name: 'x', buffer: 'x', element, access: 'read' },
      { name: 'y', buffer: 'y', element, access: 'read_write' },
    ],
    invocations: outer * parts * lanes,
    workgroupSize,
    body: `
  let lane = t % ${lanes}u;
  let part = t / ${lanes}u % ${parts}u;
  let start = t / ${lanes * parts}u * ${count}u;
  var sum = ${element}(0);
  for (var n = part; n < ${count}u; n += ${parts}u) {
    sum += x[(start + n) * ${lanes}u + lane];
  }
  y[t] = sum${factor === 1 ? '' : ` * f32(${factor})`};`,
  }
}

type Reduction = GpuKernel<SumInputs, SumAttributes>

/**
 * Sum, or Mean, of floats over neighbouring axes on an emulated GPU, where stock's reduction in workgroup memory takes
 * as long for ten elements as for thousands; over first axes, as for the gradient of a bias, it takes a transpose besides.
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
    const outer = elements(shape.slice(0, first))
    const count = elements(shape.slice(first, first + axes.length))
    const inner = elements(shape.slice(first + axes.length))
    const isTaken = axes.length > 0 && areNeighbours && outer * count * inner > 0 && areFloats(x)
    if (!isTaken || !isEmulated(backend)) return stock(call)
    const kept = shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : attrs.keepDims ? [1] : []))
    return summed(run, backend, x, { outer, count, inner, kind }, kept)
  }
