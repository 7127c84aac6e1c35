import { home } from '../../strings/home.ts'
import { Panel } from '../../ui/panel.tsx'
import styles from './privacy.module.css'

/** What leaves this device and what does not, without rounding either up. */
export function Privacy() {
  const { privacy } = home
  return (
    <Panel title={privacy.title} className={styles.panel}>
      <div className={styles.columns}>
        <div>
          <h3 className={styles.stays}>{privacy.stays}</h3>
          <ul className={styles.list}>
            {privacy.staysList.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </div>
        <div>
          <h3 className={styles.leaves}>{privacy.leaves}</h3>
          <ul className={styles.list}>
            {privacy.leavesList.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </div>
      </div>
      <p className={styles.note}>{privacy.note}</p>
    </Panel>
  )
}
