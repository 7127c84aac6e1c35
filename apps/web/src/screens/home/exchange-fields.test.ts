import { gossipCounts, linkCodecs, presets, strategies, strategyNames, type Task } from '@gossamer/core'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { countNames } from '../../exchange/counts.ts'
import { draftOf, withStrategy } from '../../exchange/draft.ts'
import { follow } from '../../exchange/recipes.ts'
import { codecNames, exchangeWords, optionName } from '../../strings/exchange.ts'
import { ExchangeFields } from './exchange-fields.tsx'

const task = presets.mnist as Task
const standard = draftOf(follow(task, 'few-bytes').gossip)

const rendered = (draft: typeof standard, faults: Readonly<Record<string, string>> = {}): string =>
  renderToStaticMarkup(createElement(ExchangeFields, { draft, faults, onChange: () => {} }))

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]

/** The tag of the input that a label with this text belongs to, around it or by its id. */
function inputLabelled(html: string, label: string): string {
  const [, attributes = '', inner = ''] =
    [...html.matchAll(/<label([^>]*)>(.*?)<\/label>/gs)].find(
      ([, , content = '']) => content.replace(/<[^>]*>/g, '') === label,
    ) ?? []
  const id = attribute(attributes, 'for')
  const tag =
    id === undefined ? /<input[^>]*>/.exec(inner) : new RegExp(`<input[^>]* ?id="${id}"[^>]*>`).exec(html)
  if (tag === null) throw new Error(`no field is labelled "${label}"`)
  return tag[0]
}

/** What is read out after the field's name. */
const description = (html: string, input: string): string =>
  (attribute(input, 'aria-describedby') ?? '')
    .split(' ')
    .map((id) => new RegExp(`id="${id}"[^>]*>(.*?)</p>`, 's').exec(html)?.[1]?.replace(/<[^>]*>/g, '') ?? '')
    .join(' ')

test('every option of every strategy is a labelled field with its range, default and meaning', () => {
  for (const name of strategyNames) {
    const html = rendered(withStrategy(standard, name))
    for (const [each, option] of Object.entries(strategies[name].options)) {
      const input = inputLabelled(html, optionName(each))
      const said = description(html, input)
      if (attribute(input, 'type') === 'checkbox') {
        expect([option.whole, option.min, option.max]).toEqual([true, 0, 1])
        expect(input.includes('checked')).toBe(option.default === 1)
        expect(said).toContain(option.describes.replace('1: ', 'On: ').replace(' 0: ', ' off: '))
        expect(said).toContain(option.default === 1 ? 'Usually on' : 'Usually off')
        continue
      }
      expect(Number(attribute(input, 'min'))).toBe(option.min)
      expect(Number(attribute(input, 'max'))).toBe(option.max)
      expect(Number(attribute(input, 'value'))).toBe(option.default)
      expect(attribute(input, 'step')).toBe(option.whole === true ? '1' : 'any')
      expect(said).toContain(`${option.describes}.`)
      expect(said).toContain(option.unit)
      const numbers =
        /(-?[\d.,]+) to (-?[\d.,]+)(?: \([^)]*\))?, usually (-?[\d.,]+)$/.exec(said)?.slice(1) ?? []
      expect(numbers.map((text) => Number(text.replaceAll(',', '')))).toEqual([
        option.min,
        option.max,
        option.default,
      ])
    }
    expect(html).toContain(`${strategies[name].describes}.`)
  }
})

test('every strategy and every codec can be chosen, and every count has its field', () => {
  const html = rendered(standard)
  for (const name of strategyNames) expect(html).toContain(`<option value="${name}"`)
  expect([...codecNames].sort()).toEqual(Object.keys(linkCodecs).sort())
  for (const name of codecNames) expect(html).toContain(`<option value="${name}"`)
  for (const name of countNames) {
    const { min, max } = gossipCounts[name]
    const input = inputLabelled(html, optionName(name))
    expect([attribute(input, 'min'), attribute(input, 'max')]).toEqual([`${min}`, `${max}`])
  }
})

test('a wrong number is marked, and its sentence is read out before what the field means', () => {
  const html = rendered(standard, { mixing: 'So it is not.' })
  const input = inputLabelled(html, 'Mixing')
  expect(attribute(input, 'aria-invalid')).toBe('true')
  expect(description(html, input)).toMatch(/^So it is not\. /)
  expect(attribute(inputLabelled(html, 'Serving'), 'aria-invalid')).toBe('false')
})

test('tabs that exchange at their own pace have no number of steps to set', () => {
  const html = rendered(draftOf(follow(task, 'standard').gossip))
  expect(html).toContain(exchangeWords.rhythms.auto.note)
  expect(() => inputLabelled(html, optionName('everySteps'))).toThrow()
})

test('rhythm and final agreement are choices in words, with what the chosen one means', () => {
  const html = rendered({ ...standard, pace: 'time', settleBy: 'examples' })
  for (const { title } of [...Object.values(exchangeWords.rhythms), ...Object.values(exchangeWords.settling)])
    expect(inputLabelled(html, title)).toContain('type="radio"')
  for (const { title, note } of [exchangeWords.rhythms.time, exchangeWords.settling.examples]) {
    expect(inputLabelled(html, title)).toContain('checked')
    expect(html).toContain(note)
  }
})

test('no option is called as a count is: faults go by name', () => {
  const names = new Set(strategyNames.flatMap((name) => Object.keys(strategies[name].options)))
  for (const name of countNames) expect(names).not.toContain(name)
})
