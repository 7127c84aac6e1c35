import { useEffect, useId, useRef, useState } from 'react'
import { roomWords } from '../../strings/room.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import styles from './invite-dialog.module.css'

const words = roomWords.inviteDialog
const copiedMs = 2500

/** Copies by the clipboard, or by selection where the page is not on a secure origin. */
async function copyText(text: string, field: HTMLInputElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    field.select()
    return document.execCommand('copy')
  }
}

export function InviteDialog(props: {
  readonly link: string
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  const field = useRef<HTMLInputElement>(null)
  const [isCopied, setIsCopied] = useState(false)
  const fieldId = useId()
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), copiedMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  const copy = async (): Promise<void> => {
    if (field.current !== null) setIsCopied(await copyText(props.link, field.current))
  }
  // Closing the system's share sheet rejects: that is a choice, not an error.
  const share = (): Promise<void> =>
    navigator.share({ title: words.shareTitle, url: props.link }).catch(() => {})

  return (
    <Dialog title={words.title} isOpen={props.isOpen} onClose={props.onClose}>
      <p>{words.note}</p>
      <div className={styles.field}>
        <label className="spoken" htmlFor={fieldId}>
          {words.link}
        </label>
        <input
          ref={field}
          id={fieldId}
          readOnly
          value={props.link}
          onFocus={(event) => event.target.select()}
        />
      </div>
      <div className={styles.actions}>
        <Button look="primary" className={styles.copy} onClick={copy}>
          <span aria-live="polite">{isCopied ? words.copied : words.copy}</span>
        </Button>
        {'share' in navigator && <Button onClick={share}>{words.share}</Button>}
      </div>
      <p className={styles.secret}>{words.secret}</p>
    </Dialog>
  )
}
