/** One number that a strategy can be tuned by, as data: forms, checks and documents are made from it. */
export interface Option {
  /** What the number counts: 'share', 'steps', 'models', 'nats', 'seconds'; '' for a plain factor. */
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly default: number
  /** Only whole numbers; with 0 to 1, a switch. */
  readonly whole?: true
  /** A sentence without its full stop. */
  readonly describes: string
}

export type OptionSet<Name extends string = string> = Readonly<Record<Name, Option>>
export type OptionValues<Name extends string = string> = Readonly<Record<Name, number>>

export type OptionsResult =
  | { readonly ok: true; readonly values: OptionValues }
  /** `name` of the option that is wrong; `reason` holds its value and what is allowed. */
  | { readonly ok: false; readonly name: string; readonly reason: string }

/** Checks given values against what there is and fills in the defaults. */
export function completeOptions(options: OptionSet, given: OptionValues): OptionsResult {
  const values: Record<string, number> = {}
  for (const [name, option] of Object.entries(options)) values[name] = option.default
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined)
      return { ok: false, name, reason: `there is no such option, only ${Object.keys(options).join(', ')}` }
    const isAllowed =
      value >= option.min && value <= option.max && (option.whole !== true || Number.isInteger(value))
    if (!isAllowed) return { ok: false, name, reason: `${value} is not ${allowed(option)}` }
    values[name] = value
  }
  return { ok: true, values }
}

const allowed = ({ min, max, whole, unit }: Option): string =>
  `a ${whole === true ? 'whole ' : ''}number from ${min} to ${max}${unit === '' ? '' : ` (${unit})`}`
