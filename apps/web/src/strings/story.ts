import { counted, digitList, roundPercent } from './format.ts'

export interface StoryFacts {
  readonly unseen: readonly number[]
  /** Accuracy of the merged model on the unseen classes; undefined before the first evaluation. */
  readonly unseenAccuracy: number | undefined
  readonly merges: number
  readonly peers: number
}

/** The sentence that explains the product: what this model knows of digits that this tab has never seen. */
export function story({ unseen, unseenAccuracy, merges, peers }: StoryFacts): string {
  if (unseen.length === 0)
    return 'This tab holds every digit, so it could learn alone; others still make it better.'
  const digits = unseen.length === 1 ? `the digit ${digitList(unseen)}` : `the digits ${digitList(unseen)}`
  const them = unseen.length === 1 ? 'it' : 'them'
  if (merges === 0) return `This tab has never seen ${digits}. Alone, it will never recognise ${them}.`
  const share = unseenAccuracy === undefined ? 'some' : roundPercent(unseenAccuracy)
  const teachers = peers === 0 ? 'other tabs' : counted(peers, 'peer')
  return `This tab has never seen ${digits}. Its merged model recognises ${share} of them, learned from ${teachers}.`
}
