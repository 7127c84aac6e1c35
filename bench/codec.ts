import { parseArgs } from 'node:util'
import { codecs, type LinkCodec, linkCodecs } from '@gossamer/core'

/**
 * How long encoding and decoding take beside copying the same floats with Float32Array.prototype.set, at how many
 * gigabytes of floats a second, and how many bytes a parameter takes. Of difference codecs: an ordinary frame, not
 * a keyframe.
 */

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, parameters: { type: 'string', default: '1000000' } },
})
const count = Number(options.parameters)
const repetitions = Math.max(15, Math.ceil(3e7 / count))
const warmUps = Math.ceil(repetitions / 3)

const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 0.1)
const moved = values.map((x, i) => x + Math.cos(i) * 0.01)
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

/** One generator for all, so that codecs that round at random do. */
const random = { next: Math.random }

function timesOf(codec: LinkCodec): { times: Record<string, number>; frameBytes: number } {
  const [here, there] = [codec.open(count), codec.open(count)]
  there.decode(here.encode(values, random).bytes)
  let frame = new Uint8Array(0)
  let turn = 0
  const times = medianTimesMs({
    copy: () => target.set(values),
    encode: () => {
      frame = here.encode(turn++ % 2 ? values : moved, random).bytes
    },
    decode: () => there.decode(frame),
  })
  return { times, frameBytes: frame.length }
}

const rowsOf = (name: string) => (metric: string, value: number, unit: string, goal?: number) => ({
  bench: 'codec',
  case: name,
  metric,
  value: Number(value.toPrecision(4)),
  unit,
  ...(goal === undefined ? {} : { goal, met: value <= goal }),
})
const gigabytesPerSecond = (ms: number): number => (4 * count) / ms / 1e6

const rows = Object.values(linkCodecs).flatMap((codec) => {
  const { times, frameBytes } = timesOf(codec)
  const { copy = 0, encode = 0, decode = 0 } = times
  const row = rowsOf(codec.name)
  return [
    row('encode-vs-memcpy', encode / copy, 'x', codec.name === 'int8' ? 2 : undefined),
    row('decode-vs-memcpy', decode / copy, 'x'),
    row('encode-rate', gigabytesPerSecond(encode), 'GB/s'),
    row('decode-rate', gigabytesPerSecond(decode), 'GB/s'),
    row('copy-rate', gigabytesPerSecond(copy), 'GB/s'),
    row('bytes-per-parameter', frameBytes / count, 'B'),
    ...(codec.name === 'int8' ? fusedRows() : []),
  ]
})

/** Decoding straight into the vector that it is merged with. */
function fusedRows() {
  const bytes = codecs.int8.encode(values)
  const own = moved.slice()
  const { copy = 0, merge = 0 } = medianTimesMs({
    copy: () => target.set(values),
    merge: () => codecs.int8.merge(bytes, own, 0.5),
  })
  return [rowsOf('int8')('decode-merge-vs-memcpy', merge / copy, 'x', 1)]
}

if (options.json) for (const row of rows) console.log(JSON.stringify(row))
else {
  console.log(`${count} parameters, median of ${repetitions}`)
  console.table(
    Object.values(linkCodecs).map(({ name }) => ({
      codec: name,
      ...Object.fromEntries(
        rows.filter((row) => row.case === name).map(({ metric, value }) => [metric, value]),
      ),
    })),
  )
}
