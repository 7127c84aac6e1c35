import { expect, test } from 'vitest'
import { Eventual, failed, settled } from './eventual.ts'

test('calls back at once, through chains', () => {
  const seen: number[] = []
  settled(1)
    .then((value) => settled(value + 1))
    .then((value) => seen.push(value))
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
  await expect(failed(new Error('no')).then(() => 1)).rejects.toThrow('no')
  const thrown = settled(1).then(() => {
    throw new Error('late')
  })
  await expect(thrown).rejects.toThrow('late')
  expect(await failed('x').then(undefined, () => 7)).toBe(7)
})

test('follows a real promise', async () => {
  expect(await settled(1).then(() => Promise.resolve(5))).toBe(5)
})
