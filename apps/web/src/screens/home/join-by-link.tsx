import { type FormEvent, useId, useState } from 'react'
import { goTo } from '../../fragment.ts'
import { type PastedLink, readPastedLink } from '../../session/invite-link.ts'
import { home } from '../../strings/home.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import styles from './join-by-link.module.css'

type Refusal = Extract<PastedLink, { ok: false }>['reason']

export function JoinByLink() {
  const [text, setText] = useState('')
  const [refusal, setRefusal] = useState<Refusal>()
  const [inputId, noteId] = [useId(), useId()]
  const join = (event: FormEvent): void => {
    event.preventDefault()
    const link = readPastedLink(text, window.location.origin)
    if (link.ok) goTo(link.fragment)
    else setRefusal(link.reason)
  }
  return (
    <Panel title={home.join.title} className={styles.panel}>
      <p className={refusal === undefined ? styles.note : styles.error} id={noteId} aria-live="polite">
        {refusal === undefined ? home.join.note : home.join.reasons[refusal]}
      </p>
      <form className={styles.form} onSubmit={join} noValidate>
        <label className="spoken" htmlFor={inputId}>
          {home.join.label}
        </label>
        <input
          id={inputId}
          className={styles.input}
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://…#/room/mnist?key=…"
          value={text}
          aria-invalid={refusal !== undefined}
          aria-describedby={noteId}
          onChange={(event) => {
            setText(event.target.value)
            setRefusal(undefined)
          }}
        />
        <Button type="submit">{home.join.submit}</Button>
      </form>
    </Panel>
  )
}
