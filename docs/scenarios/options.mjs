// Puts the options of every strategy, as the strategies themselves describe them, into the table of docs/algorithms.md.
// Compile first: npx tsc -b packages/core. With --check nothing is written, and the exit code is 1 where the table is stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { strategies } from '@gossamer/core'

const document = new URL('../algorithms.md', import.meta.url)

/** Strategies that share an option, described alike, share its row. */
const owners = new Map()
for (const [strategy, { options }] of Object.entries(strategies))
  for (const [name, { min, max, unit, whole, describes, default: value }] of Object.entries(options)) {
    const range = `${min} to ${max}${whole ? ', whole' : ''}`
    const row = `| \`${name}\` | ${value} | ${range} | ${unit} | ${describes}`
    owners.set(row, [...(owners.get(row) ?? []), strategy])
  }
const everyone = Object.keys(strategies).length
const named = (names) =>
  names.length > everyone / 2
    ? `all but ${Object.keys(strategies)
        .filter((name) => !names.includes(name))
        .map((name) => `\`${name}\``)
        .join(', ')}`.replace(/^all but $/, 'all')
    : names.map((name) => `\`${name}\``).join(', ')
const rows = [...owners].map(([row, names]) => `${row} | ${named(names)} |`)

const text = readFileSync(document, 'utf8')
const fresh = text.replace(/(?<=\| option [^\n]*\n\|[-|]+\n)(\| [^\n]*\n)*/, `${rows.join('\n')}\n`)
if (!process.argv.includes('--check')) writeFileSync(document, fresh)
else if (fresh !== text) {
  console.error('The table of options is stale: run node docs/scenarios/options.mjs')
  process.exitCode = 1
}
