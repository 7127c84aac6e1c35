/** The whole numbers of a room's rule that belong to no strategy, in the order of their fields. */
export const countNames = ['everySteps', 'neighbours', 'fragments'] as const
export type CountName = (typeof countNames)[number]
