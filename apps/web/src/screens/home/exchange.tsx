import type { Task } from '@gossamer/core'
import { useState } from 'react'
import type { Drafted, ExchangeDraft } from '../../exchange/draft.ts'
import { draftOf } from '../../exchange/draft.ts'
import { follow, type RecipeName, recipeNames } from '../../exchange/recipes.ts'
import { exchangeWords as words } from '../../strings/exchange.ts'
import { ChoiceCards } from '../../ui/choice-cards.tsx'
import { Fold } from '../../ui/fold.tsx'
import styles from './exchange.module.css'
import { ExchangeFields } from './exchange-fields.tsx'

/** A recipe, or numbers of one's own; the draft holds the numbers of either. */
export interface ExchangeChoice {
  readonly recipe: RecipeName | 'own'
  readonly draft: ExchangeDraft
}

export const choose = (task: Task, recipe: RecipeName): ExchangeChoice => ({
  recipe,
  draft: draftOf(follow(task, recipe).gossip),
})

const titleOf = (recipe: ExchangeChoice['recipe']) => (recipe === 'own' ? words.own : words.recipes[recipe])
const choices = [...recipeNames, 'own' as const].map((value) => ({ value, ...titleOf(value) }))

/** The room's rule, folded away: the usual one serves most rooms. */
export function Exchange(props: {
  readonly task: Task
  readonly choice: ExchangeChoice
  readonly drafted: Drafted
  readonly onChange: (choice: ExchangeChoice) => void
}) {
  const { task, choice, drafted, onChange } = props
  const [isOpen, setOpen] = useState(false)
  const [isMoreOpen, setMoreOpen] = useState(false)
  const pick = (recipe: ExchangeChoice['recipe']): void => {
    if (recipe === 'own') setMoreOpen(true)
    onChange(recipe === 'own' ? { ...choice, recipe } : choose(task, recipe))
  }
  return (
    <Fold title={words.title} state={titleOf(choice.recipe).title} isOpen={isOpen} onToggle={setOpen}>
      <p className={styles.note}>{words.note}</p>
      <ChoiceCards label={words.recipe} options={choices} value={choice.recipe} onChange={pick} />
      <Fold title={words.more} isOpen={isMoreOpen} onToggle={setMoreOpen}>
        <ExchangeFields
          draft={choice.draft}
          faults={drafted.ok ? {} : drafted.faults}
          onChange={(draft) => onChange({ recipe: 'own', draft })}
        />
      </Fold>
      <p className={styles.fault} aria-live="polite">
        {!drafted.ok && drafted.reason !== undefined && words.wrong(drafted.reason)}
      </p>
    </Fold>
  )
}
