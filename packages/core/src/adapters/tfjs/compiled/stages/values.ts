import { elements } from '../../../../params/layout.ts'
import { type DenseShape, denseInputGradient, denseKernel, denseKernelGradient } from '../kernels/dense.ts'
import { copyKernel, dropoutKernel, reluKernel } from '../kernels/pointwise.ts'
import { merged } from '../merge.ts'
import type { Stage, StageSetting } from './stage.ts'

export function denseStage(
  { inputs, units }: Pick<DenseShape, 'inputs' | 'units'>,
  relu: boolean,
  { batch, tuning, offset, place }: StageSetting,
): Stage {
  const shape: DenseShape = { batch, inputs, units, offset }
  return {
    outputs: batch * units,
    relu,
    forward: (names) => [denseKernel(shape, tuning, relu, names)],
    backward: ({ dx, mask, ...names }) => {
      const own = denseKernelGradient(shape, tuning, place.at, names)
      return dx === undefined ? [own] : merged(own, denseInputGradient(shape, tuning, mask, { ...names, dx }))
    },
  }
}

export function reluStage(inputs: readonly number[], { batch }: StageSetting): Stage {
  const count = batch * elements(inputs)
  return {
    outputs: count,
    relu: true,
    forward: ({ x, y }) => [reluKernel(count, { from: x, to: y })],
    backward: ({ x, dx, dy, mask }) =>
      dx === undefined ? [] : [copyKernel(count, { from: dy, to: dx, mask: mask ? x : undefined })],
  }
}

export function dropoutStage(
  { inputs, rate }: { readonly inputs: readonly number[]; readonly rate: number },
  { batch, layer, seedWord }: StageSetting,
): Stage {
  const count = batch * elements(inputs)
  const shape = { count, rate, layer, seedWord }
  return {
    outputs: count,
    relu: false,
    forward: ({ x, y }) => [dropoutKernel(shape, { from: x, to: y })],
    evaluate: ({ x, y }) => [copyKernel(count, { from: x, to: y })],
    backward: ({ x, dx, dy, mask }) =>
      dx === undefined ? [] : [dropoutKernel(shape, { from: dy, to: dx, mask: mask ? x : undefined })],
  }
}
