import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mnist } from '../task/presets.ts'
import { checkedScenario, parseScenario } from './scenario-schema.ts'

const reasonFor = (fields: Record<string, unknown>): string => {
  const result = parseScenario({ task: mnist, ...fields })
  return result.ok ? 'no mistake' : result.reason
}

test.each([
  [{ peers: 0 }, 'peers: 0; allowed: >=1'],
  [{ peers: 'many' }, 'peers: "many"; allowed: number'],
  [{ peer: 8 }, 'peer: there is no such field; allowed: task, seed, peers'],
  [{ split: { type: 'skewed' } }, 'split.type: "skewed"; allowed: ("iid" | "skew" | "dirichlet"'],
  [{ split: { type: 'skew', share: 1.5 } }, 'split.share: 1.5; allowed: <=1'],
  [{ churn: { onlineSeconds: 3 } }, 'churn.offlineSeconds: undefined; allowed: "offlineSeconds"'],
  [{ badPeers: { count: 2, attack: 'rude' } }, 'badPeers.attack: "rude"; allowed: ("noise" | "sign-flip"'],
  [{ badPeers: { count: 8, attack: 'nan' } }, 'badPeers.count: 8 of 8 peers leaves none; allowed: 0 to 7'],
  [
    { peers: 9, topology: { type: 'regular', degree: 3 } },
    'topology.degree: 3 for 9 peers; allowed: less than 9',
  ],
  [
    { partitions: [{ fromSeconds: 3, toSeconds: 1 }] },
    'partitions.toSeconds: 1; allowed: at least fromSeconds, 3',
  ],
  [{ task: { ...mnist, seed: -1 } }, 'task.seed: '],
])('a mistake names the field, the value and what is allowed: %j', (fields, reason) => {
  expect(reasonFor(fields)).toContain(reason)
  expect(reasonFor(fields).startsWith(reason.slice(0, 12))).toBe(true)
})

test('a mistake throws where no answer can carry it', () => {
  expect(() => checkedScenario({ task: mnist, seconds: -1 })).toThrow('scenario.seconds: -1; allowed: >0')
})

test('the scenarios in docs/ have no mistakes', () => {
  const folder = new URL('../../../../docs/scenarios/', import.meta.url)
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const fields: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    expect(parseScenario({ task: mnist, ...Object(fields) })).toMatchObject({ ok: true })
  }
})
