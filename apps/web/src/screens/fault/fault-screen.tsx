import { useEffect } from 'react'
import type { RouteFault } from '../../routes.ts'
import { explainFault } from '../../strings/faults.ts'
import { Brand } from '../../ui/brand.tsx'
import styles from './fault-screen.module.css'

/** A link that cannot be opened: what is wrong with it, and the way on. */
export function FaultScreen({ fault }: { readonly fault: RouteFault }) {
  const { title, sentence, action } = explainFault(fault)
  useEffect(() => {
    document.title = `${title} · Gossamer`
  }, [title])
  return (
    <div className={styles.screen}>
      <header>
        <Brand />
      </header>
      <main className={styles.main}>
        <h1>{title}</h1>
        <p>{sentence}</p>
        <p className={styles.actions}>
          <a className={styles.action} href={action.fragment}>
            {action.label}
          </a>
          {action.fragment !== '#/' && <a href="#/">Go to the start page</a>}
        </p>
      </main>
    </div>
  )
}
