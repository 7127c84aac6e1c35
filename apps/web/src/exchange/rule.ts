import { completeTask, strategies, type Task, taskIdOf } from '@gossamer/core'
import { ruleLine } from '../strings/exchange.ts'
import { follow, recipeNames } from './recipes.ts'

/**
 * The rule of a task's room as one line for people. By its numbers, not by what was pressed: one that equals a recipe
 * has its name.
 */
export function ruleOf(task: Task): string {
  const complete = completeTask(task)
  const { gossip } = complete
  const { options } = strategies[gossip.strategy]
  const changed = Object.entries(gossip.options).filter(([name, value]) => options[name]?.default !== value)
  const id = taskIdOf(complete)
  const recipe = recipeNames.find((name) => taskIdOf(follow(task, name)) === id)
  return ruleLine({ recipe, gossip, changed })
}
