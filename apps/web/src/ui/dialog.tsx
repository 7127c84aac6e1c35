import { type ReactNode, useEffect, useId, useRef } from 'react'
import { uiWords } from '../strings/ui.ts'
import { Button } from './button.tsx'
import styles from './dialog.module.css'

/**
 * A native modal dialog: closes with Escape, its button, or a press beside it. The button comes last, so that the
 * focus begins at what the dialog is for.
 */
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
        <h2 id={titleId}>{props.title}</h2>
        {props.children}
        <div className={styles.close}>
          <Button look="quiet" onClick={props.onClose}>
            {uiWords.close}
          </Button>
        </div>
      </div>
    </dialog>
  )
}
