import { elements } from '../../../../params/layout.ts'
import type { Layer } from '../../../../task/layer.ts'
import {
  type BatchNormShape,
  batchNormFactors,
  batchNormGradients,
  batchNormInputGradient,
  batchNormKernel,
  batchNormMoments,
  batchNormMovingFactors,
  batchNormParts,
  batchNormSums,
} from '../kernels/batch-norm.ts'
import {
  type LayerNormShape,
  layerNormGradients,
  layerNormInputGradient,
  layerNormKernel,
} from '../kernels/layer-norm.ts'
import type { Stage, StageSetting } from './stage.ts'

export function batchNormStage(
  { inputs, momentum, epsilon }: Extract<Layer, { type: 'batch-norm' }>,
  relu: boolean,
  setting: StageSetting,
): Stage {
  const { batch, layer, offset, place, statisticsAt } = setting
  const channels = inputs.at(-1) ?? 1
  const rows = (batch * elements(inputs)) / channels
  const shape: BatchNormShape = {
    rows,
    channels,
    relu,
    offset,
    gradientAt: place.at,
    statisticsAt,
    momentum,
    epsilon,
  }
  const buffers = { parts: `parts ${layer}`, factors: `factors ${layer}`, slopes: `slopes ${layer}` }
  return {
    outputs: rows * channels,
    relu,
    buffers: new Map([
      [buffers.parts, 2 * channels * batchNormParts(shape).parts],
      [buffers.factors, 4 * channels],
      [buffers.slopes, 2 * channels],
    ]),
    forward: (names) => [
      batchNormMoments(shape, names.x, buffers),
      batchNormFactors(shape, buffers),
      batchNormKernel(shape, names, buffers),
    ],
    evaluate: (names) => [batchNormMovingFactors(shape, buffers), batchNormKernel(shape, names, buffers)],
    backward: ({ dx, ...names }) => [
      batchNormSums(shape, names, buffers),
      batchNormGradients(shape, buffers),
      ...(dx === undefined ? [] : [batchNormInputGradient(shape, { ...names, dx }, buffers)]),
    ],
  }
}

export function layerNormStage(
  { inputs, epsilon }: Extract<Layer, { type: 'layer-norm' }>,
  { batch, layer, offset, place }: StageSetting,
): Stage {
  const width = inputs.at(-1) ?? 1
  const rowsEach = elements(inputs) / width
  const shape: LayerNormShape = { rows: batch * rowsEach, rowsEach, width, epsilon, offset }
  const moments = `moments ${layer}`
  return {
    outputs: shape.rows * width,
    relu: false,
    buffers: new Map([[moments, 2 * shape.rows]]),
    forward: (names) => [layerNormKernel(shape, { ...names, moments })],
    backward: ({ dx, ...names }) => [
      layerNormGradients(shape, place, { ...names, moments }),
      ...(dx === undefined ? [] : [layerNormInputGradient(shape, { ...names, dx, moments })]),
    ],
  }
}
