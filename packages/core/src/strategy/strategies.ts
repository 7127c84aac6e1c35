import type { StrategyKind } from './kind.ts'
import { push } from './push.ts'
import { swap } from './swap.ts'

export type StrategyName = 'swap' | 'push'

/** Every strategy by the name that a task gives it. */
export const strategies: Readonly<Record<StrategyName, StrategyKind>> = { swap, push }

/** The names, the default first. */
export const strategyNames: readonly [StrategyName, ...StrategyName[]] = ['swap', 'push']
