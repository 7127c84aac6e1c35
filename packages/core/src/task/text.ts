import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Examples } from '../ports.ts'

/** Text from which the next token is predicted at every position of a window. */
export interface TextSpec {
  readonly kind: 'text'
  /** Tokens of one window, 2 to 1024: no prediction looks further back. */
  readonly context: number
  /**
   * What a token is: 'bytes', one of the 256 bytes of the text in UTF-8; or the characters of an alphabet, 2 to 256
   * different ones, whose places in it are the token numbers.
   */
  readonly vocabulary: 'bytes' | (string & {})
}

/** How many different tokens there are. */
export const vocabularySize = ({ vocabulary }: TextSpec): number =>
  vocabulary === 'bytes' ? 256 : [...vocabulary].length

/**
 * The token numbers of a text, in its order. Throws RangeError, naming the character and where it stands, for one
 * that the vocabulary lacks.
 */
export function tokensOf(text: string, { vocabulary }: TextSpec): Uint8Array {
  if (vocabulary === 'bytes') return utf8ToBytes(text)
  const numbers = new Map([...vocabulary].map((character, number) => [character, number]))
  return Uint8Array.from([...text], (character, place) => {
    const number = numbers.get(character)
    if (number === undefined)
      throw new RangeError(`text[${place}] is ${JSON.stringify(character)}, which data.vocabulary lacks`)
    return number
  })
}

/**
 * A text as training examples: one example is a window of `context` tokens, and its label is the token that comes
 * after it (within the window every token is the label of those before). Windows begin `stride` tokens apart; left
 * out, they lie side by side, so that every token but the first is predicted once. What is too short for another
 * window at the end is left out. Throws RangeError where there is no whole window and a token after it.
 */
export function textExamples(text: string, data: TextSpec, stride: number = data.context): Examples {
  const { context } = data
  if (!Number.isInteger(stride) || stride < 1)
    throw new RangeError(`stride is ${stride}, but windows begin a whole number of tokens apart`)
  const tokens = tokensOf(text, data)
  if (tokens.length <= context)
    throw new RangeError(
      `text holds ${tokens.length} tokens, but one window takes ${context} and the token after it`,
    )
  const count = Math.floor((tokens.length - 1 - context) / stride) + 1
  const inputs = new Uint8Array(count * context)
  const labels = new Uint8Array(count)
  for (let window = 0; window < count; window++) {
    const end = window * stride + context
    inputs.set(tokens.subarray(end - context, end), window * context)
    labels[window] = tokens[end] ?? 0
  }
  return { inputs, labels, shape: [context] }
}
