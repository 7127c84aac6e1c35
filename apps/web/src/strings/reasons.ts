const reasons: Readonly<Record<string, string>> = {
  'too-far': 'Merges refused: the weights were too far from ours',
  'too-different': 'Merges refused: the weights were unlike any that an honest peer could hold',
  loss: 'Merges refused: the model would have become worse on our own digits',
  late: 'Answers that came too late to be used',
  'not-finite': 'Weights that are not numbers',
  size: 'Weights of another length than the model’s',
  'wrong-layout': 'Peers with a differently built model',
  'wrong-task': 'Peers of another task',
  'wrong-version': 'Peers that speak another version',
  'wrong-talk': 'Messages that this room’s rule does not use',
  'wrong-codec': 'Weights compressed in another way than this room’s',
  'no-reference': 'Differences to weights that never arrived',
  'wrong-lane': 'Messages on the wrong channel',
  oversized: 'Messages larger than allowed',
  malformed: 'Bytes that are no message',
  'unknown-message': 'Messages of a kind that we do not know',
  duplicate: 'Pieces of messages that had come before',
  gap: 'Messages with a piece missing',
  stray: 'Pieces that belong to no message',
  cancelled: 'Messages that the sender took back',
  incomplete: 'Messages that never arrived whole',
  flood: 'Messages beyond the agreed amount',
  'false-credit': 'Receipts for bytes that were never sent',
}

/** A reason for dropping something, in words; one that has none yet is shown as it is. */
export const reasonText = (reason: string): string => reasons[reason] ?? reason.replaceAll('-', ' ')

const refusals: Readonly<Record<string, string>> = {
  'too-far': 'it is too far from ours',
  'too-different': 'it is unlike any that an honest peer could hold',
  loss: 'it would make ours worse',
}

export const refusalText = (reason: string): string => refusals[reason] ?? reason.replaceAll('-', ' ')

const kinds: Readonly<Record<string, string>> = {
  weights: 'Model weights',
  control: 'Introductions, heartbeats, receipts',
}

/** What a kind of message is for, in words. */
export const kindText = (kind: string): string => kinds[kind] ?? kind.replaceAll('-', ' ')
