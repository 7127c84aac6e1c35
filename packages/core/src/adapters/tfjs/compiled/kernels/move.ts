import type { EncodedModel } from '../../../../ports.ts'
import { scalesAt } from '../encoded-words.ts'
import type { Binding, Kernel } from '../kernel.ts'

/** Passes over all parameters. */
export interface Pass {
  /** Number of parameters. */
  readonly size: number
  /** How many times four parameters an invocation takes, one after the other: a part of 64. */
  readonly fours: number
}

const own: Binding = { name: 'params', buffer: 'params', element: 'vec4f', access: 'read' }
const delta: Binding = { name: 'delta', buffer: 'delta', element: 'vec4f', access: 'read' }
const factor: Binding = { name: 'factor', buffer: 'factor', element: 'f32', access: 'read' }
const encoded: Binding = { name: 'encoded', buffer: 'encoded', element: 'u32', access: 'read' }
const writable = (binding: Binding): Binding => ({ ...binding, access: 'read_write' })

interface Statements {
  readonly label: string
  readonly bindings: readonly Binding[]
  /** Before the first four. */
  readonly once?: string
  /** For the four parameters with number `i`. The padding behind the last one is and stays zero in all buffers. */
  readonly each: string
}

function overAll({ size, fours }: Pass, { label, bindings, once = '', each }: Statements): Kernel {
  const all = Math.ceil(size / 4)
  return {
    label,
    bindings,
    invocations: Math.ceil(all / fours),
    workgroupSize: 64,
    body: `${once}
  let end = min(${fours}u * t + ${fours}u, ${all}u);
  for (var i = ${fours}u * t; i < end; i++) {
${each}
  }`,
  }
}

const takeFactor = '  let share = factor[0];'

/** params += delta. */
export const addKernel = (pass: Pass): Kernel =>
  overAll(pass, {
    label: 'add',
    bindings: [delta, writable(own)],
    each: '    params[i] += delta[i];',
  })

/** params += factor x delta. */
export const moveKernel = (pass: Pass): Kernel =>
  overAll(pass, {
    label: 'move',
    bindings: [delta, factor, writable(own)],
    once: takeFactor,
    each: '    params[i] += share * delta[i];',
  })

/** candidate = params + factor x delta. */
export const candidateKernel = (pass: Pass): Kernel =>
  overAll(pass, {
    label: 'candidate',
    bindings: [own, delta, factor, writable({ ...own, name: 'candidate', buffer: 'candidate' })],
    once: takeFactor,
    each: '    candidate[i] = params[i] + share * delta[i];',
  })

/** delta = the model that `encoded` stands for - params; exact, as the codecs' own loops and a subtraction are. */
export const differenceKernel = (codec: EncodedModel['codec'], pass: Pass): Kernel =>
  overAll(pass, {
    label: `difference to ${codec}`,
    bindings: [encoded, own, writable(delta)],
    once: decoders[codec].once(pass),
    each: `${decoders[codec].each(pass)}
    delta[i] = values - params[i];`,
  })

/** params += factor x (the model that `encoded` stands for - params). */
export const approachKernel = (codec: EncodedModel['codec'], pass: Pass): Kernel =>
  overAll(pass, {
    label: `approach to ${codec}`,
    bindings: [encoded, factor, writable(own)],
    once: `${takeFactor}${decoders[codec].once(pass)}`,
    each: `${decoders[codec].each(pass)}
    let own = params[i];
    params[i] = own + share * (values - own);`,
  })

/** How `values` come from `encoded`. */
interface Decoder {
  readonly once: (pass: Pass) => string
  readonly each: (pass: Pass) => string
}

const decoders: Readonly<Record<EncodedModel['codec'], Decoder>> = {
  int8: {
    // All that one invocation takes lies in one block of 256 values; two scales are in a word.
    once: ({ size, fours }) => `
  let block = t / ${64 / fours}u;
  let pair = encoded[${scalesAt(size)}u + block / 2u];
  let bits = vec4u(select(pair, pair >> 16u, (block & 1u) == 1u));
  ${halves('scales')}`,
    each: ({ size }) => `
    let word = encoded[i];
    let codes = vec4i(vec4u(word << 24u, word << 16u, word << 8u, word)) >> vec4u(24u);
    let decoded = scales * vec4f(codes);
    ${masked(size)}`,
  },
  float16: {
    once: () => '',
    each: ({ size }) => `
    let low = encoded[2u * i];
    let high = encoded[2u * i + 1u];
    let bits = vec4u(low, low >> 16u, high, high >> 16u);
    ${halves('decoded')}
    ${masked(size)}`,
  },
}

/** What lies behind the last value is no part of the model. */
const masked = (size: number): string =>
  size % 4 === 0
    ? 'let values = decoded;'
    : `let values = select(vec4f(0), decoded, vec4u(4u * i) + vec4u(0, 1, 2, 3) < vec4u(${size}u));`

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
