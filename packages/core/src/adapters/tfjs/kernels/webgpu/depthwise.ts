import { depthwiseFilterGradient, depthwiseInputGradient } from '../../compiled/kernels/depthwise.ts'
import type { FilterGradient, InputGradient } from './convolution.ts'
import { areFloats, isEmulated, type RunKernel, tuningFor } from './gpu-backend.ts'
import { splitOf, sumOfShares } from './shares.ts'
import { depthwiseShape } from './window-shape.ts'

/** DepthwiseConv2dNativeBackpropInput on an emulated GPU, four channels at a time. */
export const depthwiseInput =
  (run: RunKernel, stock: InputGradient): InputGradient =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { dy, filter } = inputs
    const shape = depthwiseShape(attrs.inputShape, filter.shape, attrs)
    if (shape === undefined || !areFloats(dy, filter) || !isEmulated(backend)) return stock(call)
    const names = { x: 'x', dx: 'dx', dy: 'dy', mask: false }
    return run(
      backend,
      `depthwise input gradient ${JSON.stringify(shape)}`,
      () => depthwiseInputGradient(shape, names),
      { dy, params: filter },
      attrs.inputShape,
    )
  }

/** DepthwiseConv2dNativeBackpropFilter on any GPU, in shares of the batch as the gradient of other filters is. */
export const depthwiseFilter =
  (run: RunKernel, stock: FilterGradient): FilterGradient =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { x, dy } = inputs
    const { filterShape } = attrs
    const shape = depthwiseShape(x.shape, filterShape, attrs)
    if (shape === undefined || !areFloats(x, dy)) return stock(call)
    const split = splitOf(filterShape, shape.batch, tuningFor(backend))
    const parts = run(
      backend,
      `depthwise filter gradient ${JSON.stringify([shape, split])}`,
      () => depthwiseFilterGradient(shape, { ...split, at: 0 }, { x: 'x', dy: 'dy' }, false),
      { x, dy },
      [split.shares, ...filterShape],
    )
    return sumOfShares(run, backend, parts)
  }
