import { saltOf, thresholdOf } from '../../dropout-mask.ts'
import type { Kernel } from '../kernel.ts'

/** One value in, one value out, as many as there are. */
interface Pointwise {
  readonly label: string
  readonly count: number
  readonly from: string
  readonly to: string
  /** The buffer of values of which only those above zero let theirs through. */
  readonly mask?: string | undefined
  /** WGSL for what becomes of `value`; statements before it may be needed. */
  readonly before?: string
  readonly value: string
  readonly readsRecord?: boolean
}

const pointwise = ({
  label,
  count,
  from,
  to,
  mask,
  before = '',
  value,
  readsRecord = false,
}: Pointwise): Kernel => ({
  label,
  bindings: [
    { name: 'input', buffer: from, element: 'f32', access: 'read' },
    { name: 'output', buffer: to, element: 'f32', access: 'read_write' },
    ...(mask === undefined ? [] : [{ name: 'mask', buffer: mask, element: 'f32', access: 'read' } as const]),
    ...(readsRecord ? [{ name: 'record', buffer: 'record', element: 'u32', access: 'read' } as const] : []),
  ],
  invocations: count,
  workgroupSize: 64,
  body: `
  let value = input[t];
  ${before}
  output[t] = ${mask === undefined ? value : `select(0.0, ${value}, mask[t] > 0.0)`};`,
})

interface Names {
  readonly from: string
  readonly to: string
  readonly mask?: string | undefined
}

export const copyKernel = (count: number, names: Names): Kernel =>
  pointwise({ label: 'copy', count, ...names, value: 'value' })

export const reluKernel = (count: number, names: Names): Kernel =>
  pointwise({ label: 'relu', count, ...names, value: 'max(value, 0.0)' })

export interface DropoutShape {
  readonly count: number
  readonly rate: number
  /** Number of the layer in its model. */
  readonly layer: number
  /** The word of a step's record that holds the step's seed. */
  readonly seedWord: number
}

/** Dropout, and just the same its gradient: the hash of `dropoutMask` decides again what is dropped. */
export const dropoutKernel = ({ count, rate, layer, seedWord }: DropoutShape, names: Names): Kernel =>
  pointwise({
    label: 'dropout',
    count,
    ...names,
    readsRecord: true,
    before: `var hash = t ^ record[${seedWord}] ^ ${saltOf(layer)}u;
  hash = (hash ^ (hash >> 16u)) * ${0x7feb352d}u;
  hash = (hash ^ (hash >> 15u)) * ${0x846ca68b}u;
  hash ^= hash >> 16u;`,
    value: `select(value * ${1 / (1 - rate)}, 0.0, hash < ${thresholdOf(rate)}u)`,
  })
