import type { ProblemCode } from '@gossamer/core'

export interface ProblemText {
  readonly sentence: string
  readonly action: string
  /** A notice keeps quiet; a fault says that something the user wanted is not happening. */
  readonly weight: 'notice' | 'fault'
}

/** What each failure of the environment means for the user, and what to do about it. */
export const problemTexts: Readonly<Record<ProblemCode, ProblemText>> = {
  'no-webgpu': {
    sentence: 'This browser offers no WebGPU here, so training runs on the next best backend.',
    action:
      'Nothing needs to be done. For more speed, try a current Chrome, Edge or Safari on a device with a GPU.',
    weight: 'notice',
  },
  'no-webrtc': {
    sentence: 'This browser blocks direct connections (WebRTC), so nobody can be met.',
    action: 'Training alone works. To meet others, allow WebRTC or use another browser.',
    weight: 'fault',
  },
  'no-signaling': {
    sentence: 'The server that introduces tabs cannot be reached.',
    action:
      'Peers you are connected to stay, and the server is tried again by itself. Check your connection if this lasts.',
    weight: 'notice',
  },
  'no-backend': {
    sentence: 'No way to train was found in this browser.',
    action: 'Reload with backend=cpu in the link, or try another browser.',
    weight: 'fault',
  },
  'device-lost': {
    sentence: 'The graphics device went away; training goes on another way with the same weights.',
    action: 'Nothing needs to be done. Reload the page to try the device again.',
    weight: 'notice',
  },
  'worker-failed': {
    sentence: 'The part of the page that trains has stopped.',
    action: 'Reload the page. Close other heavy tabs first if the device is short of memory.',
    weight: 'fault',
  },
  'bad-data': {
    sentence: 'The examples do not fit the task of this room.',
    action: 'Check the classes and samples in the link, or start again from the start page.',
    weight: 'fault',
  },
  'storage-full': {
    sentence: 'There is no room to save checkpoints, so a reload would lose what was learned.',
    action: 'Download the model before you close the tab, or free some space.',
    weight: 'notice',
  },
  'model-too-large': {
    sentence: 'This model is too large for the wanted device, so training runs on the next best one.',
    action: 'Nothing needs to be done. A smaller model would be faster here.',
    weight: 'notice',
  },
  'loss-not-finite': {
    sentence: 'The loss ran away, so training was stopped and went back to the last good weights.',
    action: 'The learning rate is too high for the examples here. Go on at a lower one, for this tab alone.',
    weight: 'fault',
  },
}

/** What the button says that goes on at a lower rate. */
export const slowerLabel = (learningRate: number): string => `Go on at a rate of ${learningRate}`
