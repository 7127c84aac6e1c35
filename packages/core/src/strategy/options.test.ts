import { expect, test } from 'vitest'
import { completeTask, parseTask } from '../task/schema.ts'
import { completeOptions } from './options.ts'
import { strategies, strategyNames } from './strategies.ts'

const task = {
  version: 1,
  name: 'points',
  data: { kind: 'image', shape: [2, 2, 1], classes: ['a', 'b'] },
  model: { kind: 'mlp', hidden: [] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 8 },
  seed: 1,
} as const

test.each(strategyNames)('%s describes its options fully, and its defaults are allowed', (name) => {
  const { describes, options } = strategies[name]
  expect(describes).toMatch(/^[A-Z].*[^.]$/)
  for (const option of Object.values(options)) {
    expect(option.describes).toMatch(/^[A-Z0-9].*[^.]$/)
    expect(option.min).toBeLessThan(option.max)
  }
  const defaults = Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]))
  expect(completeOptions(options, {})).toEqual({ ok: true, values: defaults })
  expect(completeOptions(options, defaults)).toEqual({ ok: true, values: defaults })
  expect(() => strategies[name].create(defaults)).not.toThrow()
})

test('a task without options has the defaults of its strategy, and given ones are kept', () => {
  expect(completeTask(task).gossip.options).toEqual({ mixing: 0.5, serving: 0.25, guard: 1, lossMargin: 0.5 })
  const pushing = completeTask({ ...task, gossip: { strategy: 'round-average', options: { quorum: 0.5 } } })
  expect(pushing.gossip.options).toEqual({ quorum: 0.5, timeout: 10, bySamples: 1, serving: 1 })
})

test.each([
  [
    { options: { mixing: 2 } },
    'gossip.options.mixing: 2 is not a number from 0 to 1 (share) (strategy swap)',
  ],
  [
    { options: { guard: 0.5 } },
    'gossip.options.guard: 0.5 is not a whole number from 0 to 1 (strategy swap)',
  ],
  [{ options: { mixing: Number.NaN } }, 'gossip.options.mixing: '],
  [{ options: { hurry: 1 } }, 'gossip.options.hurry: there is no such option, only mixing, serving, guard'],
  [{ options: { toString: 1 } }, 'gossip.options.toString: there is no such option'],
  [{ strategy: 'push', options: { quorum: 1 } }, 'gossip.options.quorum: there is no such option'],
  [{ strategy: 'magic' }, 'gossip.strategy: '],
  [{ stays: ['9/bias'] }, 'gossip.stays: "9/bias" is no tensor of this model, only 1/kernel, 1/bias'],
  [{ stays: ['1/kernel', '1/bias'] }, 'gossip.stays: at least one tensor must travel'],
])('%j is refused by name, value and what is allowed', (gossip, reason) => {
  const result = parseTask({ ...task, gossip })
  expect(result.ok ? '' : result.reason).toContain(reason)
})

test('an unknown strategy is named beside those there are', () => {
  const result = parseTask({ ...task, gossip: { strategy: 'magic' } })
  expect(result.ok ? '' : result.reason).toMatch(/"swap".*"push".*"magic"/)
})
