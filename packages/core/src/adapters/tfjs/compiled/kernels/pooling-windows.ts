import type { Kernel } from '../kernel.ts'
import { elementOf } from '../wgsl.ts'
import type { InputGradientNames } from './convolution-input.ts'

/** Pooling by any windows that lie wholly inside the image, channels last. */
export interface WindowsShape {
  readonly batch: number
  /** Height, width and channels of the input. */
  readonly inputs: readonly [number, number, number]
  /** Height and width of the output. */
  readonly outputs: readonly [number, number]
  /** Side of the windows. */
  readonly size: number
  readonly stride: number
}

function lanesOf({ inputs: [, , channels] }: WindowsShape) {
  const step = channels % 4 === 0 ? 4 : 1
  const element = elementOf(step === 4)
  return {
    depth: channels / step,
    element,
    zero: `${element}(0)`,
    index: step === 4 ? 'vec4u' : 'u32',
  }
}

/** Statements for each place of a window that begins at pixel (`row`, `column`) of `image`; `place` is its index in x. */
const eachPlace = (
  { inputs: [height, width], size }: WindowsShape,
  depth: number,
  statement: string,
): string => `
  for (var i = 0u; i < ${size}u; i++) {
    for (var j = 0u; j < ${size}u; j++) {
      let place = ((image * ${height}u + row + i) * ${width}u + column + j) * ${depth}u + lane;
      ${statement}
    }
  }`

/** y = the mean, or the largest, of each window of x. */
export function windowsKernel(
  shape: WindowsShape,
  kind: 'mean' | 'largest',
  { x, y }: { readonly x: string; readonly y: string },
): Kernel {
  const { batch, outputs, size, stride } = shape
  const [outHeight, outWidth] = outputs
  const { depth, element, zero } = lanesOf(shape)
  const start = kind === 'mean' ? zero : `${element}(-3.4e38)`
  const statement = kind === 'mean' ? 'value += x[place];' : 'value = max(value, x[place]);'
  return {
    label: kind === 'mean' ? 'average pooling' : 'max pooling',
    bindings: [
      { name: 'x', buffer: x, element, access: 'read' },
      { name: 'y', buffer: y, element, access: 'read_write' },
    ],
    invocations: batch * outHeight * outWidth * depth,
    workgroupSize: 64,
    body: `
  let lane = t % ${depth}u;
  let pixel = t / ${depth}u;
  let row = pixel / ${outWidth}u % ${outHeight}u * ${stride}u;
  let column = pixel % ${outWidth}u * ${stride}u;
  let image = pixel / ${outHeight * outWidth}u;
  var value = ${start};
  ${eachPlace(shape, depth, statement)}
  y[t] = ${kind === 'mean' ? `value * ${1 / size ** 2}` : 'value'};`,
  }
}

/**
 * dx: every pixel gathers from the windows that it is in, an equal part of the error of a mean, or all of that of a
 * largest value where it is the first of the largest, row by row.
 */
export function windowsGradient(
  shape: WindowsShape,
  kind: 'mean' | 'largest',
  { x, dx, dy, mask }: InputGradientNames,
): Kernel {
  const { batch, inputs, outputs, size, stride } = shape
  const [height, width] = inputs
  const [outHeight, outWidth] = outputs
  const { depth, element, zero, index } = lanesOf(shape)
  const readsInput = mask || kind === 'largest'
  const gather =
    kind === 'mean'
      ? `sum += dy[to] * ${1 / size ** 2};`
      : `let row = u32(down) * ${stride}u;
      let column = u32(across) * ${stride}u;
      var largest = ${element}(-3.4e38);
      var best = ${index}(0);
      ${eachPlace(
        shape,
        depth,
        `let value = x[place];
      best = select(best, ${index}(place), value > largest);
      largest = max(largest, value);`,
      )}
      sum += select(${zero}, dy[to], best == ${index}(t));`
  return {
    label: kind === 'mean' ? 'average pooling gradient' : 'max pooling gradient',
    bindings: [
      ...(readsInput ? [{ name: 'x', buffer: x, element, access: 'read' } as const] : []),
      { name: 'dy', buffer: dy, element, access: 'read' },
      { name: 'dx', buffer: dx, element, access: 'read_write' },
    ],
    invocations: batch * height * width * depth,
    workgroupSize: 64,
    body: `
  let lane = t % ${depth}u;
  let pixel = t / ${depth}u;
  let ownRow = i32(pixel / ${width}u % ${height}u);
  let ownColumn = i32(pixel % ${width}u);
  let image = pixel / ${height * width}u;
  var sum = ${zero};
  // The last window that begins at or before the pixel, and those before it that reach as far.
  for (var down = min(ownRow / ${stride}, ${outHeight - 1}); down >= 0 && down * ${stride} + ${size} > ownRow; down--) {
    for (var across = min(ownColumn / ${stride}, ${outWidth - 1}); across >= 0 && across * ${stride} + ${size} > ownColumn; across--) {
      let to = ((image * ${outHeight}u + u32(down)) * ${outWidth}u + u32(across)) * ${depth}u + lane;
      ${gather}
    }
  }
  dx[t] = ${mask ? `select(${zero}, sum, x[t] > ${zero})` : 'sum'};`,
  }
}
