import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Kernel } from '../../compiled/kernel.ts'
import { elementOf, isAligned } from '../../compiled/wgsl.ts'
import type { DescentInputs } from '../update.ts'
import type { GpuKernel, RunKernel } from './gpu-backend.ts'
import { summed } from './reduction.ts'

/** Partial sums, and tensors that one dispatch looks at: with the partial sums from before and after, all that WebGPU promises. */
const [parts, mostTensors] = [256, 6]

/** Sum of squares of all elements of all inputs, whatever their names, in as few dispatches as their number allows. */
export const squaredNorm =
  (run: RunKernel): GpuKernel<Readonly<Record<string, TensorInfo>>, object> =>
  ({ inputs, backend }) => {
    const tensors = Object.values(inputs)
    let sums: TensorInfo | undefined
    for (let first = 0; first < tensors.length; first += mostTensors) {
      const some = tensors.slice(first, first + mostTensors)
      const counts = some.map(({ shape }) => elements(shape))
      const before = sums
      const named = Object.fromEntries(some.map((tensor, i) => [`x${i}`, tensor]))
      sums = run(
        backend,
        `squares ${counts} ${before !== undefined}`,
        ({ workgroupSize }) => squaresKernel(counts, before !== undefined, workgroupSize),
        { ...named, ...(before === undefined ? {} : { before }) },
        [parts],
      )
      if (before !== undefined) backend.disposeData(before.dataId)
    }
    if (sums === undefined) throw new RangeError('there is no norm of no tensors')
    const norm = summed(run, backend, sums, { outer: 1, count: parts, inner: 1, kind: 'sum' }, [])
    backend.disposeData(sums.dataId)
    return norm
  }

/** y[t] = before[t], where there is one, + the squares of every so many elements of each tensor. */
const squaresKernel = (counts: readonly number[], isFollowing: boolean, workgroupSize: number): Kernel => ({
  label: 'squares',
  bindings: [
    ...counts.map(
      (count, i) =>
        ({ name: `x${i}`, buffer: `x${i}`, element: elementOf(isAligned(count)), access: 'read' }) as const,
    ),
    ...(isFollowing ? [{ name: 'before', buffer: 'before', element: 'f32', access: 'read' } as const] : []),
    { name: 'y', buffer: 'y', element: 'f32', access: 'read_write' },
  ],
  invocations: parts,
  workgroupSize,
  body: `
  var sum = ${isFollowing ? 'before[t]' : '0.0'};
  ${counts
    .map(
      (count, i) => `for (var n = t; n < ${isAligned(count) ? count / 4 : count}u; n += ${parts}u) {
    let value = x${i}[n];
    sum += ${isAligned(count) ? 'dot(value, value)' : 'value * value'};
  }`,
    )
    .join('\n')}
  y[t] = sum;`,
})

/** x - rate gradient in one dispatch, where tfjs takes two. */
export const descent =
  (run: RunKernel): GpuKernel<DescentInputs, object> =>
  ({ inputs: { x, rate, gradient }, backend }) => {
    const count = elements(x.shape)
    return run(backend, `descent ${count}`, () => descentKernel(count), { x, rate, gradient }, x.shape)
  }

function descentKernel(count: number): Kernel {
  const element = elementOf(isAligned(count))
  return {
    label: 'descent',
    bindings: [
      { name: 'x', buffer: 'x', element, access: 'read' },
      { name: 'rate', buffer: 'rate', element: 'f32', access: 'read' },
      { name: 'gradient', buffer: 'gradient', element, access: 'read' },
      { name: 'y', buffer: 'y', element, access: 'read_write' },
    ],
    invocations: isAligned(count) ? count / 4 : count,
    workgroupSize: 64,
    body: 'y[t] = x[t] - rate[0] * gradient[t];',
  }
}
