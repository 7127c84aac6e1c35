import { completeTask, presets, roomFragment } from '@gossamer/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backends, formatRoute, parseRoute, type RoomRoute } from './routes.ts'

const { mnist, 'mnist-cnn': mnistCnn } = presets
if (mnist === undefined || mnistCnn === undefined) throw new Error('presets are gone')

const bare: RoomRoute = { task: mnist, samples: 2000, backend: 'auto', start: false, inspect: false }

describe('parseRoute', () => {
  test.each(['', '#', '#/', '/'])('%j is home', (fragment) => {
    expect(parseRoute(fragment)).toEqual({ type: 'home' })
  })

  test('reads every parameter', () => {
    const fragment =
      '#/room/mnist-cnn?classes=0-4&samples=500&seed=1&backend=webgpu&threads=2&start=1&key=abc_-9&signaling=ws://a:1,wss://b/x&name=Ada%20L&inspect=1'
    expect(parseRoute(fragment)).toEqual({
      type: 'room',
      room: {
        task: mnistCnn,
        classes: [0, 1, 2, 3, 4],
        samples: 500,
        seed: 1,
        backend: 'webgpu',
        threads: 2,
        start: true,
        key: 'abc_-9',
        signaling: ['ws://a:1', 'wss://b/x'],
        name: 'Ada L',
        inspect: true,
      },
    })
  })

  test('a bare room has defaults, and unknown parameters do not disturb it', () => {
    expect(parseRoute('#/room/mnist')).toEqual({ type: 'room', room: bare })
    expect(parseRoute('#/room/mnist?utm_source=mail')).toEqual({ type: 'room', room: bare })
    expect(parseRoute('#/room/mnist?signaling=off')).toEqual({
      type: 'room',
      room: { ...bare, signaling: false },
    })
  })

  test('names an unknown page and an unknown task', () => {
    expect(parseRoute('#/lobby')).toEqual({ type: 'fault', fault: { type: 'unknown-page', path: '/lobby' } })
    for (const name of ['chess', 'constructor', '__proto__'])
      expect(parseRoute(`#/room/${name}`)).toEqual({ type: 'fault', fault: { type: 'unknown-task', name } })
  })

  test.each([
    ['classes', '0-4,x'],
    ['samples', '9'],
    ['samples', '60001'],
    ['samples', '2e3'],
    ['seed', '-1'],
    ['seed', '4294967296'],
    ['backend', 'cuda'],
    ['threads', '0'],
    ['start', 'yes'],
    ['key', ''],
    ['key', 'k'.repeat(129)],
    ['signaling', 'http://a'],
    ['name', 'n'.repeat(65)],
    ['inspect', 'true'],
  ])('refuses %s=%s by name and offers the rest of the link', (parameter, value) => {
    const fragment = `#/room/mnist?${new URLSearchParams({ [parameter]: value, other: 'kept' })}`
    expect(parseRoute(fragment)).toEqual({
      type: 'fault',
      fault: { type: 'bad-value', parameter, value, without: '#/room/mnist?other=kept' },
    })
  })

  test('a custom task that is cut short, wrong, or about other data is a fault with a reason', () => {
    const link = (json: string) => `#/room/mine?task=${encodeURIComponent(json)}`
    const fault = (fragment: string) => {
      const route = parseRoute(fragment)
      return route.type === 'fault' ? route.fault : route
    }
    expect(fault('#/room/mine?task=%%%')).toMatchObject({ type: 'bad-task', name: 'mine' })
    expect(fault(link('{'))).toMatchObject({ type: 'bad-task', name: 'mine' })
    expect(fault(link('{"version":2}'))).toMatchObject({
      type: 'bad-task',
      reason: expect.stringContaining('version'),
    })
    const faces = {
      ...mnist,
      name: 'faces',
      data: { kind: 'image', shape: [64, 64, 3], classes: ['a', 'b'] },
    }
    expect(fault(link(JSON.stringify(faces)))).toEqual({ type: 'no-data', name: 'faces' })
  })

  test("reads the links that sessions write, for presets and for tasks of one's own", () => {
    const own = completeTask({ ...mnist, name: 'my-digits', seed: 7 })
    for (const [task, expected] of [
      [completeTask(mnist), mnist],
      [own, own],
    ] as const)
      expect(parseRoute(roomFragment(task, 'a b+c&d'))).toEqual({
        type: 'room',
        room: { ...bare, task: expected, key: 'a b+c&d' },
      })
  })

  test('never throws and never answers with nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['home', 'room', 'fault']).toContain(parseRoute(text).type)
        expect(['room', 'fault']).toContain(parseRoute(`#/room/mnist?${text}`).type)
      }),
    )
  })
})

describe('formatRoute', () => {
  const room: fc.Arbitrary<RoomRoute> = fc.record(
    {
      task: fc.constantFrom(mnist, mnistCnn, { ...mnist, name: 'my-digits', seed: 7 }),
      classes: fc
        .uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 })
        .map((classes) => classes.sort((a, b) => a - b)),
      samples: fc.integer({ min: 10, max: 60_000 }),
      seed: fc.integer({ min: 0, max: 0xffffffff }),
      backend: fc.constantFrom(...backends),
      threads: fc.integer({ min: 1, max: 64 }),
      start: fc.boolean(),
      key: fc.string({ minLength: 1, maxLength: 128 }),
      signaling: fc.constantFrom(false as const, ['ws://localhost:8787'], ['wss://a.example/x', 'ws://b']),
      name: fc.string({ minLength: 1, maxLength: 64 }),
      inspect: fc.boolean(),
    },
    { requiredKeys: ['task', 'samples', 'backend', 'start', 'inspect'] },
  )

  test('is read back by parseRoute', () => {
    fc.assert(
      fc.property(room, (value) => {
        const route = parseRoute(formatRoute(value))
        expect(route.type === 'room' && route.room).toMatchObject({
          ...value,
          task: { name: value.task.name },
        })
      }),
    )
  })

  test('leaves defaults out and keeps lists readable', () => {
    expect(formatRoute(bare)).toBe('#/room/mnist')
    expect(formatRoute({ ...bare, classes: [0, 1, 2, 3, 4, 7], start: true, signaling: ['ws://a:1'] })).toBe(
      '#/room/mnist?classes=0-4,7&start=1&signaling=ws://a:1',
    )
  })
})
