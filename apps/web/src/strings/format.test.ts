import { expect, test } from 'vitest'
import { ago, bytes, clock, counted, digitList, percent, roundPercent } from './format.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [51_300, '51.3 kB'],
  [999_999, '1.00 MB'],
  [12_345_678, '12.3 MB'],
])('%d bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text)
})

test.each([
  [0, '0:00'],
  [65_999, '1:05'],
  [3_725_000, '1:02:05'],
])('%d ms are %s', (value, text) => {
  expect(clock(value)).toBe(text)
})

test('lists digits as people say them', () => {
  expect(digitList([0, 1, 2, 3, 4])).toBe('0 to 4')
  expect(digitList([0, 1, 2, 7])).toBe('0 to 2 and 7')
  expect(digitList([3, 4])).toBe('3 and 4')
  expect(digitList([1, 3, 5, 7, 9])).toBe('1, 3, 5, 7 and 9')
  expect(digitList([8])).toBe('8')
})

test('shares, counts and ages', () => {
  expect([percent(0.9234), percent(0), percent(1)]).toEqual(['92.3 %', '0.0 %', '100.0 %'])
  expect(roundPercent(0.996)).toBe('100 %')
  expect([counted(1, 'peer'), counted(2000, 'step')]).toEqual(['1 peer', '2,000 steps'])
  expect([ago(200), ago(12_000)]).toEqual(['just now', '0:12 ago'])
})
