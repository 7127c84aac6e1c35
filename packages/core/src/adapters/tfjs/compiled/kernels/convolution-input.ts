import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { elementOf, isAligned, load4, masked, range, store4, unrolled } from '../wgsl.ts'
import { type ConvolutionShape, pixels } from './convolution.ts'

/** Names of the buffers of an input gradient; `mask`: x came out of a ReLU that the gradient is to pass, too. */
export interface InputGradientNames {
  readonly x: string
  readonly dx: string
  readonly dy: string
  readonly mask: boolean
}

/** dx: every input pixel gathers from the output pixels whose windows it was in. */
export function convolutionInputGradient(
  shape: ConvolutionShape,
  tuning: Tuning,
  names: InputGradientNames,
): Kernel {
  const { batch, inputs, filters, offset } = shape
  const [height, width, channels] = inputs
  const whole = isAligned(filters, offset)
  const aligned = isAligned(channels)
  const channelTiles = Math.ceil(channels / 4)
  const [tileWidth, body] = shape.stride === 1 ? [pixels, gatherRow(shape)] : [1, gatherPixel(shape)]
  const pixelTiles = Math.ceil(width / tileWidth)
  const place = (p: number): string =>
    `((image * ${height}u + row) * ${width}u + column + ${p}u) * ${channels}u + channel`
  const value = (p: number): string =>
    names.mask ? masked(`sum${p}`, load4('x', aligned, place(p))) : `sum${p}`
  return {
    label: 'convolution input gradient',
    bindings: [
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      { name: 'dy', buffer: names.dy, element: elementOf(whole), access: 'read' },
      { name: 'dx', buffer: names.dx, element: elementOf(aligned), access: 'read_write' },
      ...(names.mask
        ? [{ name: 'x', buffer: names.x, element: elementOf(aligned), access: 'read' } as const]
        : []),
    ],
    invocations: channelTiles * pixelTiles * height * batch,
    workgroupSize: tuning.workgroupSize,
    body: `
  let channel = (t % ${channelTiles}u) * 4u;
  let tile = t / ${channelTiles}u;
  let column = (tile % ${pixelTiles}u) * ${tileWidth}u;
  let strip = tile / ${pixelTiles}u;
  let row = strip % ${height}u;
  let image = strip / ${height}u;
  ${unrolled(tileWidth, (p) => `var sum${p} = vec4f(0);`)}
  ${body}
  ${unrolled(
    tileWidth,
    (p) => `if (column + ${p}u < ${width}u) {
    let value${p} = ${value(p)};
    ${store4('dx', aligned, place(p), `value${p}`, 'channel', channels)}
  }`,
  )}`,
  }
}

/** Products of errors, four (or one) filters at a time, with the filters of four channels `<name>_0` to `<name>_3`. */
const products = (whole: boolean, d: string, name: string): string =>
  whole
    ? `vec4f(${range(4)
        .map((s) => `dot(${d}, ${name}_${s})`)
        .join(', ')})`
    : `${d} * vec4f(${range(4)
        .map((s) => `${name}_${s}`)
        .join(', ')})`

/** Stride 1: neighbouring pixels share the errors that they gather. */
function gatherRow({ inputs, outputs, filters, side, before, offset }: ConvolutionShape): string {
  const [, , channels] = inputs
  const [outHeight, outWidth] = outputs
  const whole = isAligned(filters, offset)
  const step = whole ? 4 : 1
  const reach = pixels + side - 1
  return `
  ${unrolled(reach, (q) => `let x${q} = i32(column) + ${q - side + 1 + before[1]};`)}
  ${unrolled(reach, (q) => `let on${q} = x${q} >= 0 && x${q} < ${outWidth};`)}
  for (var i = 0; i < ${side}; i++) {
    let y = i32(row) + ${before[0]} - i;
    if (y < 0 || y >= ${outHeight}) { continue; }
    let start = (image * ${outHeight}u + u32(y)) * ${outWidth}u;
    ${unrolled(reach, (q) => `let dy${q} = (start + u32(clamp(x${q}, 0, ${outWidth - 1}))) * ${filters / step}u;`)}
    let at = (${offset}u + (u32(i) * ${side * channels}u + channel) * ${filters}u) / ${step}u;
    for (var n = 0u; n < ${filters / step}u; n++) {
      ${unrolled(reach, (q) => `let d${q} = select(${whole ? 'vec4f(0)' : '0.0'}, dy[dy${q} + n], on${q});`)}
      ${unrolled(
        side,
        (
          j,
        ) => `${unrolled(4, (s) => `let f${j}_${s} = params[at + ${((j * channels + s) * filters) / step}u + n];`)}
      ${unrolled(pixels, (p) => `sum${p} += ${products(whole, `d${p + side - 1 - j}`, `f${j}`)};`)}`,
      )}
    }
  }`
}

/** Any stride: only every so many places of the filter have met the pixel. */
function gatherPixel({ inputs, outputs, filters, side, stride, before, offset }: ConvolutionShape): string {
  const [, , channels] = inputs
  const [outHeight, outWidth] = outputs
  const whole = isAligned(filters, offset)
  const step = whole ? 4 : 1
  return `
  for (var i = 0; i < ${side}; i++) {
    let down = i32(row) + ${before[0]} - i;
    if (down < 0 || down % ${stride} != 0 || down / ${stride} >= ${outHeight}) { continue; }
    for (var j = 0; j < ${side}; j++) {
      let across = i32(column) + ${before[1]} - j;
      if (across < 0 || across % ${stride} != 0 || across / ${stride} >= ${outWidth}) { continue; }
      let source = ((image * ${outHeight}u + u32(down / ${stride})) * ${outWidth}u + u32(across / ${stride})) * ${filters / step}u;
      let at = (${offset}u + (u32(i * ${side} + j) * ${channels}u + channel) * ${filters}u) / ${step}u;
      for (var n = 0u; n < ${filters / step}u; n++) {
        let d = dy[source + n];
        ${unrolled(4, (s) => `let f_${s} = params[at + ${(s * filters) / step}u + n];`)}
        sum0 += ${products(whole, 'd', 'f')};
      }
    }
  }`
}
