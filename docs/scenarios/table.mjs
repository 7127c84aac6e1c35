// Runs every scenario of this folder and puts the figures into the table of docs/algorithms.md.
// Compile first: npx tsc -b bench. With --check nothing is written, and the exit code is 1 where the table is stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { presets } from '@gossamer/core'
import { simulate } from '@gossamer/core/sim'
import { readMnist } from '@gossamer/tools/mnist'

const folder = new URL('./', import.meta.url)
const document = new URL('../algorithms.md', import.meta.url)
const check = process.argv.includes('--check')
const data = readMnist()

const rounded = (value, digits = 3) => value.toFixed(digits)
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

function row(name) {
  const scenario = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
  const { peers, curve, averageAccuracy, hash } = simulate({ task: presets.mnist, ...scenario }, data)
  const end = curve.at(-1)
  const known = peers.map(({ unseenAccuracy }) => unseenAccuracy).filter(Number.isFinite)
  const refused = peers.map(
    ({ rejected }) => (rejected['too-far'] ?? 0) + (rejected['too-different'] ?? 0) + (rejected.loss ?? 0),
  )
  const cells = [
    `[\`${name}\`](scenarios/${name}.json)`,
    `${peers.length}, ${end.seconds} s`,
    rounded(end.ownMean),
    rounded(end.servedMean),
    rounded(end.servedWorst),
    known.length === 0 ? '' : rounded(mean(known)),
    rounded(averageAccuracy),
    rounded(mean(peers.map(({ merges }) => merges)), 0),
    rounded(mean(refused), 1),
    rounded(end.megabytesUp, 1),
    `\`${hash}\``,
  ]
  console.error(cells.join('  '))
  return `| ${cells.join(' | ')} |`
}

const names = readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [basename(file, '.json')] : []))
const rows = names.sort().map(row)
const text = readFileSync(document, 'utf8')
const fresh = text.replace(/(?<=\| scenario [^\n]*\n\|[-|]+\n)(\| [^\n]*\n)*/, `${rows.join('\n')}\n`)
if (!check) writeFileSync(document, fresh)
else if (fresh !== text) {
  console.error('The table is stale: run node docs/scenarios/table.mjs')
  process.exitCode = 1
}
