import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { cutOff, elementOf, isAligned, load4, range, store4, unrolled } from '../wgsl.ts'
import { type BiasPlace, biasOf } from './bias.ts'

/** A convolution, channels last. Its bias follows its filter in the parameters. */
export interface ConvolutionShape {
  readonly batch: number
  /** Height, width and channels of the input. */
  readonly inputs: readonly [number, number, number]
  /** Height and width of the output. */
  readonly outputs: readonly [number, number]
  readonly filters: number
  /** Side of the filter. */
  readonly side: number
  readonly stride: number
  /** Rows above and columns to the left of the input that the first window covers. */
  readonly before: readonly [number, number]
  readonly relu: boolean
  /** Where the filter [side, side, channels, filters] begins, in floats. */
  readonly offset: number
}

/** Pixels of a row that one invocation computes, four channels each. */
export const pixels = 4

/** Whether some window reaches beyond the input. */
export const isPadded = ({ inputs, outputs, side, stride, before }: ConvolutionShape): boolean =>
  [0, 1].some((axis) => {
    const start = before[axis] ?? 0
    return start > 0 || ((outputs[axis] ?? 0) - 1) * stride + side > (inputs[axis] ?? 0)
  })

/** y = x * filter + bias, through ReLU where the shape says so. Input pixels are loaded once for a row of the filter. */
export function convolutionKernel(
  shape: ConvolutionShape,
  { workgroupSize }: Tuning,
  { x, y }: { readonly x: string; readonly y: string },
  biasPlace: BiasPlace = 'behind',
): Kernel {
  const { batch, inputs, filters, side, stride, before, relu, offset } = shape
  const [height, width, channels] = inputs
  const [outHeight, outWidth] = shape.outputs
  const padded = isPadded(shape)
  const whole = isAligned(filters, offset)
  const step = channels % 4 === 0 ? 4 : 1
  const depth = channels / step
  const zero = step === 4 ? 'vec4f(0)' : '0.0'
  const filterTiles = Math.ceil(filters / 4)
  const pixelTiles = Math.ceil(outWidth / pixels)
  const part = (s: number): string => (step === 1 ? '' : `.${'xyzw'[s]}`)
  const reach = range((pixels - 1) * stride + side).filter((q) => q % stride < side)
  const each = (statement: (q: number) => string): string => reach.map(statement).join('\n')
  const row = padded ? `u32(source)` : `(row * ${stride}u + i)`
  const bias = biasOf(biasPlace, filters, (unit) =>
    load4('params', whole, `${offset + side * side * channels * filters}u + ${unit}`),
  )
  return {
    label: 'convolution',
    bindings: [
      { name: 'x', buffer: x, element: elementOf(step === 4), access: 'read' },
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      ...bias.bindings,
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
  let first = ${bias.load('unit')};
  ${unrolled(pixels, (p) => `var sum${p} = first;`)}
  ${
    padded
      ? each(
          (q) => `let x${q} = i32(column) * ${stride} + ${q - before[1]};
  let on${q} = x${q} >= 0 && x${q} < ${width};
  let at${q} = u32(clamp(x${q}, 0, ${width - 1})) * ${depth}u;`,
        )
      : ''
  }
  for (var i = 0u; i < ${side}u; i++) {
    ${
      padded
        ? `let source = i32(row * ${stride}u + i) - ${before[0]};
    if (source < 0 || source >= ${height}) { continue; }`
        : ''
    }
    let start = ((image * ${height}u + ${row}) * ${width}u${padded ? '' : ` + column * ${stride}u`}) * ${depth}u;
    var at = ${offset}u + unit + i * ${side * channels * filters}u;
    for (var c = 0u; c < ${depth}u; c++) {
      ${each((q) =>
        padded
          ? `let in${q} = select(${zero}, x[start + at${q} + c], on${q});`
          : `let in${q} = x[start + ${q * depth}u + c];`,
      )}
      ${unrolled(side, (j) =>
        unrolled(
          step,
          (s) => `let f${j}_${s} = ${load4('params', whole, `at + ${(j * channels + s) * filters}u`)};
      ${unrolled(pixels, (p) => `sum${p} += in${p * stride + j}${part(s)} * f${j}_${s};`)}`,
        ),
      )}
      at += ${step * filters}u;
    }
  }
  ${unrolled(
    pixels,
    (p) => `if (column + ${p}u < ${outWidth}u) {
    let value${p} = ${relu ? cutOff(`sum${p}`) : `sum${p}`};
    ${store4('y', isAligned(filters), `((image * ${outHeight}u + row) * ${outWidth}u + column + ${p}u) * ${filters}u + unit`, `value${p}`, 'unit', filters)}
  }`,
  )}`,
  }
}
