import type { Option } from './options.ts'

/** Options that many strategies have, with the default most of them use. */
export const mixingOption: Option = {
  unit: 'share',
  min: 0,
  max: 1,
  default: 0.5,
  describes: 'How far the training replica moves toward a received model',
}

export const servingOption: Option = {
  unit: 'share',
  min: 0.01,
  max: 1,
  default: 0.25,
  describes: 'How far the served model moves toward each accepted model',
}
