import {
  type CompleteTask,
  type GossipSpec,
  gossipCounts,
  parseTask,
  type StrategyName,
  strategies,
  type Task,
} from '@gossamer/core'
import { exchangeWords } from '../strings/exchange.ts'
import { type CountName, countNames } from './counts.ts'

/** A room's rule while a person writes it: numbers as typed, so that a wrong one stays to be corrected. */
export interface ExchangeDraft {
  readonly strategy: StrategyName
  /** By the names that the strategy's options have. */
  readonly options: Readonly<Record<string, string>>
  readonly codec: GossipSpec['codec']
  readonly pace: GossipSpec['pace']
  readonly settleBy: GossipSpec['settleBy']
  /** `everySteps` may be 'auto'. */
  readonly counts: Readonly<Record<CountName, string>>
}

export type Drafted =
  | { readonly ok: true; readonly task: CompleteTask }
  | {
      readonly ok: false
      /** A sentence for each wrong number, by the name of its option or count. */
      readonly faults: Readonly<Record<string, string>>
      /** What is wrong with the whole, where no number alone is. */
      readonly reason: string | undefined
    }

export const draftOf = ({
  strategy,
  options,
  codec,
  pace,
  settleBy,
  everySteps,
  neighbours,
  fragments,
}: GossipSpec): ExchangeDraft => ({
  strategy,
  options: mapped(options, String),
  codec,
  pace,
  settleBy,
  counts: { everySteps: `${everySteps}`, neighbours: `${neighbours}`, fragments: `${fragments}` },
})

/** The same rule by another strategy, with that one's own defaults. */
export const withStrategy = (draft: ExchangeDraft, strategy: StrategyName): ExchangeDraft => ({
  ...draft,
  strategy,
  options: mapped(strategies[strategy].options, (option) => `${option.default}`),
})

/** When a room exchanges, as people choose it: by itself, every so many steps, or all tabs equally often. */
export const rhythms = ['auto', 'steps', 'time'] as const
export type Rhythm = (typeof rhythms)[number]

export const rhythmOf = ({ counts, pace }: ExchangeDraft): Rhythm =>
  counts.everySteps === 'auto' ? 'auto' : pace

/** The same rule in another rhythm; a number of steps that was there stays. */
export function withRhythm(draft: ExchangeDraft, rhythm: Rhythm): ExchangeDraft {
  const { counts } = draft
  if (rhythm === 'auto') return { ...draft, pace: 'steps', counts: { ...counts, everySteps: 'auto' } }
  const everySteps = counts.everySteps === 'auto' ? `${gossipCounts.everySteps.default}` : counts.everySteps
  return { ...draft, pace: rhythm, counts: { ...counts, everySteps } }
}

/** The task with the drafted rule, complete; or what is wrong with which number. */
export function taskWith(task: Task, draft: ExchangeDraft): Drafted {
  const { strategy, codec, pace, settleBy } = draft
  const options = mapped(draft.options, numberOf)
  const counts = mapped(draft.counts, (text) => (text === 'auto' ? text : numberOf(text)))
  const rule = { strategy, codec, pace, settleBy, options, ...counts }
  const result = parseTask({ ...task, gossip: { ...task.gossip, ...rule } })
  if (result.ok) return result

  const isWrong = (gossip: object): boolean =>
    !parseTask({ ...task, gossip: { ...task.gossip, options: {}, ...gossip } }).ok
  const faults: Record<string, string> = {}
  for (const [name, option] of Object.entries(strategies[strategy].options))
    if (isWrong({ strategy, options: { [name]: options[name] } }))
      faults[name] = exchangeWords.notAllowed(draft.options[name] ?? '', option)
  for (const name of countNames)
    if (isWrong({ [name]: counts[name] }))
      faults[name] = exchangeWords.notAllowed(draft.counts[name], gossipCounts[name])
  return { ok: false, faults, reason: Object.keys(faults).length === 0 ? result.reason : undefined }
}

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

const mapped = <A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
