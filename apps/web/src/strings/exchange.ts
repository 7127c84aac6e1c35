import type { GossipSpec, Option } from '@gossamer/core'
import type { Rhythm } from '../exchange/draft.ts'
import type { RecipeName } from '../exchange/recipes.ts'
import { counted } from './format.ts'

type Codec = GossipSpec['codec']

interface Choice {
  readonly title: string
  readonly note: string
}

const recipes: Readonly<Record<RecipeName, Choice>> = {
  standard: { title: 'Standard', note: 'As often as links and devices give for nothing.' },
  'few-bytes': { title: 'Few bytes', note: 'About one bit a weight, seldom, with two neighbours.' },
  'hard-split': {
    title: 'Hard split',
    note: 'For tabs with hardly a digit in common, or a hundred tabs: bolder merges.',
  },
}

const rhythms: Readonly<Record<Rhythm, Choice>> = {
  auto: {
    title: 'By itself',
    note: 'Each tab adapts to what its link and its device give for nothing.',
  },
  steps: {
    title: 'By steps',
    note: 'Every tab after so many steps of its own: slow ones are heard less often.',
  },
  time: {
    title: 'By time',
    note: 'All tabs equally often: the fastest around after so many steps, slower ones after fewer.',
  },
}

const settling: Readonly<Record<GossipSpec['settleBy'], Choice>> = {
  loss: {
    title: 'Examples and loss',
    note: 'Models count by how many examples they stand for, and less where they fit the examples here worse.',
  },
  examples: { title: 'Examples alone', note: 'Models count by how many examples they stand for.' },
}

export const settleBys: readonly GossipSpec['settleBy'][] = ['loss', 'examples']

export const codecTexts: Readonly<Record<Codec, string>> = {
  float32: 'Every weight exactly, in 4 bytes',
  float16: 'Half the precision, in 2 bytes a weight',
  int8: 'One byte a weight',
  int4: 'Half a byte a weight, rounded at random',
  ternary: 'Up, down or stay for each weight, against what the neighbour knows: a fifth of a byte',
  sign: 'Up or down for each weight, against what the neighbour knows: an eighth of a byte',
  'top-k': 'Only what changed most, one weight in 32',
}

const isCodec = (name: string): name is Codec => Object.hasOwn(codecTexts, name)

/** Every codec that a task can name: one without words fails the types. */
export const codecNames: readonly Codec[] = Object.keys(codecTexts).filter(isCodec)

const names: Readonly<Record<string, string>> = { everySteps: 'Steps between exchanges', fragments: 'Pieces' }

/** lossMargin as 'Loss margin'. */
export function optionName(name: string): string {
  const known = Object.hasOwn(names, name) ? names[name] : undefined
  const spaced = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return known ?? `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`
}

const kind = ({ whole }: Option): string => (whole === true ? 'whole number' : 'number')
const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 })
const range = ({ min, max, unit }: Option): string =>
  `${number.format(min)} to ${number.format(max)}${unit === '' ? '' : ` (${unit})`}`

/** What a room exchanges by, in the words of whoever sets it up. */
export const exchangeWords = {
  title: 'How this room exchanges',
  note: 'Everyone who follows the link of this room exchanges by the same rule.',
  recipe: 'Rule',
  recipes,
  own: { title: 'Your own', note: 'Every number yourself, below.' },
  more: 'Every number',
  strategy: 'Strategy',
  options: 'Options of the strategy',
  codec: 'Codec',
  rhythm: 'When to exchange',
  rhythms,
  settleBy: 'What counts when the room agrees on one model',
  settling,
  sentence: (describes: string): string => `${describes}.`,
  range: (option: Option): string => `${range(option)}, usually ${number.format(option.default)}`,
  /** A switch describes what 1 and 0 mean. */
  toggled: (describes: string): string => `${describes.replace(/^1: /, 'On: ').replace(/; 0: /, '; off: ')}.`,
  toggle: (option: Option): string => `Usually ${option.default === 1 ? 'on' : 'off'}`,
  notAllowed: (typed: string, option: Option): string =>
    typed.trim() === ''
      ? `Here belongs a ${kind(option)} from ${range(option)}.`
      : `${typed} is not a ${kind(option)} from ${range(option)}.`,
  wrong: (reason: string): string => `No room can have this rule: ${reason}.`,
} as const

/** A room's rule as one line; `changed` are the options that are not at their defaults. */
export function ruleLine(rule: {
  readonly recipe: RecipeName | undefined
  readonly gossip: GossipSpec
  readonly changed: readonly (readonly [string, number])[]
}): string {
  const { gossip, recipe } = rule
  const parts = [
    gossip.strategy,
    gossip.codec,
    gossip.everySteps === 'auto' ? 'at its own pace' : `every ${counted(gossip.everySteps, 'step')}`,
    ...(gossip.pace === 'time' ? ['slower tabs as often'] : []),
    `up to ${counted(gossip.neighbours, 'neighbour')}`,
    ...(gossip.fragments === 1 ? [] : [`in ${counted(gossip.fragments, 'piece')}`]),
    ...(gossip.settleBy === 'examples' ? ['agreeing by examples alone'] : []),
    ...rule.changed.map(([name, value]) => `${optionName(name).toLowerCase()} ${value}`),
  ].join(', ')
  return `This room exchanges by ${recipe === undefined ? 'a rule of its own' : `the rule “${recipes[recipe].title}”`}: ${parts}.`
}
