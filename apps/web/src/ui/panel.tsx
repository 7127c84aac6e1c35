import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import styles from './panel.module.css'

/** A titled part of a screen; `aside` sits at the end of the title's line. */
export function Panel(props: {
  readonly title: string
  readonly aside?: ReactNode
  readonly className?: string | undefined
  readonly children: ReactNode
}) {
  const titleId = useId()
  return (
    <section className={classNames(styles.panel, props.className)} aria-labelledby={titleId}>
      <header className={styles.header}>
        <h2 className={styles.title} id={titleId}>
          {props.title}
        </h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  )
}
