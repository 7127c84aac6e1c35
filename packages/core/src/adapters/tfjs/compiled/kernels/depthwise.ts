import type { Kernel } from '../kernel.ts'
import { elementOf, isAligned, load4, store4 } from '../wgsl.ts'
import type { ConvolutionShape } from './convolution.ts'
import type { InputGradientNames } from './convolution-input.ts'
import type { GradientPlace } from './gradient-place.ts'

/** A depthwise convolution: [side, side, channels], a filter of its own for each channel. Its bias follows its filters. */
export type DepthwiseShape = Omit<ConvolutionShape, 'filters'>

/** Channels that one invocation computes, and how it loads them. */
function lanesOf({ inputs: [, , channels], offset }: DepthwiseShape) {
  const step = channels % 4 === 0 ? 4 : 1
  const aligned = step === 4 && isAligned(offset)
  return {
    step,
    depth: channels / step,
    element: elementOf(step === 4),
    paramElement: elementOf(aligned),
    zero: `${elementOf(step === 4)}(0)`,
    /** Parameters of neighbouring channels from a float on. */
    param: (start: string): string => (step === 4 ? load4('params', aligned, start) : `params[${start}]`),
  }
}

/** y = x * filters + bias, through ReLU where the shape says so. */
export function depthwiseKernel(
  shape: DepthwiseShape,
  { x, y }: { readonly x: string; readonly y: string },
): Kernel {
  const { batch, inputs, side, stride, before, relu, offset } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = shape.outputs
  const { step, depth, element, paramElement, zero, param } = lanesOf(shape)
  return {
    label: 'depthwise convolution',
    bindings: [
      { name: 'x', buffer: x, element, access: 'read' },
      { name: 'params', buffer: 'params', element: paramElement, access: 'read' },
      { name: 'y', buffer: y, element, access: 'read_write' },
    ],
    invocations: batch * outHeight * outWidth * depth,
    workgroupSize: 64,
    body: `
  let lane = t % ${depth}u;
  let pixel = t / ${depth}u;
  let row = i32(pixel / ${outWidth}u % ${outHeight}u) * ${stride} - ${before[0]};
  let column = i32(pixel % ${outWidth}u) * ${stride} - ${before[1]};
  let image = pixel / ${outHeight * outWidth}u;
  var sum = ${param(`${offset + side * side * channels}u + lane * ${step}u`)};
  for (var i = 0; i < ${side}; i++) {
    if (row + i < 0 || row + i >= ${height}) { continue; }
    for (var j = 0; j < ${side}; j++) {
      if (column + j < 0 || column + j >= ${width}) { continue; }
      let source = ((image * ${height}u + u32(row + i)) * ${width}u + u32(column + j)) * ${depth}u + lane;
      sum += x[source] * ${param(`${offset}u + u32(i * ${side} + j) * ${channels}u + lane * ${step}u`)};
    }
  }
  y[t] = ${relu ? `max(sum, ${zero})` : 'sum'};`,
  }
}

/** dx: every input pixel gathers from the output pixels whose windows it was in. */
export function depthwiseInputGradient(shape: DepthwiseShape, names: InputGradientNames): Kernel {
  const { batch, inputs, side, stride, before, offset } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = shape.outputs
  const { step, depth, element, paramElement, zero, param } = lanesOf(shape)
  return {
    label: 'depthwise input gradient',
    bindings: [
      { name: 'params', buffer: 'params', element: paramElement, access: 'read' },
      { name: 'dy', buffer: names.dy, element, access: 'read' },
      { name: 'dx', buffer: names.dx, element, access: 'read_write' },
      ...(names.mask ? [{ name: 'x', buffer: names.x, element, access: 'read' } as const] : []),
    ],
    invocations: batch * height * width * depth,
    workgroupSize: 64,
    body: `
  let lane = t % ${depth}u;
  let pixel = t / ${depth}u;
  let row = i32(pixel / ${width}u % ${height}u) + ${before[0]};
  let column = i32(pixel % ${width}u) + ${before[1]};
  let image = pixel / ${height * width}u;
  var sum = ${zero};
  for (var i = 0; i < ${side}; i++) {
    let down = row - i;
    if (down < 0 || down % ${stride} != 0 || down / ${stride} >= ${outHeight}) { continue; }
    for (var j = 0; j < ${side}; j++) {
      let across = column - j;
      if (across < 0 || across % ${stride} != 0 || across / ${stride} >= ${outWidth}) { continue; }
      let source = ((image * ${outHeight}u + u32(down / ${stride})) * ${outWidth}u + u32(across / ${stride})) * ${depth}u + lane;
      sum += dy[source] * ${param(`${offset}u + u32(i * ${side} + j) * ${channels}u + lane * ${step}u`)};
    }
  }
  dx[t] = ${names.mask ? `select(${zero}, sum, x[t] > ${zero})` : 'sum'};`,
  }
}

/** Filter and, where it `hasBias`, bias gradients of each share of the batch: an invocation has one place of the filters. */
export function depthwiseFilterGradient(
  shape: DepthwiseShape,
  { shares, examples, stride: shareStride, at }: GradientPlace,
  { x, dy }: { readonly x: string; readonly dy: string },
  hasBias = true,
): Kernel {
  const { batch, inputs, side, stride, before } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = shape.outputs
  const { step, depth, element, zero } = lanesOf(shape)
  const aligned = isAligned(channels, at, shareStride)
  const places = side * side
  const rows = places + (hasBias ? 1 : 0)
  const to = `share * ${shareStride}u + ${at}u + place * ${channels}u + lane * ${step}u`
  return {
    label: 'depthwise filter gradient',
    bindings: [
      { name: 'x', buffer: x, element, access: 'read' },
      { name: 'dy', buffer: dy, element, access: 'read' },
      { name: 'gradient', buffer: 'gradient', element: elementOf(aligned), access: 'read_write' },
    ],
    invocations: depth * rows * shares,
    workgroupSize: 16,
    body: `
  let lane = t % ${depth}u;
  let place = t / ${depth}u % ${rows}u;
  let share = t / ${depth * rows}u;
  let i = i32(place / ${side}u) - ${before[0]};
  let j = i32(place % ${side}u) - ${before[1]};
  var sum = ${zero};
  let end = min(${batch}u, (share + 1u) * ${examples}u);
  for (var image = share * ${examples}u; image < end; image++) {
    for (var y = 0; y < ${outHeight}; y++) {
      let row = y * ${stride} + i;
      let error = (image * ${outHeight}u + u32(y)) * ${outWidth * depth}u + lane;
      if (place == ${places}u) {
        for (var n = 0u; n < ${outWidth}u; n++) { sum += dy[error + n * ${depth}u]; }
        continue;
      }
      if (row < 0 || row >= ${height}) { continue; }
      let line = (image * ${height}u + u32(row)) * ${width * depth}u + lane;
      for (var n = 0; n < ${outWidth}; n++) {
        let column = n * ${stride} + j;
        if (column < 0 || column >= ${width}) { continue; }
        sum += x[line + u32(column) * ${depth}u] * dy[error + u32(n) * ${depth}u];
      }
    }
  }
  ${step === 4 ? store4('gradient', aligned, to, 'sum', 'lane', depth * 4) : `gradient[${to}] = sum;`}`,
  }
}
