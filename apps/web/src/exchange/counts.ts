import { type Option, parseTask, type Task } from '@gossamer/core'
import { exchangeWords } from '../strings/exchange.ts'

/** The whole numbers of a room's rule that belong to no strategy. */
export const countNames = ['everySteps', 'neighbours', 'fragments'] as const
export type CountName = (typeof countNames)[number]

/** To begin with where exchanges are no longer left to the tabs. */
const usualSteps = 20
const farthest = 2 ** 20

/**
 * A count as the strategies describe their options. Its range is asked of the schema, which alone knows it: about
 * thirty small tasks are parsed for one.
 */
export function countOption(task: Task, name: CountName): Option {
  const takes = (value: number): boolean =>
    parseTask({ ...task, gossip: { ...task.gossip, [name]: value } }).ok
  const usual = completed(task, name)
  return {
    ...exchangeWords.counts[name],
    min: takes(0) ? 0 : 1,
    max: largest(takes),
    default: usual,
    whole: true,
  }
}

function completed(task: Task, name: CountName): number {
  const result = parseTask({ ...task, gossip: {} })
  const value = result.ok ? result.task.gossip[name] : 'auto'
  return value === 'auto' ? usualSteps : value
}

function largest(takes: (value: number) => boolean): number {
  let [within, beyond] = [1, 2]
  while (beyond < farthest && takes(beyond)) [within, beyond] = [beyond, 2 * beyond]
  while (beyond - within > 1) {
    const middle = Math.floor((within + beyond) / 2)
    if (takes(middle)) within = middle
    else beyond = middle
  }
  return within
}
