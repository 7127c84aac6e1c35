import { allClasses } from '../../data/classes.ts'
import { home } from '../../strings/home.ts'
import styles from './class-picker.module.css'

/** One chip for each digit; native checkboxes, so the keyboard works as everywhere. */
export function ClassPicker(props: {
  readonly chosen: readonly number[]
  readonly onChange: (chosen: readonly number[]) => void
}) {
  const toggle = (label: number): void =>
    props.onChange(allClasses.filter((each) => props.chosen.includes(each) !== (each === label)))
  return (
    <fieldset className={styles.chips}>
      <legend className="spoken">{home.setup.classes}</legend>
      {allClasses.map((label) => (
        <label key={label} className={styles.chip}>
          <input type="checkbox" checked={props.chosen.includes(label)} onChange={() => toggle(label)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  )
}
