import { uiWords } from '../strings/ui.ts'
import styles from './brand.module.css'

/** The mark: three threads that cross. Leads home. */
export function Brand() {
  return (
    <a className={styles.brand} href="#/" aria-label={uiWords.brand}>
      <svg viewBox="0 0 32 24" width="32" height="24" aria-hidden="true" fill="none">
        <path
          d="M4 4C16 4 16 20 28 20M4 12H28M4 20C16 20 16 4 28 4"
          stroke="currentColor"
          strokeWidth="1.1"
          opacity=".75"
        />
        <g fill="var(--mine)">
          <circle cx="4" cy="4" r="2.4" />
          <circle cx="4" cy="12" r="2.4" />
          <circle cx="4" cy="20" r="2.4" />
        </g>
        <g fill="var(--merged)">
          <circle cx="28" cy="4" r="2.4" />
          <circle cx="28" cy="12" r="2.4" />
          <circle cx="28" cy="20" r="2.4" />
        </g>
      </svg>
      <span>Gossamer</span>
    </a>
  )
}
