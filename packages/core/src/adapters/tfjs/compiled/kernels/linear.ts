import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { elementOf, isAligned, load4, range, store4, unrolled } from '../wgsl.ts'
import { geluOf, geluSlopeOf } from './gelu.ts'

/** A dense layer over many rows: x [rows, inputs] to y [rows, units], inputs a multiple of 4. Its bias follows its kernel. */
export interface LinearShape {
  readonly rows: number
  readonly inputs: number
  readonly units: number
  /** Where the kernel [inputs, units] begins, in floats: a multiple of 4. */
  readonly offset: number
}

/** What becomes of x kernel + bias, as the name of a buffer [rows, units] each. */
export type LinearOutput =
  | { readonly type: 'store'; readonly y: string }
  /** Added to what is there. */
  | { readonly type: 'add'; readonly y: string }
  /** Kept as `before`, and through GELU as `y`. */
  | { readonly type: 'gelu'; readonly before: string; readonly y: string }

/** Rows that one invocation computes. */
const tall = 4

export function linearKernel(
  { rows, inputs, units, offset }: LinearShape,
  { workgroupSize, blocks }: Tuning,
  x: string,
  output: LinearOutput,
): Kernel {
  const whole = isAligned(units)
  const columnTiles = Math.ceil(units / (4 * blocks))
  const each = (statement: (row: number, block: number) => string): string =>
    unrolled(tall, (row) => unrolled(blocks, (block) => statement(row, block)))
  const product = (row: number, block: number): string =>
    range(4)
      .map((s) => `in${row}.${'xyzw'[s]} * w${s}_${block}`)
      .join(' + ')
  const start = (row: number, block: number): string => `(row + ${row}u) * ${units}u + column + ${4 * block}u`
  const store = (name: string, row: number, block: number, value: string): string =>
    store4(name, whole, start(row, block), value, `column + ${4 * block}u`, units)
  const finish = (row: number, block: number): string => {
    const sum = `sum${row}_${block}`
    switch (output.type) {
      case 'store':
        return store('y', row, block, sum)
      case 'add':
        return `let value${row}_${block} = ${load4('y', whole, start(row, block))} + ${sum};
        ${store('y', row, block, `value${row}_${block}`)}`
      case 'gelu':
        return `${store('before', row, block, sum)}
        let value${row}_${block} = ${geluOf(sum)};
        ${store('y', row, block, `value${row}_${block}`)}`
    }
  }
  return {
    label: 'linear',
    bindings: [
      { name: 'x', buffer: x, element: 'vec4f', access: 'read' },
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      { name: 'y', buffer: output.y, element: elementOf(whole), access: 'read_write' },
      ...(output.type === 'gelu'
        ? [
            {
              name: 'before',
              buffer: output.before,
              element: elementOf(whole),
              access: 'read_write',
            } as const,
          ]
        : []),
    ],
    invocations: columnTiles * Math.ceil(rows / tall),
    workgroupSize,
    body: `
  let column = (t % ${columnTiles}u) * ${4 * blocks}u;
  let row = (t / ${columnTiles}u) * ${tall}u;
  ${unrolled(tall, (i) => `let x${i} = min(row + ${i}u, ${rows - 1}u) * ${inputs / 4}u;`)}
  ${each((i, j) => `var sum${i}_${j} = ${load4('params', whole, `${offset + inputs * units + 4 * j}u + column`)};`)}
  var at = ${offset}u + column;
  for (var k = 0u; k < ${inputs / 4}u; k++) {
    ${unrolled(4, (s) => unrolled(blocks, (j) => `let w${s}_${j} = ${load4('params', whole, `at + ${s * units + 4 * j}u`)};`))}
    ${unrolled(tall, (i) => `let in${i} = x[x${i} + k];`)}
    ${each((i, j) => `sum${i}_${j} += ${product(i, j)};`)}
    at += ${4 * units}u;
  }
  ${each(
    (i, j) => `if (row + ${i}u < ${rows}u) {
    ${finish(i, j)}
  }`,
  )}`,
  }
}

/** dx = dy kernel^T, through the slope of a GELU where `before` names what went into it. */
export function linearInputGradient(
  { rows, inputs, units, offset }: LinearShape,
  { workgroupSize }: Tuning,
  { dx, dy, before }: { readonly dx: string; readonly dy: string; readonly before?: string },
): Kernel {
  const whole = isAligned(units)
  const step = whole ? 4 : 1
  const columnTiles = inputs / 4
  const products = (row: number): string =>
    whole
      ? `vec4f(${range(4)
          .map((s) => `dot(d${row}, w${s})`)
          .join(', ')})`
      : `d${row} * vec4f(w0, w1, w2, w3)`
  const place = (i: number): string => `(row + ${i}u) * ${columnTiles}u + column`
  return {
    label: 'linear input gradient',
    bindings: [
      { name: 'params', buffer: 'params', element: elementOf(whole), access: 'read' },
      { name: 'dy', buffer: dy, element: elementOf(whole), access: 'read' },
      { name: 'dx', buffer: dx, element: 'vec4f', access: 'read_write' },
      ...(before === undefined
        ? []
        : [{ name: 'before', buffer: before, element: 'vec4f', access: 'read' } as const]),
    ],
    invocations: columnTiles * Math.ceil(rows / tall),
    workgroupSize,
    body: `
  let column = t % ${columnTiles}u;
  let row = (t / ${columnTiles}u) * ${tall}u;
  ${unrolled(tall, (i) => `let dy${i} = min(row + ${i}u, ${rows - 1}u) * ${units / step}u;`)}
  ${unrolled(4, (s) => `let at${s} = (${offset}u + (4u * column + ${s}u) * ${units}u) / ${step}u;`)}
  ${unrolled(tall, (i) => `var sum${i} = vec4f(0);`)}
  for (var n = 0u; n < ${units / step}u; n++) {
    ${unrolled(4, (s) => `let w${s} = params[at${s} + n];`)}
    ${unrolled(tall, (i) => `let d${i} = dy[dy${i} + n];`)}
    ${unrolled(tall, (i) => `sum${i} += ${products(i)};`)}
  }
  ${unrolled(
    tall,
    (i) => `if (row + ${i}u < ${rows}u) {
    ${before === undefined ? '' : `let u${i} = before[${place(i)}];`}
    dx[${place(i)}] = ${before === undefined ? `sum${i}` : `sum${i} * ${geluSlopeOf(`u${i}`)}`};
  }`,
  )}`,
  }
}

/** How the rows are shared out, each share with a gradient of its own, `stride` floats after the one before. */
export interface RowShares {
  readonly shares: number
  /** Rows of a share; the last may have fewer. */
  readonly rows: number
  readonly stride: number
}

/** WGSL for the rows of `share` that a kernel looks at: from `first` to below `end`. */
export const rowsOfShare = ({ rows }: RowShares, all: number): string =>
  `let first = share * ${rows}u;
    let end = min(${all}u, first + ${rows}u);`

/** Kernel x^T dy and bias sum of dy, of each share. */
export function linearKernelGradient(
  { rows, inputs, units, offset }: LinearShape,
  { workgroupSize, blocks }: Tuning,
  split: RowShares,
  { x, dy }: { readonly x: string; readonly dy: string },
): Kernel {
  const whole = isAligned(units)
  const columnTiles = Math.ceil(units / (4 * blocks))
  const tiles = columnTiles * (inputs / 4)
  const each = (statement: (row: number, block: number) => string): string =>
    unrolled(4, (row) => unrolled(blocks, (block) => statement(row, block)))
  const column = (j: number): string => `column + ${4 * j}u`
  const load = (j: number): string => load4('dy', whole, `m * ${units}u + ${column(j)}`)
  const store = (start: string, value: string, j: number): string =>
    store4('gradient', whole, `to + ${start} + ${column(j)}`, value, column(j), units)
  return {
    label: 'linear kernel gradient',
    bindings: [
      { name: 'x', buffer: x, element: 'vec4f', access: 'read' },
      { name: 'dy', buffer: dy, element: elementOf(whole), access: 'read' },
      { name: 'gradient', buffer: 'gradient', element: elementOf(whole), access: 'read_write' },
    ],
    invocations: (tiles + columnTiles) * split.shares,
    workgroupSize,
    body: `
  let share = t / ${tiles + columnTiles}u;
  let tile = t % ${tiles + columnTiles}u;
  let column = (tile % ${columnTiles}u) * ${4 * blocks}u;
  let to = share * ${split.stride}u + ${offset}u;
  ${rowsOfShare(split, rows)}
  if (tile >= ${tiles}u) {
    ${unrolled(blocks, (j) => `var bias${j} = vec4f(0);`)}
    for (var m = first; m < end; m++) {
      ${unrolled(blocks, (j) => `bias${j} += ${load(j)};`)}
    }
    ${unrolled(blocks, (j) => store(`${inputs * units}u`, `bias${j}`, j))}
    return;
  }
  let input = tile / ${columnTiles}u;
  ${each((i, j) => `var sum${i}_${j} = vec4f(0);`)}
  for (var m = first; m < end; m++) {
    let xs = x[m * ${inputs / 4}u + input];
    ${unrolled(blocks, (j) => `let d${j} = ${load(j)};`)}
    ${each((i, j) => `sum${i}_${j} += xs[${i}] * d${j};`)}
  }
  ${each((i, j) => store(`(4u * input + ${i}u) * ${units}u`, `sum${i}_${j}`, j))}`,
  }
}
