import type { TensorInfo } from '@tensorflow/tfjs-core'
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

type Product = GpuKernel<ProductInputs & EpilogueInputs, ProductAttributes & EpilogueAttributes>

/**
 * BatchMatMul and _FusedMatMul of two matrices on an emulated GPU: a dense layer with a bias for each column and a ReLU,
 * both or neither, and, where one factor is transposed, its two gradients. Stock's tiles in workgroup memory are right
 * on a GPU, and many times slower there.
 */
export const product =
  (run: RunKernel, stock: Product): Product =>
  (call) => {
    const { inputs, backend, attrs } = call
    const sizes = sizesOf(inputs, attrs)
    const epilogue = epilogueOf({ ...inputs, ...attrs }, sizes?.columns)
    const fits = isPlain(epilogue) ? !areBothTransposed(attrs) : !attrs.transposeA && !attrs.transposeB
    if (sizes === undefined || epilogue === undefined || !fits || !isEmulated(backend)) return stock(call)
    return multiplied(run, backend, { ...sizes, ...attrs }, inputs, epilogue)
  }

const areBothTransposed = ({ transposeA, transposeB }: ProductAttributes): boolean => transposeA && transposeB

type Multiplication = Sizes & ProductAttributes

function multiplied(
  run: RunKernel,
  backend: GpuBackend,
  multiplication: Multiplication,
  { a, b }: ProductInputs,
  { place, relu, tensors }: Epilogue,
): TensorInfo {
  const { rows, depth, columns, leading, transposeA, transposeB } = multiplication
  const key = `product ${[rows, depth, columns, transposeA, transposeB, place, relu]}`
  const factors = { a, [transposeA ? 'b' : 'params']: b, ...tensors }
  const make = (tuning: Tuning): Kernel => kernelOf({ ...multiplication, place, relu }, tuning)
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
