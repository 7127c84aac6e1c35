import { roomWords } from '../../strings/room.ts'
import { Dialog } from '../../ui/dialog.tsx'
import styles from './help-dialog.module.css'

const words = roomWords.helpDialog

export function HelpDialog(props: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog title={words.title} {...props}>
      <dl className={styles.keys}>
        {words.keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <dl className={styles.terms}>
        {words.terms.map(([term, meaning]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
