import { parseArgs } from 'node:util'
import { codecs } from '@gossamer/core'

/** How long encoding and decoding take beside copying the same floats, and how many bytes a parameter takes. */

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, parameters: { type: 'string', default: '1000000' } },
})
const count = Number(options.parameters)
const repetitions = Math.max(15, Math.ceil(3e7 / count))
const warmUps = Math.ceil(repetitions / 3)

const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 0.1)
const target = new Float32Array(count)

/** The median time of a run; the variants take turns, so that a busy moment strikes all of them. */
function medianTimesMs(variants: Readonly<Record<string, () => void>>): Record<string, number> {
  const times = new Map(Object.keys(variants).map((name) => [name, [] as number[]]))
  for (let i = 0; i < repetitions + warmUps; i++)
    for (const [name, run] of Object.entries(variants)) {
      const start = performance.now()
      run()
      if (i >= warmUps) times.get(name)?.push(performance.now() - start)
    }
  return Object.fromEntries(
    [...times].map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN]),
  )
}

const rows = Object.values(codecs).flatMap((codec) => {
  const bytes = codec.encode(values)
  const {
    copy = 0,
    encode = 0,
    decode = 0,
  } = medianTimesMs({
    copy: () => target.set(values),
    encode: () => codec.encode(values),
    decode: () => codec.decode(bytes, count),
  })
  const row = (metric: string, value: number, unit: string) => ({
    bench: 'codec',
    case: codec.name,
    metric,
    value: Number(value.toPrecision(4)),
    unit,
  })
  return [
    row('encode-vs-memcpy', encode / copy, 'x'),
    row('decode-vs-memcpy', decode / copy, 'x'),
    row('encode-ms', encode, 'ms'),
    row('decode-ms', decode, 'ms'),
    row('bytes-per-parameter', bytes.length / count, 'B'),
  ]
})

if (options.json) for (const row of rows) console.log(JSON.stringify(row))
else {
  console.log(`${count} parameters, median of ${repetitions}`)
  console.table(
    Object.values(codecs).map(({ name }) => ({
      codec: name,
      ...Object.fromEntries(
        rows.filter((row) => row.case === name).map(({ metric, value }) => [metric, value]),
      ),
    })),
  )
}
