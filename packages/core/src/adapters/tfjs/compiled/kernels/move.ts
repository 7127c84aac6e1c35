import type { EncodedModel } from '../../../../ports.ts'
import { scalesAt } from '../encoded-words.ts'
import type { Binding, Kernel } from '../kernel.ts'

const own: Binding = { name: 'params', buffer: 'params', element: 'vec4f', access: 'read' }
const delta: Binding = { name: 'delta', buffer: 'delta', element: 'vec4f', access: 'read' }
const factor: Binding = { name: 'factor', buffer: 'factor', element: 'f32', access: 'read' }

/** Four parameters an invocation; the padding behind the last one is and stays zero in all buffers. */
const perFour = (size: number, label: string, bindings: readonly Binding[], body: string): Kernel => ({
  label,
  bindings,
  invocations: Math.ceil(size / 4),
  workgroupSize: 64,
  body,
})

/** params += delta. */
export const addKernel = (size: number): Kernel =>
  perFour(size, 'add', [delta, { ...own, access: 'read_write' }], '  params[t] += delta[t];')

/** params += factor x delta. */
export const moveKernel = (size: number): Kernel =>
  perFour(
    size,
    'move',
    [delta, factor, { ...own, access: 'read_write' }],
    '  params[t] += factor[0] * delta[t];',
  )

/** candidate = params + factor x delta. */
export const candidateKernel = (size: number): Kernel =>
  perFour(
    size,
    'candidate',
    [own, delta, factor, { name: 'candidate', buffer: 'candidate', element: 'vec4f', access: 'read_write' }],
    '  candidate[t] = params[t] + factor[0] * delta[t];',
  )

/** delta = the model that `encoded` stands for - params; exact, as the codecs' own loops and a subtraction are. */
export const differenceKernel = (codec: EncodedModel['codec'], size: number): Kernel =>
  perFour(
    size,
    `difference to ${codec}`,
    [
      own,
      { name: 'encoded', buffer: 'encoded', element: 'u32', access: 'read' },
      { ...delta, access: 'read_write' },
    ],
    `${codec === 'int8' ? decodeInt8(size) : decodeFloat16}
  delta[t] = ${size % 4 === 0 ? 'values' : `select(vec4f(0), values, vec4u(4u * t) + vec4u(0, 1, 2, 3) < vec4u(${size}u))`} - params[t];`,
  )

const decodeInt8 = (size: number): string => `
  let word = encoded[t];
  let codes = vec4i(vec4u(word << 24u, word << 16u, word << 8u, word)) >> vec4u(24u);
  let block = t / 64u;
  let pair = encoded[${scalesAt(size)}u + block / 2u];
  let bits = vec4u(select(pair, pair >> 16u, (block & 1u) == 1u));
  ${halves('scales')}
  let values = scales * vec4f(codes);`

const decodeFloat16 = `
  let low = encoded[2u * t];
  let high = encoded[2u * t + 1u];
  let bits = vec4u(low, low >> 16u, high, high >> 16u);
  ${halves('values')}`

/**
 * Declares the float32 values of the float16 in the lower half of each of `bits`, by hand: unpack2x16float may take
 * subnormal ones for zeros.
 */
function halves(name: string): string {
  return `let exponents = (bits >> vec4u(10u)) & vec4u(31u);
  let fractions = bits & vec4u(1023u);
  let normal = bitcast<vec4f>(((exponents + vec4u(112u)) << vec4u(23u)) | (fractions << vec4u(13u)));
  let sizes = select(normal, vec4f(fractions) * ${2 ** -24}, exponents == vec4u(0u));
  let ${name} = select(sizes, -sizes, (bits & vec4u(0x8000u)) != vec4u(0u));`
}
