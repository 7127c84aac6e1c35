import type { Kernel } from '../kernel.ts'
import type { Tuning } from '../tuning.ts'
import { unrolled } from '../wgsl.ts'

/**
 * Causal attention within windows of `context` rows. Queries, keys and values of all heads lie side by side in `qkv`
 * [windows * context, 3 width]; width / heads is a multiple of 4.
 */
export interface AttentionShape {
  readonly windows: number
  readonly context: number
  readonly width: number
  readonly heads: number
}

interface Geometry {
  /** Vectors of four that one head has of a row. */
  readonly each: number
  /** Vectors of one row of qkv, and of the output. */
  readonly wide: number
  readonly narrow: number
  readonly factor: number
  readonly invocations: number
  /** Declares `i`, `head`, `first`, the window's first row, and `row`, the invocation's own. */
  readonly place: string
}

function geometryOf({ windows, context, width, heads }: AttentionShape): Geometry {
  return {
    each: width / heads / 4,
    wide: (3 * width) / 4,
    narrow: width / 4,
    factor: 1 / Math.sqrt(width / heads),
    invocations: windows * heads * context,
    // Neighbours look at the same keys and values.
    place: `
  let i = t % ${context}u;
  let head = (t / ${context}u) % ${heads}u;
  let first = (t / ${context * heads}u) * ${context}u;
  let row = first + i;`,
  }
}

const sumOf = (count: number, term: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => term(i)).join(' + ')

/**
 * One token and head an invocation, softmax and sum in one pass over the keys (Milakov and Gimelshein 2018,
 * arXiv 1805.02867). The way back computes the shares anew from `sums` [rows, heads], ln sum exp of the scores
 * (Dao et al. 2022, arXiv 2205.14135), so that nothing of context x context is ever stored.
 */
export function attentionKernel(
  shape: AttentionShape,
  { workgroupSize }: Tuning,
  { qkv, y, sums }: { readonly qkv: string; readonly y: string; readonly sums: string },
): Kernel {
  const { each, wide, narrow, factor, invocations, place } = geometryOf(shape)
  return {
    label: 'attention',
    bindings: [
      { name: 'qkv', buffer: qkv, element: 'vec4f', access: 'read' },
      { name: 'y', buffer: y, element: 'vec4f', access: 'read_write' },
      { name: 'sums', buffer: sums, element: 'f32', access: 'read_write' },
    ],
    invocations,
    workgroupSize,
    body: `${place}
  let own = row * ${wide}u + head * ${each}u;
  ${unrolled(each, (c) => `let q${c} = qkv[own + ${c}u] * ${factor}; var sum${c} = vec4f(0);`)}
  var largest = -1e30;
  var total = 0.0;
  for (var j = 0u; j <= i; j++) {
    let k = (first + j) * ${wide}u + head * ${each}u + ${narrow}u;
    let v = k + ${narrow}u;
    let score = ${sumOf(each, (c) => `dot(q${c}, qkv[k + ${c}u])`)};
    if (score > largest) {
      let shrink = exp(largest - score);
      total *= shrink;
      ${unrolled(each, (c) => `sum${c} *= shrink;`)}
      largest = score;
    }
    let weight = exp(score - largest);
    total += weight;
    ${unrolled(each, (c) => `sum${c} += weight * qkv[v + ${c}u];`)}
  }
  let out = row * ${narrow}u + head * ${each}u;
  ${unrolled(each, (c) => `y[out + ${c}u] = sum${c} / total;`)}
  sums[row * ${shape.heads}u + head] = largest + log(total);`,
  }
}

/**
 * `dqkv`, in two kinds of invocations: a token as the one who asks (its query, over the keys before it), and as the
 * one who is looked at (its key and value, over the queries after it). With p the share and o the output,
 * ds = p (dy v - dy o).
 */
export function attentionGradient(
  shape: AttentionShape,
  { workgroupSize }: Tuning,
  names: {
    readonly qkv: string
    readonly y: string
    readonly sums: string
    readonly dy: string
    readonly dqkv: string
  },
): Kernel {
  const { context, heads } = shape
  const { each, wide, narrow, factor, invocations, place } = geometryOf(shape)
  // Whole workgroups do one or the other.
  const first = Math.ceil(invocations / workgroupSize) * workgroupSize
  return {
    label: 'attention gradient',
    bindings: [
      { name: 'qkv', buffer: names.qkv, element: 'vec4f', access: 'read' },
      { name: 'y', buffer: names.y, element: 'vec4f', access: 'read' },
      { name: 'sums', buffer: names.sums, element: 'f32', access: 'read' },
      { name: 'dy', buffer: names.dy, element: 'vec4f', access: 'read' },
      { name: 'dqkv', buffer: names.dqkv, element: 'vec4f', access: 'read_write' },
    ],
    invocations: first + invocations,
    workgroupSize,
    body: `
  if (t < ${first}u) {
    if (t >= ${invocations}u) { return; }
    ${place}
    let own = row * ${wide}u + head * ${each}u;
    let out = row * ${narrow}u + head * ${each}u;
    ${unrolled(each, (c) => `let q${c} = qkv[own + ${c}u] * ${factor}; let d${c} = dy[out + ${c}u]; var sum${c} = vec4f(0);`)}
    let mean = ${sumOf(each, (c) => `dot(d${c}, y[out + ${c}u])`)};
    let whole = sums[row * ${heads}u + head];
    for (var j = 0u; j <= i; j++) {
      let k = (first + j) * ${wide}u + head * ${each}u + ${narrow}u;
      let v = k + ${narrow}u;
      ${unrolled(each, (c) => `let k${c} = qkv[k + ${c}u];`)}
      let share = exp(${sumOf(each, (c) => `dot(q${c}, k${c})`)} - whole);
      let slope = share * (${sumOf(each, (c) => `dot(d${c}, qkv[v + ${c}u])`)} - mean) * ${factor};
      ${unrolled(each, (c) => `sum${c} += slope * k${c};`)}
    }
    ${unrolled(each, (c) => `dqkv[own + ${c}u] = sum${c};`)}
  } else {
    let t = t - ${first}u;
    ${place}
    let own = row * ${wide}u + head * ${each}u + ${narrow}u;
    ${unrolled(each, (c) => `let k${c} = qkv[own + ${c}u] * ${factor}; let v${c} = qkv[own + ${narrow + c}u];`)}
    ${unrolled(each, (c) => `var dk${c} = vec4f(0); var dv${c} = vec4f(0);`)}
    for (var j = i; j < ${context}u; j++) {
      let asking = first + j;
      let q = asking * ${wide}u + head * ${each}u;
      let out = asking * ${narrow}u + head * ${each}u;
      ${unrolled(each, (c) => `let q${c} = qkv[q + ${c}u]; let d${c} = dy[out + ${c}u];`)}
      let share = exp(${sumOf(each, (c) => `dot(q${c}, k${c})`)} - sums[asking * ${heads}u + head]);
      let slope = share * (${sumOf(each, (c) => `dot(d${c}, v${c} - y[out + ${c}u])`)}) * ${factor};
      ${unrolled(each, (c) => `dk${c} += slope * q${c}; dv${c} += share * d${c};`)}
    }
    ${unrolled(each, (c) => `dqkv[own + ${c}u] = dk${c}; dqkv[own + ${narrow + c}u] = dv${c};`)}
  }`,
  }
}
