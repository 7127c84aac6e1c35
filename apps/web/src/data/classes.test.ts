import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allClasses, dealClasses, formatClasses, missingClasses, parseClasses } from './classes.ts'

describe('parseClasses', () => {
  test.each([
    ['0-4,7', [0, 1, 2, 3, 4, 7]],
    ['9', [9]],
    ['7, 3', [3, 7]],
    ['0-9', allClasses],
    ['2,2,1-2', [1, 2]],
  ])('reads %s', (text, classes) => {
    expect(parseClasses(text)).toEqual({ ok: true, classes })
  })

  test.each([
    ['', ''],
    ['0-4,', ''],
    ['0-4,x', 'x'],
    ['10', '10'],
    ['4-0', '4-0'],
    ['-1', '-1'],
    ['1.5', '1.5'],
  ])('names what it cannot read in %j', (text, part) => {
    expect(parseClasses(text)).toEqual({ ok: false, part })
  })

  test('reads back what formatClasses writes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), (classes) => {
        const sorted = [...classes].sort((a, b) => a - b)
        expect(parseClasses(formatClasses(classes))).toEqual({ ok: true, classes: sorted })
      }),
    )
    expect(formatClasses([7, 0, 1, 2, 4, 5])).toBe('0-2,4,5,7')
  })
})

describe('dealClasses', () => {
  const deals = Array.from({ length: 16 }, (_, seat) => dealClasses(seat))

  test('begins with the low half, the high half, the even and the odd digits', () => {
    expect(deals.slice(0, 4)).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [0, 2, 4, 6, 8],
      [1, 3, 5, 7, 9],
    ])
  })

  test('deals sixteen different halves', () => {
    expect(new Set(deals.map(formatClasses)).size).toBe(16)
    for (const deal of deals) expect(new Set(deal).size).toBe(5)
  })

  test('covers every class equally often after each pair of seats', () => {
    for (let seats = 2; seats <= 40; seats += 2) {
      const held = new Array<number>(10).fill(0)
      for (let seat = 0; seat < seats; seat++)
        for (const label of dealClasses(seat)) held[label] = (held[label] ?? 0) + 1
      expect(new Set(held)).toEqual(new Set([seats / 2]))
    }
  })
})

test('missingClasses is the complement', () => {
  expect(missingClasses([0, 1, 2, 3, 4])).toEqual([5, 6, 7, 8, 9])
  expect(missingClasses(allClasses)).toEqual([])
})
