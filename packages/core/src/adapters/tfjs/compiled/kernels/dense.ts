import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { cutOff, elementOf, isAligned, load4, masked, range, store4, unrolled } from '../wgsl.ts'
import { type BiasPlace, biasOf } from './bias.ts'

/** A dense layer of a batch: x [batch, inputs] to y [batch, units]. Its bias follows its kernel in the parameters. */
export interface DenseShape {
  readonly batch: number
  readonly inputs: number
  readonly units: number
  /** Where the kernel [inputs, units] begins, in floats. */
  readonly offset: number
}

/** Rows that one invocation computes. */
const rows = 4

/** y = x kernel + bias, through ReLU where `relu` says so. */
export function denseKernel(
  shape: DenseShape,
  { workgroupSize, blocks }: Tuning,
  relu: boolean,
  { x, y }: { readonly x: string; readonly y: string },
  biasPlace: BiasPlace = 'behind',
): Kernel {
  const { batch, inputs, units, offset } = shape
  const whole = isAligned(units, offset)
  const step = inputs % 4 === 0 ? 4 : 1
  const columnTiles = Math.ceil(units / (4 * blocks))
  const each = (statement: (row: number, block: number) => string): string =>
    unrolled(rows, (row) =>
      range(blocks)
        .map((block) => statement(row, block))
        .join('\n'),
    )
  const product = (row: number, block: number): string =>
    step === 1
      ? `in${row} * w0_${block}`
      : range(4)
          .map((s) => `in${row}.${'xyzw'[s]} * w${s}_${block}`)
          .join(' + ')
  const bias = biasOf(biasPlace, units, (unit) =>
    load4('params', whole, `${offset + inputs * units}u + ${unit}`),
  )
  return {
    label: 'dense',
    bindings: [
      { name: 'x', buffer: x, element: elementOf(step === 4), access: 'read' },
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      ...bias.bindings,
      { name: 'y', buffer: y, element: elementOf(isAligned(units)), access: 'read_write' },
    ],
    invocations: columnTiles * Math.ceil(batch / rows),
    workgroupSize,
    body: `
  let column = (t % ${columnTiles}u) * ${4 * blocks}u;
  let row = (t / ${columnTiles}u) * ${rows}u;
  ${unrolled(rows, (i) => `let x${i} = min(row + ${i}u, ${batch - 1}u) * ${inputs / step}u;`)}
  ${each((i, j) => `var sum${i}_${j} = ${bias.load(`column + ${4 * j}u`)};`)}
  var at = ${offset}u + column;
  for (var k = 0u; k < ${inputs / step}u; k++) {
    ${unrolled(step, (s) => unrolled(blocks, (j) => `let w${s}_${j} = ${load4('params', whole, `at + ${s * units + 4 * j}u`)};`))}
    ${unrolled(rows, (i) => `let in${i} = x[x${i} + k];`)}
    ${each((i, j) => `sum${i}_${j} += ${product(i, j)};`)}
    at += ${step * units}u;
  }
  ${each(
    (i, j) => `if (row + ${i}u < ${batch}u) {
    let value${i}_${j} = ${relu ? cutOff(`sum${i}_${j}`) : `sum${i}_${j}`};
    ${store4('y', isAligned(units), `(row + ${i}u) * ${units}u + column + ${4 * j}u`, `value${i}_${j}`, `column + ${4 * j}u`, units)}
  }`,
  )}`,
  }
}

/** dx = dy kernel^T; where `relu` says that x came out of one, only what it let through. */
export function denseInputGradient(
  { batch, inputs, units, offset }: DenseShape,
  { workgroupSize }: Tuning,
  relu: boolean,
  { x, dx, dy }: { readonly x: string; readonly dx: string; readonly dy: string },
): Kernel {
  const whole = isAligned(units, offset)
  const columnTiles = Math.ceil(inputs / 4)
  const products = (row: number): string =>
    whole
      ? `vec4f(${range(4)
          .map((s) => `dot(d${row}, w${s})`)
          .join(', ')})`
      : `d${row} * vec4f(w0, w1, w2, w3)`
  const step = whole ? 4 : 1
  const start = (i: number): string => `(row + ${i}u) * ${inputs}u + column`
  const seen = (i: number): string => load4('x', isAligned(inputs), start(i))
  return {
    label: 'dense input gradient',
    bindings: [
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      { name: 'dy', buffer: dy, element: elementOf(whole), access: 'read' },
      { name: 'dx', buffer: dx, element: elementOf(isAligned(inputs)), access: 'read_write' },
      ...(relu
        ? [{ name: 'x', buffer: x, element: elementOf(isAligned(inputs)), access: 'read' } as const]
        : []),
    ],
    invocations: columnTiles * Math.ceil(batch / rows),
    workgroupSize,
    body: `
  let column = (t % ${columnTiles}u) * 4u;
  let row = (t / ${columnTiles}u) * ${rows}u;
  ${unrolled(rows, (i) => `let dy${i} = min(row + ${i}u, ${batch - 1}u) * ${units / step}u;`)}
  ${unrolled(4, (s) => `let at${s} = (${offset}u + min(column + ${s}u, ${inputs - 1}u) * ${units}u) / ${step}u;`)}
  ${unrolled(rows, (i) => `var sum${i} = vec4f(0);`)}
  for (var n = 0u; n < ${units / step}u; n++) {
    ${unrolled(4, (s) => `let w${s} = params[at${s} + n];`)}
    ${unrolled(rows, (i) => `let d${i} = dy[dy${i} + n];`)}
    ${unrolled(rows, (i) => `sum${i} += ${products(i)};`)}
  }
  ${unrolled(
    rows,
    (i) => `if (row + ${i}u < ${batch}u) {
    let value${i} = ${relu ? masked(`sum${i}`, seen(i)) : `sum${i}`};
    ${store4('dx', isAligned(inputs), start(i), `value${i}`, 'column', inputs)}
  }`,
  )}`,
  }
}

/** Kernel x^T dy and, where it `hasBias`, bias sum of dy, to the gradient from float `at` on. */
export function denseKernelGradient(
  { batch, inputs, units }: DenseShape,
  { workgroupSize, blocks }: Tuning,
  at: number,
  { x, dy }: { readonly x: string; readonly dy: string },
  hasBias = true,
): Kernel {
  const narrow = isAligned(inputs)
  const columnTiles = Math.ceil(units / (4 * blocks))
  const tiles = columnTiles * Math.ceil(inputs / 4)
  const aligned = isAligned(units, at)
  const each = (statement: (row: number, block: number) => string): string =>
    unrolled(4, (row) =>
      range(blocks)
        .map((block) => statement(row, block))
        .join('\n'),
    )
  const column = (j: number): string => `column + ${4 * j}u`
  const sumBias = `
  if (t >= ${tiles}u) {
    ${unrolled(blocks, (j) => `var bias${j} = vec4f(0);`)}
    for (var m = 0u; m < ${batch}u; m++) {
      ${unrolled(blocks, (j) => `bias${j} += ${load4('dy', isAligned(units), `m * ${units}u + ${column(j)}`)};`)}
    }
    ${unrolled(blocks, (j) => store4('gradient', aligned, `${at + inputs * units}u + ${column(j)}`, `bias${j}`, column(j), units))}
    return;
  }`
  return {
    label: 'dense kernel gradient',
    bindings: [
      { name: 'x', buffer: x, element: elementOf(narrow), access: 'read' },
      { name: 'dy', buffer: dy, element: elementOf(isAligned(units)), access: 'read' },
      { name: 'gradient', buffer: 'gradient', element: elementOf(aligned), access: 'read_write' },
    ],
    invocations: tiles + (hasBias ? columnTiles : 0),
    workgroupSize,
    body: `
  let column = (t % ${columnTiles}u) * ${4 * blocks}u;
  ${hasBias ? sumBias : ''}
  let row = (t / ${columnTiles}u) * 4u;
  ${each((i, j) => `var sum${i}_${j} = vec4f(0);`)}
  for (var m = 0u; m < ${batch}u; m++) {
    let xs = ${load4('x', narrow, `m * ${inputs}u + row`)};
    ${unrolled(blocks, (j) => `let d${j} = ${load4('dy', isAligned(units), `m * ${units}u + ${column(j)}`)};`)}
    ${each((i, j) => `sum${i}_${j} += xs[${i}] * d${j};`)}
  }
  ${each(
    (i, j) => `if (row + ${i}u < ${inputs}u) {
    ${store4('gradient', aligned, `${at}u + (row + ${i}u) * ${units}u + ${column(j)}`, `sum${i}_${j}`, column(j), units)}
  }`,
  )}`,
  }
}
