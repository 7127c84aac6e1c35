import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './fold.module.css'

/** A part that most people never open, as native details. `state` stands beside the title, open or not. */
export function Fold(props: {
  readonly title: string
  readonly state?: string
  readonly isOpen: boolean
  readonly onToggle: (isOpen: boolean) => void
  readonly className?: string | undefined
  readonly children: ReactNode
}) {
  return (
    <details
      className={classNames(styles.fold, props.className)}
      open={props.isOpen}
      onToggle={(event) => {
        // React hears the toggles of folds inside this one, too.
        if (event.target === event.currentTarget) props.onToggle(event.currentTarget.open)
      }}
    >
      <summary className={styles.title}>
        <span>{props.title}</span>
        {props.state !== undefined && <small>{props.state}</small>}
      </summary>
      <div className={styles.content}>{props.children}</div>
    </details>
  )
}
