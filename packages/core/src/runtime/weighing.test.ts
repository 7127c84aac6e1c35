import { expect, test } from 'vitest'
import type { CodecName } from '../codec/codec.ts'
import { codecs } from '../codec/codecs.ts'
import { Eventual } from '../lib/eventual.ts'
import { normal, seededRandom } from '../lib/random.ts'
import type { MergeOutcome } from '../node/event.ts'
import type { EncodedModel, PossibleMove, Trainer } from '../ports.ts'
import { createPlainTrainer } from '../sim/plain-trainer.ts'
import { strategies } from '../strategy/strategies.ts'
import { mnist } from '../task/presets.ts'
import { completeTask } from '../task/schema.ts'
import { createLearner } from './learner.ts'
import { createLinks } from './links.ts'
import { piecesOf } from './pieces.ts'
import { travelOf } from './travel.ts'

const task = completeTask({ ...mnist, model: { kind: 'mlp', hidden: [] } })
const random = seededRandom(4)
const examples = {
  inputs: Uint8Array.from({ length: 20 * 784 }, () => Math.floor(256 * random.next())),
  labels: Uint8Array.from({ length: 20 }, (_, i) => i % 10),
  shape: [28, 28, 1],
}

interface Addition {
  readonly delta: Float32Array
  readonly timesWeighed: number | undefined
}

/** A trainer that weighs by itself, and what it was asked. */
function weighingTrainer() {
  const trainer = createPlainTrainer({ task, seed: 1, examples })
  const moves: PossibleMove[] = []
  const additions: Addition[] = []
  const weighing: Trainer = {
    ...trainer,
    add: (delta, timesWeighed) => {
      additions.push({ delta: delta.slice(), timesWeighed })
      return trainer.add(delta)
    },
    weigh: (move) => {
      moves.push({ ...move, difference: move.difference.slice() })
      return trainer
        .read()
        .then((own) =>
          trainer
            .probe(own)
            .then((before) =>
              trainer
                .probe(own.map((value, i) => value + move.share * (move.difference[i] ?? 0)))
                .then((after) => ({ before, after })),
            ),
        )
    },
  }
  return { weighing, moves, additions }
}

function learnerOf(
  trainer: Trainer,
  codec: CodecName,
  strategy: keyof typeof strategies,
  { stays = [], options = {} }: { readonly stays?: string[]; readonly options?: Record<string, number> } = {},
) {
  const travel = travelOf(trainer.layout, stays)
  const { gossip } = completeTask({ ...task, gossip: { strategy, options } })
  return createLearner({
    trainer,
    strategy: strategies[strategy].create(gossip.options),
    links: createLinks(codec, travel.size, 1, seededRandom(1)),
    travel,
    pieces: piecesOf(travel, 1),
    settleBy: 'loss',
    resumed: undefined,
    progress: () => ({ steps: 5, samples: trainer.samples, everySteps: 10 }),
  })
}

const now = <T>(promise: PromiseLike<T>): T => {
  const answer = new Eventual<T>()
  answer.resolve(promise)
  let value: { readonly is: T } | undefined
  answer.then((is) => {
    value = { is }
  })
  if (value === undefined) throw new Error('not answered')
  return value.is
}

/** What a neighbour a little way off sends. */
const sent = (trainer: Trainer, codec: 'int8' | 'float16' | 'float32') => {
  const own = now(trainer.read())
  const noise = seededRandom(8)
  const payload = codecs[codec].encode(own.map((value) => value + 0.002 * normal(noise)))
  return { subject: 'own', codec, steps: 5, samples: 20, payload } as const
}

const accepted: MergeOutcome['type'] = 'accepted'

test.each(['int8', 'float16', 'float32'] as const)(
  'a trainer that weighs merges %s as others do',
  (codec) => {
    const plain = createPlainTrainer({ task, seed: 1, examples })
    const weights = sent(plain, codec)
    expect(now(learnerOf(plain, codec, 'swap').answer('a', weights, () => {})).type).toBe(accepted)

    const { weighing, moves, additions } = weighingTrainer()
    const own = now(weighing.read())
    expect(now(learnerOf(weighing, codec, 'swap').answer('a', weights, () => {})).type).toBe(accepted)
    expect(now(weighing.read())).toEqual(now(plain.read()))

    const [move] = moves
    if (codec === 'float32') expect(move?.encoded).toBeUndefined()
    else {
      expect(move?.encoded).toEqual({ codec, bytes: weights.payload })
      const decoded = codecs[codec].decode(weights.payload, own.length)
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(move?.difference).toEqual(decoded.values.map((value, i) => value - (own[i] ?? 0)))
    }
    const [{ delta, timesWeighed } = { delta: own, timesWeighed: 0 }] = additions
    for (const [i, value] of delta.entries())
      expect(value).toBeCloseTo((timesWeighed ?? 0) * (move?.difference[i] ?? 0), 7)
  },
)

test('bytes are not handed on where they do not stand for own + difference', () => {
  const { weighing, moves } = weighingTrainer()
  const weights = sent(weighing, 'int8')
  const learner = learnerOf(weighing, 'int8', 'swap')
  now(learner.offer('a', 'own'))
  now(weighing.add(new Float32Array(weighing.layout.size).fill(0.001)))
  expect(now(learner.absorb('a', weights)).type).toBe(accepted)
  expect(moves.length).toBe(1)
  expect(moves[0]?.encoded).toBeUndefined()
})

test('a trainer that takes bytes gets them for moves that need no check', () => {
  const plain = createPlainTrainer({ task, seed: 1, examples })
  const { weighing, additions } = weighingTrainer()
  const approached: { readonly model: EncodedModel; readonly share: number }[] = []
  const approaching: Trainer = {
    ...weighing,
    approach: (model, share) => {
      approached.push({ model, share })
      const decoded = codecs.int8.decode(model.bytes, plain.layout.size)
      if (!decoded.ok) throw new Error(decoded.reason)
      return weighing
        .read()
        .then((own) => weighing.add(own.map((value, i) => share * ((decoded.values[i] ?? 0) - value))))
    },
  }
  const weights = sent(plain, 'int8')
  const unguarded = { guard: 0, mixing: 0.3 }
  now(learnerOf(plain, 'int8', 'swap', { options: unguarded }).answer('a', weights, () => {}))
  const learner = learnerOf(approaching, 'int8', 'swap', { options: unguarded })
  expect(now(learner.answer('a', weights, () => {})).type).toBe(accepted)
  expect(approached).toEqual([{ model: { codec: 'int8', bytes: weights.payload }, share: 0.3 }])
  const expected = now(plain.read())
  for (const [i, value] of now(approaching.read()).entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 6)

  // Its own replica is not where the offer was.
  additions.length = 0
  now(learner.offer('a', 'own'))
  now(approaching.add(new Float32Array(plain.layout.size).fill(0.001)))
  expect(now(learner.absorb('a', weights)).type).toBe(accepted)
  expect(approached.length).toBe(1)
  expect(additions.length).toBe(2)
})

test('what stays home is part of the difference, not of the bytes', () => {
  const { weighing, moves } = weighingTrainer()
  const [first] = weighing.layout.tensors
  const stays = [first?.name ?? '']
  const travel = travelOf(weighing.layout, stays)
  const payload = codecs.int8.encode(travel.pick(now(weighing.read())).map((value) => value + 0.01))
  const weights = { subject: 'own', codec: 'int8', steps: 5, samples: 20, payload } as const
  const outcome = now(learnerOf(weighing, 'int8', 'swap', { stays }).answer('a', weights, () => {}))
  expect(outcome.type).toBe(accepted)
  expect(moves[0]?.encoded).toBeUndefined()
})

test('a strategy that reshapes what is added says so', () => {
  const { weighing, additions } = weighingTrainer()
  now(learnerOf(weighing, 'int8', 'momentum').answer('a', sent(weighing, 'int8'), () => {}))
  expect(additions.length).toBe(1)
  expect(additions[0]?.timesWeighed).toBeUndefined()
})
