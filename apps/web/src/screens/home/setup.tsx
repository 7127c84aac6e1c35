import { presets, type Task } from '@gossamer/core'
import { type FormEvent, useId, useMemo, useState } from 'react'
import { allClasses, dealClasses } from '../../data/classes.ts'
import { taskWith } from '../../exchange/draft.ts'
import { goTo } from '../../fragment.ts'
import { formatRoute, sampleLimits } from '../../routes.ts'
import { count } from '../../strings/format.ts'
import { home, taskText } from '../../strings/home.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceCards } from '../../ui/choice-cards.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { ClassPicker } from './class-picker.tsx'
import { choose, Exchange } from './exchange.tsx'
import styles from './setup.module.css'

const sampleChoices = [500, 1000, sampleLimits.usual, 5000, 10_000, 30_000]
const tasks = Object.values(presets).filter(({ data }) => data.kind === 'image')

type Dealing = 'deal' | 'choose'

function firstTask(): Task {
  const [task] = tasks
  if (task === undefined) throw new Error('no preset is about images')
  return task
}

/** Unfolds whatever hides the first field that is wrong, and goes there. */
function showFault(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLElement>('[aria-invalid="true"]')
  for (let fold = field?.closest('details'); fold != null; fold = fold.parentElement?.closest('details'))
    fold.open = true
  field?.focus()
}

/** The choices before a room opens. All of them end up in the URL, so the link alone brings them back. */
export function Setup() {
  const [task, setTask] = useState(firstTask)
  const [exchange, setExchange] = useState(() => choose(task, 'standard'))
  const drafted = useMemo(() => taskWith(task, exchange.draft), [task, exchange])
  const [dealing, setDealing] = useState<Dealing>('deal')
  const [classes, setClasses] = useState<readonly number[]>(dealClasses(0))
  const [samples, setSamples] = useState<number>(sampleLimits.usual)
  const [name, setName] = useState('')
  const [samplesId, nameId, noteId] = [useId(), useId(), useId()]

  const isMissingClasses = dealing === 'choose' && classes.length === 0
  const open = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    if (!drafted.ok) showFault(event.currentTarget)
    if (!drafted.ok || isMissingClasses) return
    const trimmed = name.trim()
    goTo(
      formatRoute({
        task: drafted.task,
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
      <form className={styles.form} onSubmit={open} noValidate>
        <ChoiceCards
          label={home.setup.task}
          options={tasks.map(({ name }) => ({ value: name, ...taskText(name) }))}
          value={task.name}
          onChange={(chosen) => setTask(tasks.find(({ name }) => name === chosen) ?? task)}
        />

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

        <Exchange task={task} choice={exchange} drafted={drafted} onChange={setExchange} />

        <div>
          <Button type="submit" look="primary" disabled={isMissingClasses} aria-describedby={noteId}>
            {home.setup.start}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
