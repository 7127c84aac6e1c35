import type { Kernel } from '../kernel.ts'

/**
 * One example an invocation: dy = (softmax(logits + priors) - one-hot) / batch, the gradient of the batch's mean
 * cross-entropy, and the example's loss added to what its place in the batch has lost so far.
 */
export function crossEntropyKernel(batch: number, classes: number, logits: string, dy: string): Kernel {
  return {
    label: 'cross-entropy',
    bindings: [
      { name: 'record', buffer: 'record', element: 'u32', access: 'read' },
      { name: 'labels', buffer: 'labels', element: 'u32', access: 'read' },
      { name: 'priors', buffer: 'priors', element: 'f32', access: 'read' },
      { name: 'logits', buffer: logits, element: 'f32', access: 'read' },
      { name: 'dy', buffer: dy, element: 'f32', access: 'read_write' },
      { name: 'losses', buffer: 'losses', element: 'f32', access: 'read_write' },
    ],
    invocations: batch,
    workgroupSize: 32,
    body: `
  let start = t * ${classes}u;
  let label = labels[record[t]];
  var largest = logits[start] + priors[0];
  for (var c = 1u; c < ${classes}u; c++) { largest = max(largest, logits[start + c] + priors[c]); }
  var total = 0.0;
  for (var c = 0u; c < ${classes}u; c++) { total += exp(logits[start + c] + priors[c] - largest); }
  losses[t] += log(total) + largest - logits[start + label] - priors[label];
  for (var c = 0u; c < ${classes}u; c++) {
    let share = exp(logits[start + c] + priors[c] - largest) / total;
    dy[start + c] = (share - select(0.0, 1.0, c == label)) * ${1 / batch};
  }`,
  }
}
