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
  const digits = digitList(unseen)
  if (merges === 0)
    return `This tab has no ${digits}: alone, it will never recognise ${unseen.length === 1 ? 'it' : 'them'}.`
  const share = unseenAccuracy === undefined ? 'some' : roundPercent(unseenAccuracy)
  return peers === 0
    ? `This tab has no ${digits}, yet it recognises ${share} of them: learned from peers.`
    : `This tab has no ${digits}, yet it recognises ${share} of them: learned from ${counted(peers, 'peer')}.`
}
