import { firstExamples, readMnist } from '@gossamer/tools/mnist'
import { beforeAll, expect, test } from 'vitest'
import type { Examples } from '../ports.ts'
import type { Scenario } from '../sim/scenario.ts'
import { simulate } from '../sim/simulate.ts'
import { mnist } from '../task/presets.ts'
import type { GossipSpec } from '../task/task.ts'
import { type StrategyName, strategyNames } from './strategies.ts'

let data: { train: Examples; test: Examples }
beforeAll(() => {
  const { train, test: tests } = readMnist()
  data = { train: firstExamples(train, 5_000), test: firstExamples(tests, 1_000) }
})

const room = (strategy: StrategyName, more: Partial<GossipSpec> = {}): Scenario => ({
  task: { ...mnist, gossip: { everySteps: 20, neighbours: 3, strategy, ...more } },
  peers: 4,
  seconds: 5,
  split: { type: 'skew', share: 0.9 },
  latencyMs: 20,
  seed: 2,
})

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

test.each(strategyNames)(
  '%s: a small room learns what each peer hardly sees, and settles on one model',
  (name) => {
    const report = simulate({ ...room(name), settle: true }, data)
    for (const { merges, rejected } of report.peers) {
      expect(merges).toBeGreaterThan(3)
      expect(rejected['wrong-talk']).toBeUndefined()
    }
    const served = report.peers.map(({ servedAccuracy }) => servedAccuracy)
    expect(mean(served)).toBeGreaterThan(0.8)
    expect(Math.max(...served) - Math.min(...served)).toBeLessThan(0.03)
  },
)

test.each(['push-sum', 'noloco', 'latest-average', 'round-average', 'buffer', 'krum'] as const)(
  '%s: peers come and go, messages are lost, newcomers catch up',
  (name) => {
    const report = simulate(
      {
        ...room(name),
        seconds: 8,
        lossShare: 0.05,
        churn: { onlineSeconds: 4, offlineSeconds: 1 },
        late: { count: 1, atSeconds: 3 },
      },
      data,
    )
    expect(mean(report.peers.map(({ servedAccuracy }) => servedAccuracy))).toBeGreaterThan(0.6)
  },
)

test('tensors that stay home are not sent, and the rest is learned together', () => {
  const [all, few] = [[], ['1/kernel']].map((stays) =>
    simulate({ ...room('swap', { stays }), seconds: 3, settle: true }, data),
  )
  const bytesOf = (report: typeof all): number =>
    mean(report?.peers.map(({ bytesUp, merges }) => bytesUp / merges) ?? [])
  // 714 of 50,890 parameters travel; what else is sent is small.
  expect(bytesOf(few)).toBeLessThan(0.1 * bytesOf(all))
  for (const { merges, rejected } of few?.peers ?? []) {
    expect(merges).toBeGreaterThan(3)
    expect(Object.keys(rejected).filter((reason) => reason !== 'late' && reason !== 'loss')).toEqual([])
  }
})

test('a killed peer holds up a round until it counts as silent, and none after that', () => {
  const calm = { ...room('round-average'), seconds: 14 }
  const whole = simulate(calm, data)
  const bereft = simulate({ ...calm, killed: { count: 1, atSeconds: 4 } }, data)
  const survivors = bereft.peers.filter(({ role }) => role === 'honest')
  expect(survivors).toHaveLength(3)
  const steps = mean(whole.peers.map((peer) => peer.steps))
  // Silence is noticed after 3 s, at a heartbeat: at most 5 of the 14 s are lost.
  for (const survivor of survivors) expect(survivor.steps).toBeGreaterThan(0.6 * steps)
  expect(mean(survivors.map(({ servedAccuracy }) => servedAccuracy))).toBeGreaterThan(0.8)
})
