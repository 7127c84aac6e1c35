import * as v from 'valibot'
import { parseTask } from '../task/schema.ts'
import { attacks } from './attack.ts'
import type { Scenario } from './scenario.ts'

const count = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const number = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most))
const positive = (most: number) => v.pipe(v.number(), v.gtValue(0), v.maxValue(most))

const mostPeers = 1_000
const day = 86_400
const peers = count(1, mostPeers)
const some = count(0, mostPeers)
const moment = number(0, day)

const split = v.variant('type', [
  v.strictObject({ type: v.literal('iid') }),
  v.strictObject({ type: v.literal('skew'), share: number(0, 1) }),
  v.strictObject({ type: v.literal('dirichlet'), alpha: positive(1e6) }),
  v.strictObject({ type: v.literal('shards'), perPeer: count(1, 100) }),
  v.strictObject({ type: v.literal('quantity'), exponent: number(0, 10) }),
])

const topology = v.variant('type', [
  v.strictObject({ type: v.literal('overlay') }),
  v.strictObject({ type: v.literal('full') }),
  v.strictObject({ type: v.literal('ring') }),
  v.strictObject({ type: v.literal('regular'), degree: count(1, 8) }),
  v.strictObject({ type: v.literal('preferential'), links: count(1, 8) }),
  v.strictObject({ type: v.literal('alone') }),
])

const schema = v.strictObject({
  task: v.unknown(),
  seed: v.optional(count(0, 0xffffffff)),
  peers: v.optional(peers),
  seconds: v.optional(positive(day)),
  split: v.optional(split),
  topology: v.optional(topology),
  stepMs: v.optional(positive(60_000)),
  speedSpread: v.optional(number(0, 5)),
  stepFactors: v.optional(v.pipe(v.array(positive(1_000)), v.minLength(1), v.maxLength(mostPeers))),
  stragglers: v.optional(v.strictObject({ count: some, factor: positive(1_000) })),
  latencyMs: v.optional(number(0, 60_000)),
  upBytesPerSecond: v.optional(positive(1e12)),
  uplinkSpread: v.optional(number(0, 5)),
  lossShare: v.optional(number(0, 1)),
  churn: v.optional(
    v.strictObject({
      onlineSeconds: positive(day),
      offlineSeconds: positive(day),
      comeBack: v.optional(v.picklist(['resume', 'pull'])),
    }),
  ),
  killed: v.optional(v.strictObject({ count: some, atSeconds: moment })),
  partitions: v.optional(v.array(v.strictObject({ fromSeconds: moment, toSeconds: moment }))),
  late: v.optional(v.strictObject({ count: some, atSeconds: moment })),
  badPeers: v.optional(v.strictObject({ count: some, attack: v.picklist(attacks) })),
  evaluateEverySeconds: v.optional(number(0.01, day)),
  curveExamples: v.optional(count(1, 10_000_000)),
  settle: v.optional(v.boolean()),
})

export type ScenarioResult =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly reason: string }

/** Checks a scenario from anywhere. The reason names the field, the value, and what is allowed there. */
export function parseScenario(value: unknown): ScenarioResult {
  const result = v.safeParse(schema, value)
  if (!result.success) return { ok: false, reason: reasonOf(result.issues[0]) }
  const { task: given, ...rest } = result.output
  const task = parseTask(given)
  if (!task.ok) return { ok: false, reason: `task.${task.reason}` }
  const scenario = { ...rest, task: task.task }
  const reason = conflict(scenario)
  return reason === undefined ? { ok: true, scenario: present(scenario) } : { ok: false, reason }
}

/** The scenario as given. Throws TypeError, naming the field, for one that is not valid. */
export function checkedScenario(scenario: Scenario): Scenario {
  const result = parseScenario(scenario)
  if (!result.ok) throw new TypeError(`scenario.${result.reason}`)
  return result.scenario
}

/** What no single field shows. */
function conflict({ peers = 8, topology, late, badPeers, killed, partitions }: v.InferOutput<typeof schema>) {
  for (const [field, group] of Object.entries({ late, badPeers, killed }))
    if (group !== undefined && group.count >= peers && group.count > 0)
      return `${field}.count: ${group.count} of ${peers} peers leaves none; allowed: 0 to ${peers - 1}`
  if (topology?.type === 'regular' && (topology.degree >= peers || (topology.degree * peers) % 2 === 1))
    return `topology.degree: ${topology.degree} for ${peers} peers; allowed: less than ${peers}, and peers x degree even`
  const wrong = partitions?.find(({ fromSeconds, toSeconds }) => toSeconds < fromSeconds)
  if (wrong !== undefined)
    return `partitions.toSeconds: ${wrong.toSeconds}; allowed: at least fromSeconds, ${wrong.fromSeconds}`
  return undefined
}

function reasonOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'scenario'
  if (issue.expected === 'never')
    return `${path}: there is no such field; allowed: ${Object.keys(schema.entries).join(', ')}`
  return `${path}: ${issue.received}; allowed: ${issue.expected ?? issue.message}`
}

/** Leaves out fields that are there but undefined. */
function present<T extends object>(fields: T): T & Scenario {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T & Scenario
}
