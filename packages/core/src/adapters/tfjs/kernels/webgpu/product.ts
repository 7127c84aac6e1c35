import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Kernel } from '../../compiled/kernel.ts'
import {
  type DenseShape,
  denseInputGradient,
  denseKernel,
  denseKernelGradient,
} from '../../compiled/kernels/dense.ts'
import type { Tuning } from '../../compiled/tuning.ts'
import { type ProductAttributes, type ProductInputs, type Sizes, sizesOf } from '../product.ts'
import {
  type Epilogue,
  type EpilogueAttributes,
  type EpilogueInputs,
  epilogueOf,
  isPlain,
} from './epilogue.ts'
import { type GpuBackend, type GpuKernel, isEmulated, type RunKernel } from './gpu-backend.ts'
import { repeated } from './repeated.ts'

type Product = GpuKernel<ProductInputs & EpilogueInputs, ProductAttributes & EpilogueAttributes>

/**
 * BatchMatMul and _FusedMatMul of matrices on an emulated GPU, of two or of as many pairs as there are: a dense layer with
 * a bias for each column and a ReLU, both or neither, and, where one factor is transposed, its two gradients. Stock's
 * tiles in workgroup memory are right on a GPU, and many times slower there.
 */
export const product =
  (run: RunKernel, stock: Product): Product =>
  (call) => {
    const { inputs, backend, attrs } = call
    const sizes = sizesOfMany(inputs, attrs)
    const epilogue = epilogueOf({ ...inputs, ...attrs }, sizes?.columns)
    const fits = isPlain(epilogue) ? !areBothTransposed(attrs) : !attrs.transposeA && !attrs.transposeB
    if (sizes === undefined || epilogue === undefined || !fits || !isEmulated(backend)) return stock(call)
    return multiplied(run, backend, { ...sizes, ...attrs }, inputs, epilogue)
  }

interface ManySizes extends Sizes {
  /** How many matrices there are, each with its own factor. */
  readonly count: number
}

/** Undefined also where the factors come in unequal numbers. */
function sizesOfMany({ a, b }: ProductInputs, attributes: ProductAttributes): ManySizes | undefined {
  const single = sizesOf({ a, b }, attributes)
  if (single !== undefined) return { ...single, count: 1 }
  const leading = a.shape.slice(0, -2)
  const sizes = sizesOf({ a: lastOf(a), b: lastOf(b) }, attributes)
  const count = elements(leading)
  return sizes !== undefined && count > 0 && util.arraysEqual(leading, b.shape.slice(0, -2))
    ? { ...sizes, leading, count }
    : undefined
}

const lastOf = (x: TensorInfo): TensorInfo => ({ ...x, shape: x.shape.slice(-2) })

const areBothTransposed = ({ transposeA, transposeB }: ProductAttributes): boolean => transposeA && transposeB

type Multiplication = ManySizes & ProductAttributes

function multiplied(
  run: RunKernel,
  backend: GpuBackend,
  multiplication: Multiplication,
  { a, b }: ProductInputs,
  { place, relu, tensors }: Epilogue,
): TensorInfo {
  const { rows, depth, columns, count, leading, transposeA, transposeB } = multiplication
  const key = `product ${[count, rows, depth, columns, transposeA, transposeB, place, relu]}`
  const factors = { a, [transposeA ? 'b' : 'params']: b, ...tensors }
  const make = (tuning: Tuning): Kernel => {
    const kernel = kernelOf({ ...multiplication, place, relu }, tuning)
    return count === 1 ? kernel : repeated(kernel, count, floatsOf(multiplication))
  }
  return run(backend, key, make, factors, [...leading, rows, columns])
}

/** In the words of a dense layer, of which a transposed factor makes a gradient. */
function kernelOf(
  {
    rows,
    depth,
    columns,
    transposeA,
    transposeB,
    place,
    relu,
  }: Multiplication & Pick<Epilogue, 'place' | 'relu'>,
  tuning: Tuning,
): Kernel {
  const layer = (batch: number, inputs: number, units: number): DenseShape => ({
    batch,
    inputs,
    units,
    offset: 0,
  })
  if (transposeA)
    return denseKernelGradient(layer(depth, rows, columns), tuning, 0, { x: 'a', dy: 'b' }, false)
  if (transposeB)
    return denseInputGradient(layer(rows, columns, depth), tuning, false, { x: 'y', dx: 'y', dy: 'a' })
  return denseKernel(layer(rows, depth, columns), tuning, relu, { x: 'a', y: 'y' }, place)
}

/** Of one matrix in each buffer that has one for each of them; a bias is that of all. */
const floatsOf =
  ({ rows, depth, columns }: Sizes) =>
  (buffer: string): number => {
    if (buffer === 'bias') return 0
    if (buffer === 'a') return rows * depth
    return buffer === 'b' || buffer === 'params' ? depth * columns : rows * columns
  }
