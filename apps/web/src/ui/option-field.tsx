import type { Option } from '@gossamer/core'
import { useId } from 'react'
import { exchangeWords, optionName } from '../strings/exchange.ts'
import styles from './option-field.module.css'

interface OptionFieldProps {
  readonly name: string
  readonly option: Option
  /** As typed. */
  readonly value: string
  /** The sentence about what is wrong with it. */
  readonly fault: string | undefined
  readonly onChange: (value: string) => void
}

/** One option as a field, made from its description alone. */
export function OptionField(props: OptionFieldProps) {
  const { min, max, whole } = props.option
  return whole === true && min === 0 && max === 1 ? <Toggle {...props} /> : <NumberInput {...props} />
}

function Toggle({ name, option, value, onChange }: OptionFieldProps) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label className={styles.toggle}>
        <input
          type="checkbox"
          checked={value === '1'}
          aria-describedby={id}
          onChange={(event) => onChange(event.target.checked ? '1' : '0')}
        />
        {optionName(name)}
      </label>
      <p className={styles.note} id={id}>
        {exchangeWords.toggled(option.describes)} <span>{exchangeWords.toggle(option)}</span>
      </p>
    </div>
  )
}

function NumberInput({ name, option, value, fault, onChange }: OptionFieldProps) {
  const [inputId, noteId, faultId] = [useId(), useId(), useId()]
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={inputId}>
        {optionName(name)}
      </label>
      <input
        id={inputId}
        className={styles.input}
        type="number"
        inputMode={option.whole === true ? 'numeric' : 'decimal'}
        min={option.min}
        max={option.max}
        step={option.whole === true ? 1 : 'any'}
        value={value}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? noteId : `${faultId} ${noteId}`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p className={styles.fault} id={faultId} aria-live="polite">
        {fault}
      </p>
      <p className={styles.note} id={noteId}>
        {exchangeWords.sentence(option.describes)} <span>{exchangeWords.range(option)}</span>
      </p>
    </div>
  )
}
