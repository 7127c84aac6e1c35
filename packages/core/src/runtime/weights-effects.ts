import { failed } from '../lib/eventual.ts'
import type { Effect } from '../node/effect.ts'
import type { MergeOutcome, NodeEvent } from '../node/event.ts'
import type { Clock, PeerId } from '../ports.ts'
import type { Message, Subject, Weights } from '../wire/message.ts'
import type { Learner, Letter } from './learner.ts'
import type { Turns } from './turns.ts'

type WeightsEffect = Extract<
  Effect,
  {
    type:
      | 'train'
      | 'offer'
      | 'spread'
      | 'answer'
      | 'absorb'
      | 'take'
      | 'gather'
      | 'adopt'
      | 'give'
      | 'keep-served'
  }
>

interface Surroundings {
  readonly clock: Clock
  readonly learner: Learner
  readonly turn: Turns
  readonly codec: Weights['codec']
  readonly steps: () => number
  readonly send: (to: PeerId, message: Message) => void
  readonly dispatch: (event: NodeEvent) => void
}

/** Performs the effects that need the trainer; each ends in exactly one event, timed without the wait for its turn. */
export function createTrainingEffects({
  clock,
  learner,
  turn,
  codec,
  steps,
  send,
  dispatch,
}: Surroundings): (effect: WeightsEffect) => void {
  const weights = (subject: Subject, letter: Letter): Weights => ({
    subject,
    codec: subject === 'own' ? codec : 'float16',
    steps: steps(),
    ...letter,
  })

  const merged = (from: PeerId, operation: () => PromiseLike<MergeOutcome>): void =>
    timed(operation, (outcome, tookMs) => ({ type: 'merged', from, outcome, tookMs }))

  function timed<T>(operation: () => PromiseLike<T>, event: (value: T, tookMs: number) => NodeEvent): void {
    let startMs = 0
    turn(() => {
      startMs = clock.now()
      try {
        return operation()
      } catch (error) {
        return failed(error)
      }
    }).then(
      (value) => dispatch(event(value, clock.now() - startMs)),
      (error: unknown) =>
        dispatch({ type: 'failed', detail: error instanceof Error ? error.message : String(error) }),
    )
  }

  return (effect) => {
    switch (effect.type) {
      case 'train':
        return timed(
          () => learner.train(effect.steps),
          (trained, tookMs) => ({ type: 'trained', ...trained, tookMs }),
        )
      case 'offer':
        return timed(
          () => learner.offer(effect.to, effect.subject),
          (letter, tookMs) => {
            send(effect.to, { type: 'ask', id: effect.id, ...weights(effect.subject, letter) })
            return { type: 'offered', tookMs }
          },
        )
      case 'spread':
        return timed(
          () => learner.spread(effect.to),
          (parcels, tookMs) => {
            for (const { to, mass, letter } of parcels)
              send(to, { type: 'push', mass, ...weights('own', letter) })
            return { type: 'offered', tookMs }
          },
        )
      case 'answer':
        return merged(effect.from, () =>
          learner.answer(effect.from, effect.weights, (letter) =>
            send(effect.from, { type: 'reply', id: effect.id, ...weights(effect.weights.subject, letter) }),
          ),
        )
      case 'absorb':
        return merged(effect.from, () => learner.absorb(effect.from, effect.weights))
      case 'take':
        return merged(effect.from, () => learner.take(effect.from, effect.weights, effect.mass))
      case 'gather':
        return timed(
          () => learner.gather(effect.neighbours),
          (outcome, tookMs) => ({ type: 'gathered', outcome, tookMs }),
        )
      case 'adopt':
        return merged(effect.from, () => learner.adopt(effect.from, effect.weights))
      case 'give':
        return timed(
          () => learner.give(effect.to, effect.subject),
          (letter) => {
            send(effect.to, { type: effect.as, id: effect.id, ...weights(effect.subject, letter) })
            return { type: 'gave' }
          },
        )
      case 'keep-served':
        return timed(
          () => learner.keepServed(),
          () => ({ type: 'settled' }),
        )
    }
  }
}
