import type { OptionSet, OptionValues } from './options.ts'
import type { Strategy } from './strategy.ts'

/** A strategy that can be chosen by name, with what it can be tuned by. */
export interface StrategyKind<Name extends string = string> {
  /** A sentence without its full stop. */
  readonly describes: string
  readonly options: OptionSet<Name>
  /** `values` hold every option, each in its range. */
  create(values: OptionValues<Name>): Strategy
}
