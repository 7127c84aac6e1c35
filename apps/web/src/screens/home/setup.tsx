import { presets } from '@gossamer/core'
import { type FormEvent, useId, useState } from 'react'
import { allClasses, dealClasses } from '../../data/classes.ts'
import { goTo } from '../../fragment.ts'
import { formatRoute, sampleLimits } from '../../routes.ts'
import { count } from '../../strings/format.ts'
import { home, taskText } from '../../strings/home.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { ClassPicker } from './class-picker.tsx'
import styles from './setup.module.css'

const sampleChoices = [500, 1000, sampleLimits.usual, 5000, 10_000, 30_000]
const tasks = Object.values(presets).filter(({ data }) => data.kind === 'image')

type Dealing = 'deal' | 'choose'

/** The choices before a room opens. All of them end up in the URL, so the link alone brings them back. */
export function Setup() {
  const [task, setTask] = useState(tasks[0])
  const [dealing, setDealing] = useState<Dealing>('deal')
  const [classes, setClasses] = useState<readonly number[]>(dealClasses(0))
  const [samples, setSamples] = useState<number>(sampleLimits.usual)
  const [name, setName] = useState('')
  const [taskName, samplesId, nameId, noteId] = [useId(), useId(), useId(), useId()]

  const isMissingClasses = dealing === 'choose' && classes.length === 0
  const open = (event: FormEvent): void => {
    event.preventDefault()
    if (task === undefined || isMissingClasses) return
    const trimmed = name.trim()
    goTo(
      formatRoute({
        task,
        samples,
        backend: 'auto',
        start: true,
        inspect: false,
        ...(dealing === 'choose' ? { classes } : {}),
        ...(trimmed === '' ? {} : { name: trimmed }),
      }),
    )
  }

  return (
    <Panel title={home.setup.title} className={styles.panel}>
      <form className={styles.form} onSubmit={open}>
        <fieldset className={styles.tasks}>
          <legend className={styles.legend}>{home.setup.task}</legend>
          {tasks.map((each) => {
            const text = taskText(each.name)
            return (
              <label key={each.name} className={styles.task}>
                <input type="radio" name={taskName} checked={each === task} onChange={() => setTask(each)} />
                <span>
                  <strong>{text.title}</strong>
                  <small>{text.note}</small>
                </span>
              </label>
            )
          })}
        </fieldset>

        <div className={styles.field}>
          <span className={styles.legend} aria-hidden="true">
            {home.setup.classes}
          </span>
          <Segmented<Dealing>
            label={home.setup.classes}
            options={[
              { value: 'deal', label: home.setup.deal },
              { value: 'choose', label: home.setup.choose },
            ]}
            value={dealing}
            onChange={setDealing}
          />
          {dealing === 'choose' && <ClassPicker chosen={classes} onChange={setClasses} />}
          <p className={styles.note} id={noteId} aria-live="polite">
            {isMissingClasses
              ? home.setup.none
              : dealing === 'deal'
                ? home.setup.dealNote
                : classes.length === allClasses.length
                  ? home.setup.chooseNote
                  : ''}
          </p>
        </div>

        <div className={styles.pair}>
          <div className={styles.field}>
            <label className={styles.legend} htmlFor={samplesId}>
              {home.setup.samples}
            </label>
            <select
              id={samplesId}
              className={styles.input}
              value={samples}
              onChange={(event) => setSamples(Number(event.target.value))}
            >
              {sampleChoices.map((choice) => (
                <option key={choice} value={choice}>
                  {count(choice)}
                </option>
              ))}
            </select>
          </div>
          <div className={styles.field}>
            <label className={styles.legend} htmlFor={nameId}>
              {home.setup.name}
            </label>
            <input
              id={nameId}
              className={styles.input}
              value={name}
              maxLength={64}
              autoComplete="nickname"
              placeholder={home.setup.namePlaceholder}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
        </div>

        <div>
          <Button type="submit" look="primary" disabled={isMissingClasses} aria-describedby={noteId}>
            {home.setup.start}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
