import { expect, test } from 'vitest'
import { layoutOf } from '../params/layout.ts'
import { travelOf } from './travel.ts'

const layout = layoutOf([
  { name: '1/kernel', shape: [2, 2] },
  { name: '1/bias', shape: [2] },
  { name: '2/kernel', shape: [2, 1] },
  { name: '2/bias', shape: [1] },
])
const whole = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)

test('where nothing stays home, nothing is copied', () => {
  const travel = travelOf(layout, [])
  expect(travel.size).toBe(9)
  expect(travel.pick(whole)).toBe(whole)
  const theirs = new Float32Array(9)
  expect(travel.place(theirs, whole)).toBe(theirs)
})

test('tensors that stay home neither leave nor change', () => {
  const travel = travelOf(layout, ['1/bias', '2/bias'])
  expect(travel.size).toBe(6)
  expect(travel.pick(whole)).toEqual(Float32Array.of(1, 2, 3, 4, 7, 8))
  expect(travel.place(Float32Array.of(10, 20, 30, 40, 70, 80), whole)).toEqual(
    Float32Array.of(10, 20, 30, 40, 5, 6, 70, 80, 9),
  )
  expect(whole[0]).toBe(1)
})
