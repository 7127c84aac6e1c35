import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { elementOf, isAligned, load4, range, store4, unrolled } from '../wgsl.ts'

/** A 'valid' convolution of stride 1, channels last. Its bias follows its filter in the parameters. */
export interface ConvolutionShape {
  readonly batch: number
  /** Height, width and channels of the input. */
  readonly inputs: readonly [number, number, number]
  readonly filters: number
  /** Side of the filter. */
  readonly side: number
  /** Where the filter [side, side, channels, filters] begins, in floats. */
  readonly offset: number
}

/** Pixels of a row that one invocation computes, four channels each. */
const pixels = 4

const outputsOf = ({ inputs: [height, width], side }: ConvolutionShape): readonly [number, number] => [
  height - side + 1,
  width - side + 1,
]

/** y = relu(x * filter + bias). Every input pixel is loaded once for all places of the filter's row. */
export function convolutionKernel(
  shape: ConvolutionShape,
  { workgroupSize }: Tuning,
  { x, y }: { readonly x: string; readonly y: string },
): Kernel {
  const { batch, inputs, filters, side, offset } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = outputsOf(shape)
  const whole = isAligned(filters, offset)
  const step = channels % 4 === 0 ? 4 : 1
  const filterTiles = Math.ceil(filters / 4)
  const pixelTiles = Math.ceil(outWidth / pixels)
  const part = (s: number): string => (step === 1 ? '' : `.${'xyzw'[s]}`)
  return {
    label: 'convolution',
    bindings: [
      { name: 'x', buffer: x, element: elementOf(step === 4), access: 'read' },
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      { name: 'y', buffer: y, element: elementOf(isAligned(filters)), access: 'read_write' },
    ],
    invocations: filterTiles * pixelTiles * outHeight * batch,
    workgroupSize,
    body: `
  let unit = (t % ${filterTiles}u) * 4u;
  let tile = t / ${filterTiles}u;
  let column = (tile % ${pixelTiles}u) * ${pixels}u;
  let strip = tile / ${pixelTiles}u;
  let row = strip % ${outHeight}u;
  let image = strip / ${outHeight}u;
  let bias = ${load4('params', whole, `${offset + side * side * channels * filters}u + unit`)};
  ${unrolled(pixels, (p) => `var sum${p} = bias;`)}
  var at = ${offset}u + unit;
  for (var i = 0u; i < ${side}u; i++) {
    let start = ((image * ${height}u + row + i) * ${width}u + column) * ${channels / step}u;
    for (var c = 0u; c < ${channels / step}u; c++) {
      ${unrolled(pixels + side - 1, (p) => `let in${p} = x[start + ${(p * channels) / step}u + c];`)}
      ${unrolled(side, (j) =>
        unrolled(
          step,
          (s) => `let f${j}_${s} = ${load4('params', whole, `at + ${(j * channels + s) * filters}u`)};
      ${unrolled(pixels, (p) => `sum${p} += in${p + j}${part(s)} * f${j}_${s};`)}`,
        ),
      )}
      at += ${step * filters}u;
    }
    at += ${(side - 1) * channels * filters}u;
  }
  ${unrolled(
    pixels,
    (p) => `if (column + ${p}u < ${outWidth}u) {
    let value${p} = max(sum${p}, vec4f(0));
    ${store4('y', isAligned(filters), `((image * ${outHeight}u + row) * ${outWidth}u + column + ${p}u) * ${filters}u + unit`, `value${p}`, 'unit', filters)}
  }`,
  )}`,
  }
}

/** dx: every input pixel gathers from the output pixels whose windows it was in. */
export function convolutionInputGradient(
  shape: ConvolutionShape,
  { workgroupSize }: Tuning,
  { dx, dy }: { readonly dx: string; readonly dy: string },
): Kernel {
  const { batch, inputs, filters, side, offset } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = outputsOf(shape)
  const whole = isAligned(filters, offset)
  const step = whole ? 4 : 1
  const zero = whole ? 'vec4f(0)' : '0.0'
  const channelTiles = Math.ceil(channels / 4)
  const pixelTiles = Math.ceil(width / pixels)
  const reach = pixels + side - 1
  const products = (d: string, j: number): string =>
    whole
      ? `vec4f(${range(4)
          .map((s) => `dot(${d}, f${j}_${s})`)
          .join(', ')})`
      : `${d} * vec4f(f${j}_0, f${j}_1, f${j}_2, f${j}_3)`
  return {
    label: 'convolution input gradient',
    bindings: [
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      { name: 'dy', buffer: dy, element: elementOf(whole), access: 'read' },
      { name: 'dx', buffer: dx, element: elementOf(isAligned(channels)), access: 'read_write' },
    ],
    invocations: channelTiles * pixelTiles * height * batch,
    workgroupSize,
    body: `
  let channel = (t % ${channelTiles}u) * 4u;
  let tile = t / ${channelTiles}u;
  let column = (tile % ${pixelTiles}u) * ${pixels}u;
  let strip = tile / ${pixelTiles}u;
  let row = strip % ${height}u;
  let image = strip / ${height}u;
  ${unrolled(reach, (q) => `let x${q} = i32(column) + ${q - side + 1};`)}
  ${unrolled(reach, (q) => `let on${q} = x${q} >= 0 && x${q} < ${outWidth};`)}
  ${unrolled(pixels, (p) => `var sum${p} = vec4f(0);`)}
  for (var i = 0; i < ${side}; i++) {
    let y = i32(row) - i;
    if (y < 0 || y >= ${outHeight}) { continue; }
    let start = (image * ${outHeight}u + u32(y)) * ${outWidth}u;
    ${unrolled(reach, (q) => `let dy${q} = (start + u32(clamp(x${q}, 0, ${outWidth - 1}))) * ${filters / step}u;`)}
    let at = (${offset}u + (u32(i) * ${side * channels}u + channel) * ${filters}u) / ${step}u;
    for (var n = 0u; n < ${filters / step}u; n++) {
      ${unrolled(reach, (q) => `let d${q} = select(${zero}, dy[dy${q} + n], on${q});`)}
      ${unrolled(
        side,
        (
          j,
        ) => `${unrolled(4, (s) => `let f${j}_${s} = params[at + ${((j * channels + s) * filters) / step}u + n];`)}
      ${unrolled(pixels, (p) => `sum${p} += ${products(`d${p + side - 1 - j}`, j)};`)}`,
      )}
    }
  }
  ${unrolled(
    pixels,
    (p) => `if (column + ${p}u < ${width}u) {
    ${store4('dx', isAligned(channels), `((image * ${height}u + row) * ${width}u + column + ${p}u) * ${channels}u + channel`, `sum${p}`, 'channel', channels)}
  }`,
  )}`,
  }
}

/** How the examples of a batch are shared out, each share with a gradient of its own that others add up. */
export interface Split {
  readonly shares: number
  /** Examples of a share; the last may have fewer. */
  readonly examples: number
  /** From one share's gradient to the next, in floats. */
  readonly stride: number
}

/**
 * Filter and bias gradients of each share of the batch. An invocation has one row of the filter, four channels
 * (or one) and four filters: as it walks along a line of pixels, each input pixel and each error is loaded once.
 */
export function convolutionFilterGradient(
  shape: ConvolutionShape,
  { workgroupSize }: Tuning,
  { shares, examples, stride }: Split,
  { x, dy }: { readonly x: string; readonly dy: string },
): Kernel {
  const { batch, inputs, filters, side, offset } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = outputsOf(shape)
  const step = channels % 4 === 0 ? 4 : 1
  const filterTiles = Math.ceil(filters / 4)
  const channelTiles = channels / step
  const tiles = filterTiles * side * channelTiles * shares
  const whole = isAligned(filters)
  const aligned = isAligned(filters, offset, stride)
  const part = (s: number): string => (step === 1 ? '' : `.${'xyzw'[s]}`)
  const each = (statement: (place: number, s: number) => string): string =>
    unrolled(side, (j) => unrolled(step, (s) => statement(j, s)))
  return {
    label: 'convolution filter gradient',
    bindings: [
      { name: 'x', buffer: x, element: elementOf(step === 4), access: 'read' },
      { name: 'dy', buffer: dy, element: elementOf(whole), access: 'read' },
      { name: 'gradient', buffer: 'gradient', element: elementOf(aligned), access: 'read_write' },
    ],
    invocations: tiles + filterTiles * shares,
    workgroupSize,
    body: `
  let unit = (t % ${filterTiles}u) * 4u;
  if (t >= ${tiles}u) {
    let share = (t - ${tiles}u) / ${filterTiles}u;
    var bias = vec4f(0);
    let end = min(${batch}u, (share + 1u) * ${examples}u) * ${outHeight * outWidth}u;
    for (var pixel = share * ${examples * outHeight * outWidth}u; pixel < end; pixel++) {
      bias += ${load4('dy', whole, `pixel * ${filters}u + unit`)};
    }
    ${store4('gradient', aligned, `share * ${stride}u + ${offset + side * side * channels * filters}u + unit`, 'bias', 'unit', filters)}
    return;
  }
  var rest = t / ${filterTiles}u;
  let i = rest % ${side}u;
  rest /= ${side}u;
  let channel = rest % ${channelTiles}u;
  let share = rest / ${channelTiles}u;
  ${each((j, s) => `var sum${j}_${s} = vec4f(0);`)}
  let end = min(${batch}u, (share + 1u) * ${examples}u);
  for (var image = share * ${examples}u; image < end; image++) {
    for (var row = 0u; row < ${outHeight}u; row++) {
      var source = ((image * ${height}u + row + i) * ${width}u) * ${channelTiles}u + channel;
      var error = (image * ${outHeight}u + row) * ${outWidth * filters}u + unit;
      ${unrolled(side - 1, (j) => `var in${j} = x[source + ${j * channelTiles}u];`)}
      source += ${(side - 1) * channelTiles}u;
      for (var column = 0u; column < ${outWidth}u; column++) {
        let in${side - 1} = x[source];
        let d = ${load4('dy', whole, 'error')};
        ${each((j, s) => `sum${j}_${s} += in${j}${part(s)} * d;`)}
        ${unrolled(side - 1, (j) => `in${j} = in${j + 1};`)}
        source += ${channelTiles}u;
        error += ${filters}u;
      }
    }
  }
  let to = share * ${stride}u + ${offset}u + (i * ${side * channels}u + channel * ${step}u) * ${filters}u + unit;
  ${each((j, s) => store4('gradient', aligned, `to + ${(j * channels + s) * filters}u`, `sum${j}_${s}`, 'unit', filters))}`,
  }
}
