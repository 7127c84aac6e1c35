import { parseArgs } from 'node:util'
import { codecRows, mergeRows } from './codec/codec-rows.ts'
import { medianRows, tableOf } from './codec/row.ts'
import { writeSection } from './learning/document.ts'
import { gapsOf } from './learning/row.ts'

/**
 * How long encoding, decoding and merging take beside copying the same floats with Float32Array.prototype.set in the
 * same run, at how many gigabytes of floats a second, and how many bytes a parameter takes.
 */

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    parameters: { type: 'string', default: '1000000' },
    repeats: { type: 'string', default: '1' },
  },
})
const count = Number(options.parameters)
if (!Number.isInteger(count) || count < 1)
  throw new RangeError(`--parameters is ${options.parameters}, allowed are whole numbers from 1`)
const rounds = { warmUps: 20, rounds: Math.max(21, Math.ceil(6e7 / count)), leastMs: 0 }

const repeats = Array.from({ length: Math.max(1, Number(options.repeats)) }, () => ({
  codecs: codecRows(count, rounds),
  merges: mergeRows(count, rounds),
}))
const rows = medianRows(repeats.map(({ codecs }) => codecs))
const merges = medianRows(repeats.map(({ merges }) => merges))
if (options.json) for (const row of [...rows, ...merges]) console.log(JSON.stringify(row))
else {
  const text = [
    `${count} parameters, medians of ${rounds.rounds} rounds in Node ${process.version}, and of ${repeats.length} runs.`,
    tableOf(rows),
    tableOf(merges),
    ...gapsOf([...rows, ...merges]).map((gap) => `Not reached: ${gap}.`),
  ].join('\n\n')
  console.log(text)
  if (options.write) writeSection('codec', text)
}
