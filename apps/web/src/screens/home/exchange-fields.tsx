import { gossipCounts, strategies, strategyNames } from '@gossamer/core'
import { type CountName, countNames } from '../../exchange/counts.ts'
import { type ExchangeDraft, rhythmOf, rhythms, withRhythm, withStrategy } from '../../exchange/draft.ts'
import { codecNames, codecTexts, settleBys, exchangeWords as words } from '../../strings/exchange.ts'
import { ChoiceList } from '../../ui/choice-list.tsx'
import { OptionField } from '../../ui/option-field.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import styles from './exchange.module.css'

/** Every number of a room's rule as a form: what there is to set, strategies and the task's schema say themselves. */
export function ExchangeFields(props: {
  readonly draft: ExchangeDraft
  readonly faults: Readonly<Record<string, string>>
  readonly onChange: (draft: ExchangeDraft) => void
}) {
  const { draft, faults, onChange } = props
  const { options, describes } = strategies[draft.strategy]
  const setCount = (name: CountName, value: string): void =>
    onChange({ ...draft, counts: { ...draft.counts, [name]: value } })
  const rhythm = rhythmOf(draft)

  return (
    <>
      <div className={styles.grid}>
        <ChoiceList
          label={words.strategy}
          options={strategyNames}
          value={draft.strategy}
          note={words.sentence(describes)}
          onChange={(strategy) => onChange(withStrategy(draft, strategy))}
        />
        <ChoiceList
          label={words.codec}
          options={codecNames}
          value={draft.codec}
          note={words.sentence(codecTexts[draft.codec])}
          onChange={(codec) => onChange({ ...draft, codec })}
        />
      </div>
      <fieldset>
        <legend className={styles.legend}>{words.options}</legend>
        <div className={styles.grid}>
          {Object.entries(options).map(([name, option]) => (
            <OptionField
              key={`${draft.strategy} ${name}`}
              name={name}
              option={option}
              value={draft.options[name] ?? ''}
              fault={faults[name]}
              onChange={(value) => onChange({ ...draft, options: { ...draft.options, [name]: value } })}
            />
          ))}
        </div>
      </fieldset>
      <Choice
        label={words.rhythm}
        options={rhythms.map((value) => ({ value, label: words.rhythms[value].title }))}
        value={rhythm}
        note={words.rhythms[rhythm].note}
        onChange={(chosen) => onChange(withRhythm(draft, chosen))}
      />
      <div className={styles.grid}>
        {countNames.map(
          (name) =>
            draft.counts[name] !== 'auto' && (
              <OptionField
                key={name}
                name={name}
                option={gossipCounts[name]}
                value={draft.counts[name]}
                fault={faults[name]}
                onChange={(value) => setCount(name, value)}
              />
            ),
        )}
      </div>
      <Choice
        label={words.settleBy}
        options={settleBys.map((value) => ({ value, label: words.settling[value].title }))}
        value={draft.settleBy}
        note={words.settling[draft.settleBy].note}
        onChange={(settleBy) => onChange({ ...draft, settleBy })}
      />
    </>
  )
}

/** A few choices in a row under their name, and what the chosen one means. */
function Choice<T extends string>(props: Parameters<typeof Segmented<T>>[0] & { readonly note: string }) {
  const { note, ...choices } = props
  return (
    <div className={styles.choice}>
      <span className={styles.legend} aria-hidden="true">
        {choices.label}
      </span>
      <Segmented {...choices} />
      <p className={styles.note}>{note}</p>
    </div>
  )
}
