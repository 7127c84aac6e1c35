import { gossipCounts, strategies, strategyNames } from '@gossamer/core'
import { type CountName, countNames } from '../../exchange/counts.ts'
import { type ExchangeDraft, withStrategy } from '../../exchange/draft.ts'
import { codecNames, codecTexts, exchangeWords as words } from '../../strings/exchange.ts'
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
  const pace = draft.counts.everySteps === 'auto' ? 'auto' : 'fixed'

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
      <div className={styles.pace}>
        <span className={styles.legend} aria-hidden="true">
          {words.pace}
        </span>
        <Segmented
          label={words.pace}
          options={[
            { value: 'auto', label: words.auto },
            { value: 'fixed', label: words.fixed },
          ]}
          value={pace}
          onChange={(chosen) =>
            setCount('everySteps', chosen === 'auto' ? 'auto' : `${gossipCounts.everySteps.default}`)
          }
        />
        {pace === 'auto' && <p className={styles.note}>{words.autoNote}</p>}
      </div>
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
    </>
  )
}
