import fc from 'fast-check'
import { expect, test } from 'vitest'
import { elements, layoutOf } from './layout.ts'

const tensors = [
  { name: '1/kernel', shape: [784, 64] },
  { name: '1/bias', shape: [64] },
]

test('a layout counts its parameters and has the fingerprint that every peer computes', () => {
  const layout = layoutOf(tensors)
  expect(layout.size).toBe(784 * 64 + 64)
  expect(layout.fingerprint).toMatch(/^[0-9a-f]{16}$/)
  expect(layoutOf(tensors)).toEqual(layout)
})

test('names, shapes and order each change the fingerprint', () => {
  const { fingerprint } = layoutOf(tensors)
  const [kernel, bias] = layoutOf(tensors).tensors
  if (kernel === undefined || bias === undefined) return expect.fail()
  const others = [
    [{ ...kernel, name: '0/kernel' }, bias],
    [{ ...kernel, shape: [64, 784] }, bias],
    [bias, kernel],
    [kernel],
  ]
  for (const other of others) expect(layoutOf(other).fingerprint).not.toBe(fingerprint)
})

test('a layout is a copy of what it was made from', () => {
  const shape = [2, 3]
  const layout = layoutOf([{ name: 'a', shape }])
  shape[0] = 100
  expect(layout.tensors[0]?.shape).toEqual([2, 3])
})

test('elements multiply', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), fc.nat(5), (shape, size) => {
      expect(elements([...shape, size])).toBe(elements(shape) * size)
    }),
  )
  expect(elements([])).toBe(1)
})
