import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { presets } from '@gossamer/core'
import { type Point, parseScenario, plotSvg, type Report, type Scenario, simulate } from '@gossamer/core/sim'
import { firstExamples, readMnist } from '@gossamer/tools/mnist'
import { heldOut } from './learning/held-out.ts'

const usage = `usage: npm run simulate -- [--scenario FILE_OR_JSON] [--peers N] [--seconds S] [--seed N]
       [--examples N] [--validation] [--json | --hash] [--svg NAME]
Runs a room in virtual time on MNIST. --hash prints only the hash of the run. --validation trains without the
last 10,000 training examples and judges by them, for choices.
--svg draws accuracy against time and against bytes into NAME-time.svg and NAME-bytes.svg.`

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: '{}' },
    peers: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    examples: { type: 'string', default: '60000' },
    validation: { type: 'boolean', default: false },
    svg: { type: 'string' },
    json: { type: 'boolean', default: false },
    hash: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** The scenario that was asked for; throws TypeError for one with a mistake. */
function scenario(): Scenario {
  const text = values.scenario.trimStart().startsWith('{')
    ? values.scenario
    : readFileSync(values.scenario, 'utf8')
  const numbers = { peers: values.peers, seconds: values.seconds, seed: values.seed }
  const given = Object.entries(numbers).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, Number(value)]],
  )
  const result = parseScenario({ task: presets.mnist, ...JSON.parse(text), ...Object.fromEntries(given) })
  if (!result.ok) throw new TypeError(`scenario.${result.reason}`)
  return result.scenario
}

function print(report: Report): void {
  console.table(report.curve)
  console.table(report.peers.map((peer) => ({ ...peer, rejected: JSON.stringify(peer.rejected) })))
  console.log(`${report.events} events, average of all models ${report.averageAccuracy}, hash ${report.hash}`)
}

function draw(name: string, curve: Report['curve']): void {
  const line = (title: string, x: 'seconds' | 'megabytesUp', y: keyof Point) => ({
    name: title,
    points: curve.map((point) => [point[x], point[y]] as const),
  })
  for (const [kind, x, xLabel] of [
    ['time', 'seconds', 'virtual seconds'],
    ['bytes', 'megabytesUp', 'MB sent per peer'],
  ] as const) {
    const lines = [
      line('served, mean', x, 'servedMean'),
      line('served, worst', x, 'servedWorst'),
      line('training, mean', x, 'ownMean'),
    ]
    writeFileSync(`${name}-${kind}.svg`, plotSvg({ title: name, xLabel, yLabel: 'accuracy', lines }))
  }
}

function printRows({ peers }: Report): void {
  for (const { peer, ownAccuracy, servedAccuracy, merges, steps, bytesUp, bytesDown } of peers)
    for (const [metric, value, unit] of [
      ['own-accuracy', ownAccuracy, ''],
      ['served-accuracy', servedAccuracy, ''],
      ['merges', merges, ''],
      ['steps', steps, ''],
      ['bytes-up', bytesUp, 'B'],
      ['bytes-down', bytesDown, 'B'],
    ] as const)
      console.log(JSON.stringify({ bench: 'simulate', case: peer, metric, value, unit }))
}

function main(): void {
  const asked = scenario()
  const mnist = readMnist()
  const { train, test } = values.validation ? heldOut(mnist.train) : mnist
  const report = simulate(asked, { train: firstExamples(train, Number(values.examples)), test })
  if (values.svg !== undefined) draw(values.svg, report.curve)
  if (values.hash) console.log(report.hash)
  else if (values.json) printRows(report)
  else print(report)
}

if (values.help) console.log(usage)
else
  try {
    main()
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
