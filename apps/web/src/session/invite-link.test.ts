import { presets } from '@gossamer/core'
import { expect, test } from 'vitest'
import type { RoomRoute } from '../routes.ts'
import { inviteLink, readPastedLink } from './invite-link.ts'
import { defaultSignaling } from './signaling-url.ts'

const [task] = Object.values(presets)
if (task === undefined) throw new Error('presets are gone')
const host: RoomRoute = { task, samples: 2000, backend: 'auto', start: true, inspect: false }
const link = 'https://a.example/app/#/room/mnist?key=secret'

test('an invitation opens running and leaves the dealing to the room', () => {
  expect(inviteLink(link, host)).toBe('https://a.example/app/#/room/mnist?start=1&key=secret')
})

test('a host who chose digits leaves the others to the guest', () => {
  expect(inviteLink(link, { ...host, classes: [5, 6, 7, 8, 9] })).toContain('classes=0-4&')
  expect(inviteLink(link, { ...host, classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })).not.toContain('classes')
})

test('an invitation says what the guest could not guess and nothing about the host', () => {
  const invitation = inviteLink(link, {
    ...host,
    name: 'Ada',
    backend: 'webgpu',
    inspect: true,
    seed: 3,
    samples: 500,
    signaling: ['wss://s.example'],
  })
  expect(invitation).toBe(
    'https://a.example/app/#/room/mnist?samples=500&start=1&key=secret&signaling=wss://s.example',
  )
})

test('a pasted link of this app opens running', () => {
  const expected = { ok: true, fragment: '#/room/mnist?start=1&key=secret' }
  expect(readPastedLink(` ${link}\n`, 'https://a.example')).toEqual(expected)
  expect(readPastedLink('/room/mnist?key=secret', 'https://a.example')).toEqual(expected)
})

test("a link of another copy keeps that copy's signaling server", () => {
  expect(readPastedLink(link, 'http://localhost:8787')).toEqual({
    ok: true,
    fragment: '#/room/mnist?start=1&key=secret&signaling=wss://a.example',
  })
})

test('says why a text is no invitation, and lets the page explain a broken value', () => {
  expect(readPastedLink('  ', 'https://a.example')).toEqual({ ok: false, reason: 'empty' })
  expect(readPastedLink('https://a.example/', 'https://a.example')).toEqual({ ok: false, reason: 'no-room' })
  expect(readPastedLink('hello', 'https://a.example')).toEqual({ ok: false, reason: 'no-room' })
  expect(readPastedLink('#/room/mnist', 'https://a.example')).toEqual({ ok: false, reason: 'no-key' })
  expect(readPastedLink('#/room/chess?key=1', 'https://a.example')).toEqual({
    ok: true,
    fragment: '#/room/chess?key=1',
  })
})

test('signaling is on the server that served the page, with the same security', () => {
  const page = { protocol: 'https:', host: 'a.example:444', hostname: 'a.example' }
  expect(defaultSignaling(page, false)).toBe('wss://a.example:444')
  expect(defaultSignaling({ ...page, protocol: 'http:' }, true)).toBe('ws://a.example:8787')
})
