import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { elementOf, isAligned, load4, store4, unrolled } from '../wgsl.ts'
import { type ConvolutionShape, isPadded } from './convolution.ts'

/** How the examples of a batch are shared out, each share with a gradient of its own that others add up. */
export interface Split {
  readonly shares: number
  /** Examples of a share; the last may have fewer. */
  readonly examples: number
  /** From one share's gradient to the next, in floats. */
  readonly stride: number
}

/**
 * Filter and, where it `hasBias`, bias gradients of each share of the batch. An invocation has one row of the filter,
 * four channels (or one) and four filters: as it walks along a line of pixels, each input pixel and each error is
 * loaded once.
 */
export function convolutionFilterGradient(
  shape: ConvolutionShape,
  { workgroupSize }: Tuning,
  { shares, examples, stride }: Split,
  { x, dy }: { readonly x: string; readonly dy: string },
  hasBias = true,
): Kernel {
  const { batch, inputs, filters, side, stride: shift, before, offset } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = shape.outputs
  const padded = isPadded(shape)
  const step = channels % 4 === 0 ? 4 : 1
  const filterTiles = Math.ceil(filters / 4)
  const channelTiles = channels / step
  const tiles = filterTiles * side * channelTiles * shares
  const whole = isAligned(filters)
  const aligned = isAligned(filters, offset, stride)
  const part = (s: number): string => (step === 1 ? '' : `.${'xyzw'[s]}`)
  const each = (statement: (place: number, s: number) => string): string =>
    unrolled(side, (j) => unrolled(step, (s) => statement(j, s)))
  const add = `let d = ${load4('dy', whole, 'error')};
        ${each((j, s) => `sum${j}_${s} += in${j}${part(s)} * d;`)}
        error += ${filters}u;`
  // Neighbouring windows share all columns but one: what was loaded moves on from name to name.
  const slide = `var next = line + ${(side - 1) * channelTiles}u;
      ${unrolled(side - 1, (j) => `var in${j} = x[line + ${j * channelTiles}u];`)}
      for (var column = 0u; column < ${outWidth}u; column++) {
        let in${side - 1} = x[next];
        ${add}
        ${unrolled(side - 1, (j) => `in${j} = in${j + 1};`)}
        next += ${channelTiles}u;
      }`
  const zero = step === 4 ? 'vec4f(0)' : '0.0'
  const walk = `for (var column = 0; column < ${outWidth}; column++) {
        ${unrolled(side, (j) =>
          padded
            ? `let x${j} = column * ${shift} + ${j - before[1]};
        let in${j} = select(${zero}, x[line + u32(clamp(x${j}, 0, ${width - 1})) * ${channelTiles}u], x${j} >= 0 && x${j} < ${width});`
            : `let in${j} = x[line + u32(column * ${shift} + ${j}) * ${channelTiles}u];`,
        )}
        ${add}
      }`
  const sumBias = `
  if (t >= ${tiles}u) {
    let share = (t - ${tiles}u) / ${filterTiles}u;
    var bias = vec4f(0);
    let end = min(${batch}u, (share + 1u) * ${examples}u) * ${outHeight * outWidth}u;
    for (var pixel = share * ${examples * outHeight * outWidth}u; pixel < end; pixel++) {
      bias += ${load4('dy', whole, `pixel * ${filters}u + unit`)};
    }
    ${store4('gradient', aligned, `share * ${stride}u + ${offset + side * side * channels * filters}u + unit`, 'bias', 'unit', filters)}
    return;
  }`
  return {
    label: 'convolution filter gradient',
    bindings: [
      { name: 'x', buffer: x, element: elementOf(step === 4), access: 'read' },
      { name: 'dy', buffer: dy, element: elementOf(whole), access: 'read' },
      { name: 'gradient', buffer: 'gradient', element: elementOf(aligned), access: 'read_write' },
    ],
    invocations: tiles + (hasBias ? filterTiles * shares : 0),
    workgroupSize,
    body: `
  let unit = (t % ${filterTiles}u) * 4u;
  ${hasBias ? sumBias : ''}
  var rest = t / ${filterTiles}u;
  let i = rest % ${side}u;
  rest /= ${side}u;
  let channel = rest % ${channelTiles}u;
  let share = rest / ${channelTiles}u;
  ${each((j, s) => `var sum${j}_${s} = vec4f(0);`)}
  let end = min(${batch}u, (share + 1u) * ${examples}u);
  for (var image = share * ${examples}u; image < end; image++) {
    for (var row = 0u; row < ${outHeight}u; row++) {
      ${
        padded
          ? `let source = i32(row * ${shift}u + i) - ${before[0]};
      if (source < 0 || source >= ${height}) { continue; }`
          : `let source = row * ${shift}u + i;`
      }
      let line = ((image * ${height}u + u32(source)) * ${width}u) * ${channelTiles}u + channel;
      var error = (image * ${outHeight}u + row) * ${outWidth * filters}u + unit;
      ${padded || shift > 1 ? walk : slide}
    }
  }
  let to = share * ${stride}u + ${offset}u + (i * ${side * channels}u + channel * ${step}u) * ${filters}u + unit;
  ${each((j, s) => store4('gradient', aligned, `to + ${(j * channels + s) * filters}u`, `sum${j}_${s}`, 'unit', filters))}`,
  }
}
