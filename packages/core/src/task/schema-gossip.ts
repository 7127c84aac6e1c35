import * as v from 'valibot'
import { completeOptions, type Option } from '../strategy/options.ts'
import { strategies, strategyNames } from '../strategy/strategies.ts'
import { gossipCounts } from './gossip-counts.ts'
import type { GossipSpec } from './task.ts'

const count = ({ min, max }: Option) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))
const { everySteps, neighbours, fragments } = gossipCounts

const fields = v.strictObject({
  strategy: v.optional(v.picklist(strategyNames), 'swap'),
  options: v.optional(v.record(v.string(), v.number()), {}),
  codec: v.optional(v.picklist(['float32', 'float16', 'int8', 'int4', 'ternary', 'sign', 'top-k']), 'int8'),
  everySteps: v.optional(v.union([v.literal('auto'), count(everySteps)]), 'auto'),
  fragments: v.optional(count(fragments), fragments.default),
  pace: v.optional(v.picklist(['steps', 'time']), 'steps'),
  settleBy: v.optional(v.picklist(['loss', 'examples']), 'loss'),
  neighbours: v.optional(count(neighbours), neighbours.default),
  stays: v.optional(v.array(v.string()), []),
})

type Given = { readonly [K in keyof GossipSpec]?: GossipSpec[K] | undefined }

/** How a room gossips: which options there are, and their ranges, the chosen strategy says. */
export const gossip: v.GenericSchema<Given, GossipSpec> = v.pipe(
  fields,
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const { options } = value
    const completed = completeOptions(strategies[value.strategy].options, options)
    if (completed.ok) return { ...value, options: completed.values }
    const { name, reason } = completed
    const at = { type: 'object', origin: 'value' } as const
    addIssue({
      message: `${reason} (strategy ${value.strategy})`,
      path: [
        { ...at, input: value, key: 'options', value: options },
        { ...at, input: options, key: name, value: options[name] },
      ],
    })
    return NEVER
  }),
)
