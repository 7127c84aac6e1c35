import type { Kernel } from '../kernel.ts'
import { range } from '../wgsl.ts'

/** Max pooling by squares that do not overlap; what is left over at the right and below is dropped. */
export interface PoolingShape {
  readonly batch: number
  /** Height, width and channels of the input. */
  readonly inputs: readonly [number, number, number]
  readonly size: number
}

interface Window {
  readonly element: 'vec4f' | 'f32'
  readonly invocations: number
  /** Declares `in0`, `in1`, ... and `largest`; `at0`, `at1`, ... are where they lie. */
  readonly load: string
  readonly places: readonly number[]
}

function windowOf({ batch, inputs: [height, width, channels], size }: PoolingShape): Window {
  const step = channels % 4 === 0 ? 4 : 1
  const depth = channels / step
  const outHeight = Math.floor(height / size)
  const outWidth = Math.floor(width / size)
  const places = range(size * size)
  const place = (p: number): number => (Math.floor(p / size) * width + (p % size)) * depth
  return {
    element: step === 4 ? 'vec4f' : 'f32',
    invocations: batch * outHeight * outWidth * depth,
    places,
    load: `
  let pixel = t / ${depth}u;
  let strip = pixel / ${outWidth}u;
  let first = ((strip / ${outHeight}u * ${height}u + strip % ${outHeight}u * ${size}u) * ${width}u + pixel % ${outWidth}u * ${size}u) * ${depth}u + t % ${depth}u;
  ${places.map((p) => `let at${p} = first + ${place(p)}u; let in${p} = x[at${p}];`).join('\n')}
  let largest = ${places.slice(1).reduce((most, p) => `max(${most}, in${p})`, 'in0')};`,
  }
}

/** y = the largest of each square of x. */
export function poolingKernel(shape: PoolingShape, x: string, y: string): Kernel {
  const { element, invocations, load } = windowOf(shape)
  return {
    label: 'max pooling',
    bindings: [
      { name: 'x', buffer: x, element, access: 'read' },
      { name: 'y', buffer: y, element, access: 'read_write' },
    ],
    invocations,
    workgroupSize: 64,
    body: `${load} y[t] = largest;`,
  }
}

/**
 * dx where x, which came out of a ReLU: the error goes to the first of the largest that is above zero, the rest
 * of the square gets none. What pooling dropped is never written: it stays at the zeros it was created with.
 */
export function poolingGradient(
  shape: PoolingShape,
  { x, dx, dy }: { readonly x: string; readonly dx: string; readonly dy: string },
): Kernel {
  const { element, invocations, load, places } = windowOf(shape)
  const zero = `${element}(0)`
  return {
    label: 'max pooling gradient',
    bindings: [
      { name: 'x', buffer: x, element, access: 'read' },
      { name: 'dy', buffer: dy, element, access: 'read' },
      { name: 'dx', buffer: dx, element, access: 'read_write' },
    ],
    invocations,
    workgroupSize: 64,
    body: `${load}
  var left = select(${zero}, dy[t], largest > ${zero});
  ${places
    .map(
      (p) => `{
    let is = in${p} == largest;
    dx[at${p}] = select(${zero}, left, is);
    left = select(left, ${zero}, is);
  }`,
    )
    .join('\n')}`,
  }
}
