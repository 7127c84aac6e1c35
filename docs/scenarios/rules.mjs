// Runs the room of skewed.json for 20 s with every codec and every strategy, an exchange every 50 steps, and puts the figures into two tables of
// docs/algorithms.md. Compile first: npx tsc -b bench. Names as arguments run those only, and write nothing.
import { readFileSync, writeFileSync } from 'node:fs'
import { linkCodecs, presets, strategyNames } from '@gossamer/core'
import { simulate } from '@gossamer/core/sim'
import { readMnist } from '@gossamer/tools/mnist'

const document = new URL('../algorithms.md', import.meta.url)
const scenario = JSON.parse(readFileSync(new URL('./skewed.json', import.meta.url), 'utf8'))
const data = readMnist()

const rounded = (value, digits = 3) => value.toFixed(digits)
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

function row(name, gossip) {
  const task = { ...presets.mnist, gossip: { everySteps: 50, ...gossip } }
  const { peers, curve, averageAccuracy, hash } = simulate({ ...scenario, seconds: 20, task }, data)
  const end = curve.at(-1)
  const refused = peers.map(
    ({ rejected }) => (rejected['too-far'] ?? 0) + (rejected['too-different'] ?? 0) + (rejected.loss ?? 0),
  )
  const cells = [
    `\`${name}\``,
    rounded(end.ownMean),
    rounded(end.servedMean),
    rounded(end.servedWorst),
    rounded(averageAccuracy),
    rounded(mean(peers.map(({ steps }) => steps)), 0),
    rounded(mean(peers.map(({ merges }) => merges)), 0),
    rounded(mean(refused), 1),
    rounded(end.megabytesUp, 1),
    `\`${hash}\``,
  ]
  console.error(cells.join('  '))
  return `| ${cells.join(' | ')} |`
}

const wanted = process.argv.slice(2)
const isWanted = (name) => wanted.length === 0 || wanted.includes(name)
const tables = {
  codec: Object.keys(linkCodecs)
    .filter(isWanted)
    .map((name) => row(name, { codec: name })),
  strategy: strategyNames.filter(isWanted).map((name) => row(name, { strategy: name })),
}

if (wanted.length === 0) {
  let text = readFileSync(document, 'utf8')
  for (const [kind, rows] of Object.entries(tables))
    text = text.replace(
      new RegExp(`(?<=\\| ${kind} \\| own [^\\n]*\\n\\|[-|]+\\n)(\\| [^\\n]*\\n)*`),
      `${rows.join('\n')}\n`,
    )
  writeFileSync(document, text)
}
