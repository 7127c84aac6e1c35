import type { TensorInfo } from '@tensorflow/tfjs-core'
import { convolutionKernel } from '../../compiled/kernels/convolution.ts'
import { convolutionFilterGradient } from '../../compiled/kernels/convolution-filter.ts'
import { convolutionInputGradient } from '../../compiled/kernels/convolution-input.ts'
import { type EpilogueAttributes, type EpilogueInputs, epilogueOf } from './epilogue.ts'
import { areFloats, type GpuKernel, isEmulated, type RunKernel, tuningFor } from './gpu-backend.ts'
import { splitOf, sumOfShares } from './shares.ts'
import { type ConvolutionAttributes, convolutionShape } from './window-shape.ts'

interface ConvolutionInputs extends EpilogueInputs {
  /** [batch, height, width, channels] */
  readonly x: TensorInfo
  /** [height, width, channels, filters] */
  readonly filter: TensorInfo
}

type Convolution = GpuKernel<ConvolutionInputs, ConvolutionAttributes & EpilogueAttributes>

/** Conv2D and FusedConv2D on an emulated GPU, where stock's workgroup memory is many times slower. */
export const convolution =
  (run: RunKernel, stock: Convolution): Convolution =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { x, filter } = inputs
    const shape = convolutionShape(x.shape, filter.shape, attrs)
    const epilogue = epilogueOf({ ...inputs, ...attrs }, filter.shape[3])
    if (shape === undefined || epilogue === undefined || !areFloats(x, filter) || !isEmulated(backend))
      return stock(call)
    const { place, relu, tensors } = epilogue
    const { batch, outputs, filters } = shape
    return run(
      backend,
      `convolution ${JSON.stringify([shape, place, relu])}`,
      (tuning) => convolutionKernel({ ...shape, relu }, tuning, { x: 'x', y: 'y' }, place),
      { x, params: filter, ...tensors },
      [batch, ...outputs, filters],
    )
  }

interface InputGradientInputs {
  /** [batch, out height, out width, filters] */
  readonly dy: TensorInfo
  readonly filter: TensorInfo
}

interface InputGradientAttributes extends ConvolutionAttributes {
  readonly inputShape: readonly number[]
}

export type InputGradient = GpuKernel<InputGradientInputs, InputGradientAttributes>

/** Conv2DBackpropInput on an emulated GPU, in tiles that stay in registers. */
export const inputGradient =
  (run: RunKernel, stock: InputGradient): InputGradient =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { dy, filter } = inputs
    const shape = convolutionShape(attrs.inputShape, filter.shape, attrs)
    if (shape === undefined || !areFloats(dy, filter) || !isEmulated(backend)) return stock(call)
    const names = { x: 'x', dx: 'dx', dy: 'dy', mask: false }
    return run(
      backend,
      `convolution input gradient ${JSON.stringify(shape)}`,
      (tuning) => convolutionInputGradient(shape, tuning, names),
      { dy, params: filter },
      attrs.inputShape,
    )
  }

interface FilterGradientInputs {
  readonly x: TensorInfo
  readonly dy: TensorInfo
}

interface FilterGradientAttributes extends ConvolutionAttributes {
  readonly filterShape: readonly number[]
}

export type FilterGradient = GpuKernel<FilterGradientInputs, FilterGradientAttributes>

/**
 * Conv2DBackpropFilter on any GPU. Stock has one invocation for each weight walk all pixels of the batch, which are
 * few invocations with much to do; here the batch is shared out, and the gradients of the shares are added up.
 */
export const filterGradient =
  (run: RunKernel, stock: FilterGradient): FilterGradient =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { x, dy } = inputs
    const { filterShape } = attrs
    const shape = convolutionShape(x.shape, filterShape, attrs)
    if (shape === undefined || !areFloats(x, dy)) return stock(call)
    const split = splitOf(filterShape, shape.batch, tuningFor(backend))
    const parts = run(
      backend,
      `convolution filter gradient ${JSON.stringify([shape, split])}`,
      (tuning) => convolutionFilterGradient(shape, tuning, split, { x: 'x', dy: 'dy' }, false),
      { x, dy },
      [split.shares, ...filterShape],
    )
    return sumOfShares(run, backend, parts)
  }
