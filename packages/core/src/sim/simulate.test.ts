import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { firstExamples, readMnist } from '@gossamer/tools/mnist'
import { beforeAll, expect, test } from 'vitest'
import type { Examples } from '../ports.ts'
import { mnist } from '../task/presets.ts'
import type { PeerReport, Scenario } from './scenario.ts'
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
  const accuracies = report.peers.map(({ servedAccuracy }) => servedAccuracy)
  expect(accuracies).toHaveLength(32)
  expect(mean(accuracies)).toBeGreaterThan(0.85)
  expect(Math.min(...accuracies)).toBeGreaterThan(0.6)
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

const brief: Scenario = { ...calm, peers: 8, seconds: 4, seed: 5 }
const served = (scenario: Scenario, role: PeerReport['role'] = 'honest'): readonly number[] =>
  simulate(scenario, data)
    .peers.filter((peer) => peer.role === role)
    .map(({ servedAccuracy }) => servedAccuracy)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

test('bad peers do not count, and the guard keeps them from doing much harm', () => {
  const clean = mean(served(brief))
  for (const attack of ['noise', 'nan', 'scaling'] as const) {
    const honest = served({ ...brief, badPeers: { count: 1, attack } })
    expect(honest).toHaveLength(7)
    expect(mean(honest)).toBeGreaterThan(clean - 0.05)
  }
})

test('the killed are not heard of again; the survivors go on', () => {
  const report = simulate({ ...brief, killed: { count: 3, atSeconds: 2 } }, data)
  const killed = report.peers.filter(({ role }) => role === 'killed')
  expect(killed).toHaveLength(3)
  for (const { role, steps } of report.peers) expect(steps > 200).toBe(role === 'honest')
})

test('whoever comes back to pull begins anew', () => {
  const report = simulate(
    { ...brief, seconds: 8, churn: { onlineSeconds: 2, offlineSeconds: 0.5, comeBack: 'pull' } },
    data,
  )
  expect(mean(report.peers.map(({ servedAccuracy }) => servedAccuracy))).toBeGreaterThan(0.6)
})

test('a topology bounds who learns from whom', () => {
  const alone = simulate({ ...brief, topology: { type: 'alone' } }, data)
  for (const { neighbours, merges } of alone.peers) expect([neighbours, merges]).toEqual([0, 0])
  expect(mean(alone.peers.map(({ servedAccuracy }) => servedAccuracy))).toBeLessThan(mean(served(brief)))
  const ring = simulate({ ...brief, topology: { type: 'ring' } }, data)
  for (const { neighbours } of ring.peers) expect(neighbours).toBe(2)
})

test('a room that exchanges one piece of four at a time learns from messages a quarter as large', () => {
  const task = (fragments: number) => ({ ...mnist, gossip: { everySteps: 20, neighbours: 5, fragments } })
  const [whole, pieces] = [1, 4].map((fragments) => simulate({ ...brief, task: task(fragments) }, data))
  if (whole === undefined || pieces === undefined) return expect.fail('nothing was simulated')
  const accuracy = ({ peers }: typeof whole) => mean(peers.map(({ servedAccuracy }) => servedAccuracy))
  const bytesPerMerge = ({ peers }: typeof whole) =>
    mean(peers.map(({ bytesUp, merges }) => bytesUp / merges))
  expect(accuracy(pieces)).toBeGreaterThan(accuracy(whole) - 0.05)
  expect(bytesPerMerge(pieces) / bytesPerMerge(whole)).toBeCloseTo(0.25, 1)
})
