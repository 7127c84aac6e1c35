import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { presets } from '@gossamer/core'
import { type Report, type Scenario, simulate } from '@gossamer/core/sim'
import { firstExamples, readMnist } from '@gossamer/tools/mnist'

const usage = `usage: npm run simulate -- [--scenario FILE_OR_JSON] [--peers N] [--seconds S] [--seed N]
       [--examples N] [--json | --hash]
Runs a room in virtual time on MNIST. --hash prints only the hash of the run.`

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: '{}' },
    peers: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    examples: { type: 'string', default: '60000' },
    json: { type: 'boolean', default: false },
    hash: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function scenario(): Scenario {
  const text = values.scenario.trimStart().startsWith('{')
    ? values.scenario
    : readFileSync(values.scenario, 'utf8')
  const numbers = { peers: values.peers, seconds: values.seconds, seed: values.seed }
  const given = Object.entries(numbers).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, Number(value)]],
  )
  return { task: presets.mnist, ...JSON.parse(text), ...Object.fromEntries(given) }
}

function print(report: Report): void {
  console.table(report.curve)
  console.table(report.peers.map((peer) => ({ ...peer, rejected: JSON.stringify(peer.rejected) })))
  console.log(`${report.events} events, average of all models ${report.averageAccuracy}, hash ${report.hash}`)
}

if (values.help) console.log(usage)
else {
  const { train, test } = readMnist()
  const report = simulate(scenario(), { train: firstExamples(train, Number(values.examples)), test })
  if (values.hash) console.log(report.hash)
  else if (values.json)
    for (const { peer, ownAccuracy, servedAccuracy, merges, steps, bytesUp, bytesDown } of report.peers)
      for (const [metric, value, unit] of [
        ['own-accuracy', ownAccuracy, ''],
        ['served-accuracy', servedAccuracy, ''],
        ['merges', merges, ''],
        ['steps', steps, ''],
        ['bytes-up', bytesUp, 'B'],
        ['bytes-down', bytesDown, 'B'],
      ] as const)
        console.log(JSON.stringify({ bench: 'simulate', case: peer, metric, value, unit }))
  else print(report)
}
