import type { LogEntry, ProblemCode, Snapshot } from '@gossamer/core'
import { expect, test } from 'vitest'
import type { Parameter, RouteFault } from '../routes.ts'
import { explainFault } from './faults.ts'
import { logSentence } from './log.ts'
import { problemTexts } from './problems.ts'
import { kindText, reasonText } from './reasons.ts'
import { type Situation, situationOf, situationWords, statusSentence } from './status.ts'
import { story } from './story.ts'

const isSentence = (text: string) => /^\S.*[.!?]$/s.test(text)

const snapshot: Snapshot = {
  status: 'training',
  peerId: 'me',
  backend: { name: 'wasm', adapter: '', why: 'fastest of two' },
  steps: 1,
  epochs: 0,
  samplesPerSecond: 0,
  ownClassCounts: [10, 0],
  own: { loss: 2 },
  merges: 0,
  everySteps: 10,
  peers: [],
  bytes: { up: 0, down: 0, byKind: {} },
  rejected: {},
  signaling: 'connected',
  log: [],
  problems: [],
}
const peer: Snapshot['peers'][number] = {
  id: 'p',
  name: 'Pia',
  state: 'connected',
  bytesUp: 0,
  bytesDown: 0,
  rateUp: 0,
  rateDown: 0,
  steps: 0,
  score: 1,
}
const open = (change: Partial<Snapshot>) =>
  ({ type: 'open', snapshot: { ...snapshot, ...change }, link: '', trainedMs: 0 }) as const

test('every state of a room has a word and a sentence', () => {
  const seen = new Set<Situation>()
  for (const state of [
    { type: 'opening', doing: 'joining' } as const,
    { type: 'opening', doing: 'fetching' } as const,
    { type: 'failed', of: 'session', detail: '' } as const,
    ...(['idle', 'training', 'paused', 'settling', 'left', 'failed'] as const).map((status) =>
      open({ status }),
    ),
    open({ peers: [peer] }),
    open({ peers: [peer], merges: 3 }),
    open({ signaling: 'retrying' }),
    open({ status: 'paused', peers: [peer] }),
  ]) {
    seen.add(situationOf(state))
    expect(statusSentence(state)).toSatisfy(isSentence)
  }
  expect([...seen].sort()).toEqual(Object.keys(situationWords).sort())
})

test('every problem has a sentence and a next action', () => {
  const codes: Record<ProblemCode, true> = {
    'no-webgpu': true,
    'no-webrtc': true,
    'no-signaling': true,
    'no-backend': true,
    'device-lost': true,
    'worker-failed': true,
    'bad-data': true,
    'storage-full': true,
    'model-too-large': true,
    'loss-not-finite': true,
  }
  expect(Object.keys(problemTexts).sort()).toEqual(Object.keys(codes).sort())
  for (const { sentence, action } of Object.values(problemTexts)) {
    expect(sentence).toSatisfy(isSentence)
    expect(action).toSatisfy(isSentence)
  }
})

test('every kind of log entry is a sentence that names whom it is about', () => {
  const base = { id: 1, atMs: 0 }
  const about = { ...base, peer: 'p', name: 'Pia <b>' }
  const entries: { [T in LogEntry['type']]: LogEntry & { type: T } } = {
    'peer-up': { ...about, type: 'peer-up' },
    'peer-down': { ...about, type: 'peer-down' },
    'peer-suspect': { ...about, type: 'peer-suspect' },
    merged: { ...about, type: 'merged', count: 4 },
    adopted: { ...about, type: 'adopted' },
    rejected: { ...about, type: 'rejected', reason: 'too-far' },
    status: { ...base, type: 'status', status: 'training' },
    backend: { ...base, type: 'backend', name: 'wasm', why: 'fastest of two' },
    signaling: { ...base, type: 'signaling', status: 'retrying' },
    problem: { ...base, type: 'problem', code: 'no-webgpu', detail: '' },
  }
  for (const entry of Object.values(entries)) {
    const sentence = logSentence(entry)
    expect(sentence).toSatisfy(isSentence)
    if ('name' in entry && entry.type !== 'backend') expect(sentence).toContain('Pia <b>')
  }
  expect(logSentence({ ...about, type: 'peer-up', name: '' })).toBe('Connected to a nameless peer.')
})

test('every fault of a link names the value and leads on', () => {
  const parameters: Record<Parameter, true> = {
    classes: true,
    samples: true,
    seed: true,
    backend: true,
    threads: true,
    start: true,
    key: true,
    signaling: true,
    name: true,
    inspect: true,
  }
  const faults: readonly (readonly [RouteFault, string])[] = [
    [{ type: 'unknown-page', path: '/lobby' }, '/lobby'],
    [{ type: 'unknown-task', name: 'chess' }, 'chess'],
    [{ type: 'bad-task', name: 'mine', reason: 'seed: too big' }, 'seed: too big'],
    [{ type: 'no-data', name: 'faces' }, 'faces'],
    ...Object.keys(parameters).map(
      (parameter) =>
        [
          { type: 'bad-value', parameter: parameter as Parameter, value: 'xyz', without: '#/room/mnist' },
          `${parameter}=xyz`,
        ] as const,
    ),
  ]
  for (const [fault, value] of faults) {
    const { sentence, action } = explainFault(fault)
    expect(sentence).toSatisfy(isSentence)
    expect(sentence).toContain(value)
    expect(action.fragment).toMatch(/^#\//)
  }
})

test('the story turns when the first merge comes', () => {
  const facts = { unseen: [5, 6, 7], unseenAccuracy: 0, merges: 0, peers: 0 }
  expect(story(facts)).toBe('This tab has never seen the digits 5 to 7. Alone, it will never recognise them.')
  expect(story({ ...facts, merges: 1, unseenAccuracy: 0.914, peers: 2 })).toBe(
    'This tab has never seen the digits 5 to 7. Its merged model recognises 91 % of them, learned from 2 peers.',
  )
  expect(story({ ...facts, unseen: [] })).toSatisfy(isSentence)
})

test('a reason or kind without words of its own is still shown', () => {
  expect(reasonText('some-new-reason')).toBe('some new reason')
  expect(kindText('some-new-kind')).toBe('some new kind')
})
