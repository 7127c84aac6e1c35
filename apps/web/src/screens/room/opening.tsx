import { situationWords } from '../../strings/status.ts'
import styles from './opening.module.css'

/** While the room opens: a thread that is being spun, and in the status bar what for. */
export function Opening({ doing }: { readonly doing: 'joining' | 'fetching' }) {
  return (
    <div className={styles.opening}>
      <svg viewBox="0 0 320 90" aria-hidden="true">
        <path d="M10 45C90 -20 120 110 160 45S250 -10 310 45" pathLength="1" />
        <path d="M10 45C80 110 130 -20 160 45S240 100 310 45" pathLength="1" />
        <path d="M10 45H310" pathLength="1" />
      </svg>
      <h1>{situationWords[doing]}</h1>
    </div>
  )
}
