import { describe, expect, test } from 'vitest'
import { integer, normal, seededRandom } from '../lib/random.ts'
import { distance } from '../params/vector.ts'
import type { Random } from '../ports.ts'
import { linkCodecs } from './codecs.ts'
import type { Link, LinkCodec } from './link.ts'

/** A room without training: all that moves the vectors is w += 1/2 (their reference - own reference). */
interface Room {
  readonly vectors: readonly Float32Array[]
  /** By "from>to". */
  readonly links: Map<string, Link>
}

interface Weather {
  /** Share of messages that are lost, asks and replies. */
  readonly loss: number
  /** Chance before each exchange that a peer loses all its connections. */
  readonly churn: number
}

const length = 40
const exchanges = 120

/** Root mean square distance to the mean of all. */
function consensusDistance(vectors: readonly Float32Array[]): number {
  const mean = new Float32Array(length)
  for (const vector of vectors) for (let i = 0; i < length; i++) mean[i] = (mean[i] ?? 0) + (vector[i] ?? 0)
  for (let i = 0; i < length; i++) mean[i] = (mean[i] ?? 0) / vectors.length
  const squares = vectors.reduce((sum, vector) => sum + distance(vector, mean) ** 2, 0)
  return Math.sqrt(squares / vectors.length)
}

function pull(vector: Float32Array, theirs: Float32Array, reference: Float32Array): void {
  for (let i = 0; i < length; i++)
    vector[i] = (vector[i] ?? 0) + 0.5 * ((theirs[i] ?? 0) - (reference[i] ?? 0))
}

/** The largest and the last consensus distance of one schedule, as shares of the first. */
function play(codec: LinkCodec, seed: number, { loss, churn }: Weather): [number, number] {
  const random = seededRandom(seed)
  const spread = 10 ** (2 * random.next() - 1)
  const common = Float32Array.from({ length }, () => normal(random))
  const room: Room = {
    vectors: Array.from({ length: 3 + integer(random, 6) }, () =>
      Float32Array.from({ length }, (_, i) => (common[i] ?? 0) + spread * normal(random)),
    ),
    links: new Map(),
  }
  const first = consensusDistance(room.vectors)
  let largest = first
  for (let i = 0; i < exchanges; i++) {
    if (random.next() < churn) hangUp(room, integer(random, room.vectors.length))
    exchange(room, codec, random, loss)
    if (i % 5 === 0) largest = Math.max(largest, consensusDistance(room.vectors))
  }
  return [largest / first, consensusDistance(room.vectors) / first]
}

function hangUp({ links }: Room, peer: number): void {
  for (const key of links.keys()) if (key.split('>').includes(String(peer))) links.delete(key)
}

/** What node and learner do: both merge; an ask without a reply is forgotten; what cannot be read is not merged. */
function exchange({ vectors, links }: Room, codec: LinkCodec, random: Random, loss: number): void {
  const asker = integer(random, vectors.length)
  const other = integer(random, vectors.length - 1)
  const answerer = other < asker ? other : other + 1
  const linkOf = (from: number, to: number): Link => {
    const key = `${from}>${to}`
    const link = links.get(key) ?? codec.open(length)
    links.set(key, link)
    return link
  }
  const [here, there] = [linkOf(asker, answerer), linkOf(answerer, asker)]
  const [own, theirs] = [vectors[asker], vectors[answerer]]
  if (own === undefined || theirs === undefined) expect.fail('no such peer')
  const ask = here.encode(own, random)
  if (random.next() < loss) {
    here.forget()
    return
  }
  const asked = there.decode(ask.bytes)
  const reply = there.encode(theirs, random)
  if (asked.ok) pull(theirs, asked.values, reply.reference)
  if (random.next() < loss) {
    here.forget()
    return
  }
  const replied = here.decode(reply.bytes)
  if (replied.ok) pull(own, replied.values, ask.reference)
}

describe.each([linkCodecs.ternary, linkCodecs.sign, linkCodecs['top-k']])('$name', (codec) => {
  test('1,000 schedules with churn, loss and reconnects: peers never drift apart', () => {
    for (let seed = 0; seed < 1_000; seed++) {
      const weather = {
        loss: [0, 0.05, 0.3][seed % 3] ?? 0,
        churn: seed % 2 ? 0.1 : 0.02,
      }
      const [largest, last] = play(codec, seed, weather)
      if (!(largest < 1.6 && last < 0.8)) expect.fail(`seed ${seed}: ${largest}, at the end ${last}`)
    }
  })

  test('where nothing is lost they come together', () => {
    for (let seed = 0; seed < 200; seed++) {
      const [largest, last] = play(codec, seed, { loss: 0, churn: 0 })
      if (!(largest < 1.1 && last < 0.5)) expect.fail(`seed ${seed}: ${largest}, at the end ${last}`)
    }
  })
})
