import { completeTask, presets, strategies, strategyNames, type Task } from '@gossamer/core'
import { expect, test } from 'vitest'
import { formatRoute, parseRoute } from '../routes.ts'
import {
  draftOf,
  type ExchangeDraft,
  rhythmOf,
  rhythms,
  taskWith,
  withRhythm,
  withStrategy,
} from './draft.ts'
import { follow, recipeNames } from './recipes.ts'
import { ruleOf } from './rule.ts'

const task = presets.mnist as Task
const standard = draftOf(follow(task, 'standard').gossip)

function drafted(draft: ExchangeDraft) {
  const result = taskWith(task, draft)
  if (!result.ok) throw new Error(JSON.stringify(result))
  return result.task
}

const faultsOf = (draft: ExchangeDraft) => {
  const result = taskWith(task, draft)
  return result.ok ? {} : result.faults
}

test('the standard recipe is the preset itself, whose link stays short', () => {
  expect(drafted(standard)).toEqual(completeTask(task))
  const room = {
    task: drafted(standard),
    samples: 2000,
    backend: 'auto',
    start: true,
    inspect: false,
  } as const
  expect(formatRoute(room)).toBe('#/room/mnist?start=1')
})

test('a draft of each recipe gives the recipe back, and a link carries it whole', () => {
  for (const recipe of recipeNames) {
    const room = drafted(draftOf(follow(task, recipe).gossip))
    expect(room).toEqual(follow(task, recipe))
    const link = formatRoute({ task: room, samples: 2000, backend: 'auto', start: true, inspect: false })
    const route = parseRoute(link)
    expect(route.type === 'room' && completeTask(route.room.task)).toEqual(room)
  }
  expect(follow(task, 'few-bytes').gossip).toMatchObject({ codec: 'sign', everySteps: 60, neighbours: 2 })
  expect(follow(task, 'hard-split').gossip).toMatchObject({
    codec: 'sign',
    everySteps: 20,
    options: { mixing: 0.7 },
  })
})

test('every strategy makes a room with its own defaults', () => {
  for (const name of strategyNames) {
    const { gossip } = drafted(withStrategy(standard, name))
    expect(gossip.strategy).toBe(name)
    for (const [option, { default: usual }] of Object.entries(strategies[name].options))
      expect(gossip.options[option]).toBe(usual)
  }
})

test('a rhythm is one choice of what are two fields of the task', () => {
  expect(rhythmOf(standard)).toBe('auto')
  for (const rhythm of rhythms)
    expect(rhythmOf(draftOf(drafted(withRhythm(standard, rhythm)).gossip))).toBe(rhythm)
  const often = { ...standard, counts: { ...standard.counts, everySteps: '35' } }
  expect(drafted(withRhythm(often, 'time')).gossip).toMatchObject({ everySteps: 35, pace: 'time' })
  expect(drafted(withRhythm(withRhythm(often, 'time'), 'auto'))).toEqual(completeTask(task))
  expect(drafted({ ...standard, settleBy: 'examples' }).gossip.settleBy).toBe('examples')
})

test('each wrong number has a sentence of its own, with what is allowed', () => {
  const wrong: ExchangeDraft = {
    ...standard,
    options: { ...standard.options, mixing: '2', serving: '' },
    counts: { everySteps: '1.5', neighbours: '9', fragments: '1' },
  }
  expect(faultsOf(wrong)).toEqual({
    mixing: '2 is not a number from 0 to 1 (share).',
    serving: 'Here belongs a number from 0.01 to 1 (share).',
    everySteps: '1.5 is not a whole number from 1 to 10,000 (steps).',
    neighbours: '9 is not a whole number from 1 to 8 (peers).',
  })
})

test('a number just outside the range of any option is refused at that option, the ends are not', () => {
  for (const name of strategyNames)
    for (const [option, { min, max }] of Object.entries(strategies[name].options)) {
      const draft = withStrategy(standard, name)
      const put = (value: number) => ({ ...draft, options: { ...draft.options, [option]: `${value}` } })
      for (const end of [min, max]) expect(faultsOf(put(end))).toEqual({})
      for (const beyond of [min - 1, max + 1]) expect(Object.keys(faultsOf(put(beyond)))).toEqual([option])
    }
})

test('a room says its rule in one line, by its recipe or by what was changed', () => {
  expect(ruleOf(task)).toBe(
    'This room exchanges by the rule “Standard”: swap, int8, at its own pace, up to 6 neighbours.',
  )
  expect(ruleOf(follow(task, 'few-bytes'))).toContain(
    '“Few bytes”: swap, sign, every 60 steps, up to 2 neighbours.',
  )
  expect(ruleOf({ ...task, gossip: { strategy: 'adam', fragments: 4, options: { rate: 0.25 } } })).toBe(
    'This room exchanges by a rule of its own: adam, int8, at its own pace, up to 6 neighbours, in 4 pieces, rate 0.25.',
  )
  expect(ruleOf({ ...task, gossip: { everySteps: 40, pace: 'time', settleBy: 'examples' } })).toBe(
    'This room exchanges by a rule of its own: swap, int8, every 40 steps, slower tabs as often, up to 6 neighbours, agreeing by examples alone.',
  )
})
