import { useId } from 'react'
import styles from './choice-cards.module.css'

/** One choice of a few that each need a word of explanation, as native radio buttons. */
export function ChoiceCards<T extends string>(props: {
  readonly label: string
  readonly options: readonly { readonly value: T; readonly title: string; readonly note: string }[]
  readonly value: T
  readonly onChange: (value: T) => void
}) {
  const name = useId()
  return (
    <fieldset className={styles.cards}>
      <legend className={styles.legend}>{props.label}</legend>
      {props.options.map(({ value, title, note }) => (
        <label key={value} className={styles.card}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>
            <strong>{title}</strong>
            <small>{note}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
