import { useId } from 'react'
import styles from './choice-list.module.css'

/** One choice of many, as a native list, with a sentence about the one that is chosen. */
export function ChoiceList<T extends string>(props: {
  readonly label: string
  readonly options: readonly T[]
  readonly value: T
  readonly note: string
  readonly onChange: (value: T) => void
}) {
  const [listId, noteId] = [useId(), useId()]
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={listId}>
        {props.label}
      </label>
      <select
        id={listId}
        className={styles.list}
        value={props.value}
        aria-describedby={noteId}
        onChange={(event) => {
          const chosen = props.options.find((each) => each === event.target.value)
          if (chosen !== undefined) props.onChange(chosen)
        }}
      >
        {props.options.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <p className={styles.note} id={noteId} aria-live="polite">
        {props.note}
      </p>
    </div>
  )
}
