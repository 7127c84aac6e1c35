import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.tsx'
import styles from './dialog.module.css'

/** A native modal dialog: closes with Escape, its button, or a press beside it. */
export function Dialog(props: {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = element.current
    if (dialog === null || dialog.open === props.isOpen) return
    if (props.isOpen) dialog.showModal()
    else dialog.close()
  }, [props.isOpen])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the press beside the dialog has Escape as its key.
    <dialog
      ref={element}
      className={styles.dialog}
      aria-labelledby={titleId}
      onClose={props.onClose}
      onClick={(event) => {
        if (event.target === element.current) props.onClose()
      }}
    >
      <div className={styles.content}>
        <header className={styles.header}>
          <h2 id={titleId}>{props.title}</h2>
          <Button look="quiet" onClick={props.onClose}>
            Close
          </Button>
        </header>
        {props.children}
      </div>
    </dialog>
  )
}
