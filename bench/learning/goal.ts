/** What the project promises of a metric. */
export type Goal = { readonly atLeast: Bound } | { readonly atMost: Bound }

/** A number, or what the same metric is in another case of the same call, times a factor, plus a margin. */
export type Bound = number | { readonly case: string; readonly times?: number; readonly plus?: number }

/** A goal whose bound is known. */
export interface Target {
  readonly kind: 'at-least' | 'at-most'
  readonly value: number
}

/** Undefined where the goal looks at a case that was not run. */
export function targetOf(goal: Goal, metricOf: (name: string) => number | undefined): Target | undefined {
  const [kind, bound] =
    'atLeast' in goal ? (['at-least', goal.atLeast] as const) : (['at-most', goal.atMost] as const)
  if (typeof bound === 'number') return { kind, value: bound }
  const { times = 1, plus = 0 } = bound
  const value = metricOf(bound.case)
  return value === undefined ? undefined : { kind, value: Number((times * value + plus).toPrecision(6)) }
}

export const isMet = (value: number, target: Target): boolean =>
  target.kind === 'at-least' ? value >= target.value : value <= target.value
