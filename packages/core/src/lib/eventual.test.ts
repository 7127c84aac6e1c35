import { expect, test } from 'vitest'
import { Eventual, failed, settled } from './eventual.ts'

test('calls back at once, through chains', () => {
  const seen: number[] = []
  const first = new Eventual<number>()
  first.resolve(1)
  first.then((value) => settled(value + 1)).then((value) => seen.push(value))
  expect(seen).toEqual([2])
})

test('calls back in order when it settles later, once', () => {
  const seen: string[] = []
  const eventual = new Eventual<string>()
  eventual.then((value) => seen.push(`a${value}`))
  eventual.then((value) => seen.push(`b${value}`))
  expect(seen).toEqual([])
  eventual.resolve('1')
  eventual.resolve('2')
  expect(seen).toEqual(['a1', 'b1'])
})

test('carries failures past handlers of values, and a throw becomes one', async () => {
  const broken = new Eventual<number>()
  broken.reject(new Error('no'))
  await expect(broken.then(() => 1)).rejects.toThrow('no')
  const whole = new Eventual<number>()
  whole.resolve(1)
  const thrown = whole.then(() => {
    throw new Error('late')
  })
  await expect(thrown).rejects.toThrow('late')
  expect(await broken.then(undefined, () => 7)).toBe(7)
})

test('follows other answers and real promises', async () => {
  const outer = new Eventual<number>()
  outer.resolve(Promise.resolve(5))
  expect(await outer.then((value) => settled(value + 1))).toBe(6)
  await expect(outer.then(() => failed('x'))).rejects.toBe('x')
})
