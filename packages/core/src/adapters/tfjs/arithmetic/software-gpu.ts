import {
  add,
  addN,
  concat1d,
  div,
  engine,
  exp,
  maxPool,
  ones,
  type Rank,
  relu,
  reshape,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core'
import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'

/**
 * For a WebGPU adapter that is emulated on the CPU, where a kernel with workgroup memory and barriers is many
 * times slower than one without. tfjs's matMul, softmax, reductions and 2-D transpose all have them; the input
 * gradient of a 1x1 convolution does not, and it is a product with a transposed right-hand side. Measured
 * (32 x 784 by 784 x 64): 14 ms with matMul, 2.7 so; its kernel gradient 15 against 6; softmax of [32, 10] 2.1
 * against 0.7.
 */
export const softwareGpuArithmetic: Arithmetic = {
  dense: (x, kernel, bias, activation) => {
    const sums = add(rowsByRows(x, flipped(kernel)), bias) as Tensor2D
    return activation === 'relu' ? relu(sums) : sums
  },
  denseGradients: (input, delta, ones) => {
    const columns = flipped(delta)
    return {
      kernel: rowsByRows(flipped(input), columns),
      bias: reshape<Rank.R1>(rowsByRows(ones, columns), [delta.shape[1]]),
    }
  },
  productTransposed: (a, b) => rowsByRows(a, b),
  rowSums: (x) => sum(x, 0),
  softmax: (logits) => {
    const [rows, classes] = logits.shape
    const largest = maxPool(reshape<Rank.R4>(logits, [1, rows, classes, 1]), [1, classes], 1, 'valid')
    const powers = exp(sub(logits, reshape(largest, [rows, 1]))) as Tensor2D
    return div(powers, rowsByRows(powers, ones<Rank.R2>([1, classes])))
  },
  squaredNorm: (tensors) => {
    // A reduction costs as much for ten elements as for thousands: all small tensors share one.
    const small = tensors.filter((part) => part.size < 2 ** 14).map(flat)
    const large = tensors.filter((part) => part.size >= 2 ** 14)
    const parts = small.length === 0 ? large : [concat1d(small), ...large]
    return addN(parts.map((part) => sum<Scalar>(square(part))))
  },
  descent: deviceArithmetic.descent,
}

const flat = (part: Tensor) => reshape<Rank.R1>(part, [part.size])

/** The transpose; as one of rank 3 tfjs makes it without workgroup memory. */
function flipped(a: Tensor2D): Tensor2D {
  const [rows, columns] = a.shape
  return reshape<Rank.R2>(transpose(reshape<Rank.R3>(a, [rows, columns, 1]), [1, 0, 2]), [columns, rows])
}

/** a b^T as the input gradient of a 1x1 convolution: rows of `a` are pixels, rows of `b` input channels. */
function rowsByRows(a: Tensor2D, b: Tensor2D): Tensor2D {
  const [pixels, channels] = a.shape
  const [outputs] = b.shape
  const height = imageHeight(pixels)
  const width = pixels / height
  const product: Tensor4D = engine().runKernel(
    'Conv2DBackpropInput',
    {
      dy: reshape(a, [1, height, width, channels]),
      filter: reshape(b, [1, 1, outputs, channels]),
    },
    { strides: 1, pad: 'valid', dataFormat: 'NHWC', inputShape: [1, height, width, outputs] },
  )
  return reshape<Rank.R2>(product, [pixels, outputs])
}

/**
 * The kernel's workgroups are 4 rows by 8 columns of pixels: the most even image that wastes none, or else as
 * many rows as divide the pixels.
 */
function imageHeight(pixels: number): number {
  for (const width of [8, 16, 7, 4, 5, 3, 2]) if (pixels % width === 0) return pixels / width
  return pixels
}
