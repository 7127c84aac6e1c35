import { elements } from '../../../../params/layout.ts'
import { type ImageShape, paddingBefore, type Window } from '../../../../task/layer.ts'
import { type ConvolutionShape, convolutionKernel } from '../kernels/convolution.ts'
import { convolutionFilterGradient } from '../kernels/convolution-filter.ts'
import { convolutionInputGradient } from '../kernels/convolution-input.ts'
import {
  type DepthwiseShape,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  depthwiseKernel,
} from '../kernels/depthwise.ts'
import { poolingGradient, poolingKernel } from '../kernels/pooling.ts'
import { windowsGradient, windowsKernel } from '../kernels/pooling-windows.ts'
import { merged } from '../merge.ts'
import type { Stage, StageSetting } from './stage.ts'

const rowsAndColumns = ([height, width]: ImageShape): readonly [number, number] => [height, width]

const shapeOf = (layer: Window, relu: boolean, { batch, offset }: StageSetting): DepthwiseShape => ({
  batch,
  inputs: layer.inputs,
  outputs: rowsAndColumns(layer.outputs),
  side: layer.kernel,
  stride: layer.stride,
  before: paddingBefore(layer),
  relu,
  offset,
})

export function convolutionStage(layer: Window, relu: boolean, setting: StageSetting): Stage {
  const { batch, tuning, place } = setting
  const shape: ConvolutionShape = { ...shapeOf(layer, relu, setting), filters: layer.outputs[2] }
  return {
    outputs: batch * elements(layer.outputs),
    relu,
    forward: (names) => [convolutionKernel(shape, tuning, names)],
    backward: ({ dx, ...names }) => {
      const own = convolutionFilterGradient(shape, tuning, place, names)
      return dx === undefined ? [own] : merged(own, convolutionInputGradient(shape, tuning, { ...names, dx }))
    },
  }
}

export function depthwiseStage(layer: Window, relu: boolean, setting: StageSetting): Stage {
  const { batch, place } = setting
  const shape = shapeOf(layer, relu, setting)
  return {
    outputs: batch * elements(layer.outputs),
    relu,
    forward: (names) => [depthwiseKernel(shape, names)],
    backward: ({ dx, ...names }) => {
      const own = depthwiseFilterGradient(shape, place, names)
      return dx === undefined ? [own] : [own, depthwiseInputGradient(shape, { ...names, dx })]
    },
  }
}

export function poolingStage(layer: Window, kind: 'mean' | 'largest', { batch }: StageSetting): Stage {
  const { inputs, kernel: size, stride } = layer
  const shape = { batch, inputs, outputs: rowsAndColumns(layer.outputs), size, stride }
  // Squares that do not overlap need no search for them on the way back.
  const squares = kind === 'largest' && stride === size
  return {
    outputs: batch * elements(layer.outputs),
    relu: false,
    forward: ({ x, y }) => [squares ? poolingKernel(shape, x, y) : windowsKernel(shape, kind, { x, y })],
    backward: ({ dx, ...names }) => {
      if (dx === undefined) return []
      const masked = squares && names.mask
      return [
        masked ? poolingGradient(shape, { ...names, dx }) : windowsGradient(shape, kind, { ...names, dx }),
      ]
    },
  }
}
