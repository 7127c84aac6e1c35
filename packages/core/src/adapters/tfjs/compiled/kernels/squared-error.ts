import type { Kernel } from '../kernel.ts'

/**
 * One example an invocation: dy = 2 (number - target) / batch, the gradient of the batch's mean squared error, and the
 * example's squared error added to what its place in the batch has lost so far.
 */
export function squaredErrorKernel(batch: number, numbers: string, dy: string): Kernel {
  return {
    label: 'squared error',
    bindings: [
      { name: 'record', buffer: 'record', element: 'u32', access: 'read' },
      { name: 'targets', buffer: 'labels', element: 'f32', access: 'read' },
      { name: 'numbers', buffer: numbers, element: 'f32', access: 'read' },
      { name: 'dy', buffer: dy, element: 'f32', access: 'read_write' },
      { name: 'losses', buffer: 'losses', element: 'f32', access: 'read_write' },
    ],
    invocations: batch,
    workgroupSize: 32,
    body: `
  let error = numbers[t] - targets[record[t]];
  losses[t] += error * error;
  dy[t] = error * ${2 / batch};`,
  }
}
