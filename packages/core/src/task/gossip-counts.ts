import type { OptionSet } from '../strategy/options.ts'

/** The whole numbers of a room's rule that belong to no strategy. Where `everySteps` is a number, 20 is a good first one. */
export const gossipCounts: OptionSet<'everySteps' | 'neighbours' | 'fragments'> = {
  everySteps: {
    unit: 'steps',
    min: 1,
    max: 10_000,
    default: 20,
    whole: true,
    describes: 'Own steps between two exchanges',
  },
  neighbours: {
    unit: 'peers',
    min: 1,
    max: 8,
    default: 6,
    whole: true,
    describes: 'How many others a peer stays connected to',
  },
  fragments: {
    unit: 'pieces',
    min: 1,
    max: 16,
    default: 1,
    whole: true,
    describes: 'Into how many pieces the weights are cut; each exchange carries one',
  },
}
