import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Kernel } from '../../compiled/kernel.ts'
import { areFloats, type GpuKernel, isEmulated, type RunKernel } from './gpu-backend.ts'

type Softmax = GpuKernel<{ readonly logits: TensorInfo }, { readonly dim: number }>

/** Classes for each row beyond which one invocation for a row takes longer than stock's many. */
const mostClasses = 2_000

/** Softmax over the last axis on an emulated GPU, a row for each invocation. */
export const softmax =
  (run: RunKernel, stock: Softmax): Softmax =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { logits } = inputs
    const { shape } = logits
    const classes = shape[attrs.dim] ?? 0
    const rows = elements(shape.slice(0, -1))
    const isTaken =
      attrs.dim === shape.length - 1 && classes > 0 && classes <= mostClasses * rows && areFloats(logits)
    if (!isTaken || !isEmulated(backend)) return stock(call)
    return run(backend, `softmax ${rows} ${classes}`, () => softmaxKernel(rows, classes), { logits }, shape)
  }

const softmaxKernel = (rows: number, classes: number): Kernel => ({
  label: 'softmax',
  bindings: [
    { name: 'logits', buffer: 'logits', element: 'f32', access: 'read' },
    { name: 'y', buffer: 'y', element: 'f32', access: 'read_write' },
  ],
  invocations: rows,
  workgroupSize: 16,
  body: `
  let start = t * ${classes}u;
  let end = start + ${classes}u;
  var largest = logits[start];
  for (var i = start + 1u; i < end; i++) { largest = max(largest, logits[i]); }
  var total = 0.0;
  for (var i = start; i < end; i++) {
    let power = exp(logits[i] - largest);
    y[i] = power;
    total += power;
  }
  for (var i = start; i < end; i++) { y[i] = y[i] / total; }`,
})
