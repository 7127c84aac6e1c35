import type { Snapshot } from '@gossamer/core'
import type { RoomState } from '../session/room.ts'
import { count, counted } from './format.ts'

/** The closed vocabulary of states; every moment of a room is exactly one of them. */
export type Situation =
  | 'joining'
  | 'fetching'
  | 'ready'
  | 'alone'
  | 'meeting'
  | 'together'
  | 'paused'
  | 'settling'
  | 'left'
  | 'failed'

export const situationWords: Readonly<Record<Situation, string>> = {
  joining: 'Opening',
  fetching: 'Fetching digits',
  ready: 'Ready',
  alone: 'Training alone',
  meeting: 'Meeting',
  together: 'Training together',
  paused: 'Paused',
  settling: 'Finishing',
  left: 'Left',
  failed: 'Stopped',
}

export function situationOf(state: RoomState): Situation {
  switch (state.type) {
    case 'opening':
      return state.doing
    case 'failed':
      return 'failed'
    case 'open':
      return openSituation(state.snapshot)
  }
}

function openSituation({ status, peers, merges }: Snapshot): Situation {
  switch (status) {
    case 'idle':
      return 'ready'
    case 'training':
      return peers.length === 0 ? 'alone' : merges === 0 ? 'meeting' : 'together'
    case 'paused':
    case 'settling':
    case 'left':
    case 'failed':
      return status
  }
}

const met = ({ peers }: Snapshot): string => counted(peers.length, 'peer')

/** What is going on, in one sentence, with what to do next where there is something to do. */
export function statusSentence(state: RoomState): string {
  if (state.type === 'opening')
    return state.doing === 'joining'
      ? 'Opening the room and choosing the fastest way to train here.'
      : 'Fetching your digits. They stay on this device.'
  if (state.type === 'failed') return 'The room could not be opened.'
  const { snapshot, holding } = state
  const examples = holding === undefined ? 'your digits' : `${count(holding.train.labels.length)} digits`
  switch (openSituation(snapshot)) {
    case 'ready':
      return `Everything is in place: press Start to train on ${examples}.`
    case 'alone':
      return snapshot.signaling === 'connected'
        ? `${snapshot.merges === 0 ? 'Nobody else is here yet.' : 'Everyone else has left; what they taught stays.'} Invite someone, or open this link in a second tab.`
        : 'Nobody else can be found at the moment. Training alone works all the same.'
    case 'meeting':
      return `Connected to ${met(snapshot)}; the first exchange of weights is on its way.`
    case 'together':
      return `Exchanging weights with ${met(snapshot)}. No data leaves this tab.`
    case 'paused':
      return snapshot.peers.length === 0
        ? 'Nothing is lost: weights are kept.'
        : `Nothing is lost: weights and ${met(snapshot)} are kept.`
    case 'settling':
      return 'Training has ended; you and your peers are agreeing on one model.'
    case 'left':
      return 'You have left the room. Open the link again to come back.'
    case 'failed':
      return 'Training cannot go on here. Below is what happened and what you can do.'
    case 'joining':
    case 'fetching':
      return ''
  }
}
