import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { firstExamples, readMnist } from '@gossamer/tools/mnist'
import { beforeAll, expect, test } from 'vitest'
import type { Examples } from '../ports.ts'
import { mnist } from '../task/presets.ts'
import type { Scenario } from './scenario.ts'
import { simulate } from './simulate.ts'

let data: { train: Examples; test: Examples }
beforeAll(() => {
  const { train, test: tests } = readMnist()
  data = { train: firstExamples(train, 20_000), test: firstExamples(tests, 2_000) }
})

const calm: Scenario = {
  task: { ...mnist, gossip: { everySteps: 20, neighbours: 5 } },
  peers: 32,
  seconds: 16,
  split: { type: 'skew', share: 0.9 },
  seed: 3,
}

const room: Scenario = {
  ...calm,
  stragglers: { count: 1, factor: 10 },
  churn: { onlineSeconds: 8, offlineSeconds: 2 },
}

test('32 peers with skewed labels, a straggler and churn converge', () => {
  const report = simulate(room, data)
  const served = report.peers.map(({ servedAccuracy }) => servedAccuracy)
  expect(served).toHaveLength(32)
  expect(served.reduce((sum, accuracy) => sum + accuracy, 0) / 32).toBeGreaterThan(0.85)
  expect(Math.min(...served)).toBeGreaterThan(0.6)
  for (const { merges } of report.peers) expect(merges).toBeGreaterThan(0)
})

const small: Scenario = {
  ...room,
  peers: 6,
  seconds: 4,
  lossShare: 0.1,
  partitions: [{ fromSeconds: 1, toSeconds: 2 }],
}

test('one seed gives one run, another seed another', () => {
  const first = simulate(small, data)
  expect(simulate(small, data)).toEqual(first)
  expect(simulate({ ...small, seed: 4 }, data).hash).not.toBe(first.hash)
})

test('two processes get the same hash', () => {
  const root = fileURLToPath(new URL('../../../..', import.meta.url))
  const inProcess = (): string =>
    execFileSync(
      process.execPath,
      ['bench/dist/simulate.js', '--scenario', JSON.stringify(small), '--examples', '20000', '--hash'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    ).trim()
  const first = inProcess()
  expect(first).toMatch(/^[0-9a-f]{8}$/)
  expect(inProcess()).toBe(first)
})

test('peers without a common class learn each other’s, and a newcomer starts from what the room knows', () => {
  const report = simulate(
    { ...calm, peers: 3, seconds: 20, split: { type: 'skew', share: 1 }, late: { count: 1, atSeconds: 6 } },
    data,
  )
  for (const { unseenAccuracy } of report.peers) expect(unseenAccuracy).toBeGreaterThan(0.7)
  expect(report.peers.at(-1)?.servedAccuracy).toBeGreaterThan(0.75)
})

test('after settling all peers serve nearly the same model', () => {
  const report = simulate({ ...calm, peers: 5, seconds: 6, settle: true }, data)
  const accuracies = report.peers.map(({ servedAccuracy }) => servedAccuracy)
  expect(Math.max(...accuracies) - Math.min(...accuracies)).toBeLessThan(0.015)
})
