import type { Kernel } from '../kernel.ts'
import { unrolled } from '../wgsl.ts'
import { wordsOf } from './gather.ts'
import { type RowShares, rowsOfShare } from './linear.ts'

/** A batch of windows of tokens, and the embedding that begins the parameters: [vocabulary, width], then [context, width]. */
export interface TokenShape {
  readonly windows: number
  readonly context: number
  readonly vocabulary: number
  /** A multiple of 4. */
  readonly width: number
}

/**
 * The windows that the step's record names: their tokens, each window's with the one after it, in `tokens`
 * [windows, context + 1], and x = embedding[token] + positions[place].
 */
export function embedKernel(
  { windows, context, vocabulary, width }: TokenShape,
  format: 'bytes' | 'floats',
  { tokens, x }: { readonly tokens: string; readonly x: string },
): Kernel {
  const columns = width / 4
  const words = wordsOf({ width: context, format })
  const token =
    format === 'bytes'
      ? `(examples[start + place / 4u] >> (8u * (place % 4u))) & 255u`
      : 'u32(bitcast<f32>(examples[start + place]))'
  return {
    label: 'embed',
    bindings: [
      { name: 'record', buffer: 'record', element: 'u32', access: 'read' },
      { name: 'examples', buffer: 'examples', element: 'u32', access: 'read' },
      { name: 'labels', buffer: 'labels', element: 'u32', access: 'read' },
      { name: 'params', buffer: 'params', element: 'vec4f', access: 'read' },
      { name: 'tokens', buffer: tokens, element: 'u32', access: 'read_write' },
      { name: 'x', buffer: x, element: 'vec4f', access: 'read_write' },
    ],
    invocations: windows * context * columns,
    workgroupSize: 64,
    body: `
  let column = t % ${columns}u;
  let row = t / ${columns}u;
  let window = row / ${context}u;
  let place = row % ${context}u;
  let start = record[window] * ${words}u;
  let token = ${token};
  x[t] = params[token * ${columns}u + column] + params[(${vocabulary}u + place) * ${columns}u + column];
  if (column == 0u) {
    tokens[window * ${context + 1}u + place] = token;
    if (place == ${context - 1}u) { tokens[window * ${context + 1}u + ${context}u] = labels[record[window]]; }
  }`,
  }
}

/** Gradients of embedding and positions, of each share of the windows: every token of the vocabulary looks for itself. */
export function embedGradient(
  { windows, context, vocabulary, width }: TokenShape,
  split: RowShares,
  { tokens, dx }: { readonly tokens: string; readonly dx: string },
): Kernel {
  const columns = width / 4
  const wide = columns % 4 === 0 ? 4 : columns % 3 === 0 ? 3 : columns % 2 === 0 ? 2 : 1
  const tiles = columns / wide
  const invocations = (vocabulary + context) * tiles
  return {
    label: 'embed gradient',
    bindings: [
      { name: 'tokens', buffer: tokens, element: 'u32', access: 'read' },
      { name: 'dx', buffer: dx, element: 'vec4f', access: 'read' },
      { name: 'gradient', buffer: 'gradient', element: 'vec4f', access: 'read_write' },
    ],
    invocations: invocations * split.shares,
    workgroupSize: 64,
    body: `
  let share = t / ${invocations}u;
  let tile = t % ${invocations}u;
  let column = (tile % ${tiles}u) * ${wide}u;
  let line = tile / ${tiles}u;
  ${rowsOfShare(split, windows * context)}
  ${unrolled(wide, (c) => `var sum${c} = vec4f(0);`)}
  if (line < ${vocabulary}u) {
    for (var m = first; m < end; m++) {
      if (tokens[m + m / ${context}u] == line) {
        ${unrolled(wide, (c) => `sum${c} += dx[m * ${columns}u + column + ${c}u];`)}
      }
    }
  } else {
    for (var m = first + line - ${vocabulary}u; m < end; m += ${context}u) {
      ${unrolled(wide, (c) => `sum${c} += dx[m * ${columns}u + column + ${c}u];`)}
    }
  }
  let to = share * ${split.stride / 4}u + line * ${columns}u + column;
  ${unrolled(wide, (c) => `gradient[to + ${c}u] = sum${c};`)}`,
  }
}

/**
 * One position an invocation: in place of its logits [vocabulary] comes (softmax(logits + priors) - one-hot of the next
 * token) / positions, the gradient of the batch's mean cross-entropy, and its loss is added to `losses`.
 */
export function nextTokenKernel(
  { windows, context, vocabulary }: TokenShape,
  { tokens, logits }: { readonly tokens: string; readonly logits: string },
): Kernel {
  return {
    label: 'next-token cross-entropy',
    bindings: [
      { name: 'tokens', buffer: tokens, element: 'u32', access: 'read' },
      { name: 'priors', buffer: 'priors', element: 'f32', access: 'read' },
      { name: 'logits', buffer: logits, element: 'f32', access: 'read_write' },
      { name: 'losses', buffer: 'losses', element: 'f32', access: 'read_write' },
    ],
    invocations: windows * context,
    workgroupSize: 32,
    body: `
  let start = t * ${vocabulary}u;
  let label = tokens[t + t / ${context}u + 1u];
  var largest = -1e30;
  for (var c = 0u; c < ${vocabulary}u; c++) { largest = max(largest, logits[start + c] + priors[c]); }
  let own = logits[start + label] + priors[label];
  var total = 0.0;
  for (var c = 0u; c < ${vocabulary}u; c++) {
    let power = exp(logits[start + c] + priors[c] - largest);
    logits[start + c] = power;
    total += power;
  }
  losses[t] += log(total) + largest - own;
  let factor = ${1 / (windows * context)} / total;
  for (var c = 0u; c < ${vocabulary}u; c++) { logits[start + c] *= factor; }
  logits[start + label] -= ${1 / (windows * context)};`,
  }
}
