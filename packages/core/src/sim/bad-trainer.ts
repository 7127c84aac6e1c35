import { settled } from '../lib/eventual.ts'
import type { Random, Trainer } from '../ports.ts'
import { type Attack, meanOf, poison } from './attack.ts'

/** What bad peers get to know of the room. */
export interface Insight {
  readonly start: Float32Array
  /** Copies of what the honest replicas are now. */
  honest(): readonly Float32Array[]
}

/**
 * The trainer of a bad peer: whoever asks for its weights gets poison. Its own replica trains as it should and, since
 * what the node merges was computed against poison, moves half way to the honest mean instead at each merge. For
 * label flip give it a trainer with wrong labels; it is then left as it is.
 */
export function badTrainer(trainer: Trainer, attack: Attack, insight: Insight, random: Random): Trainer {
  const { layout, samples } = trainer
  if (attack === 'label-flip') return trainer
  const honestParts = {
    layout,
    samples,
    write: (params) => trainer.write(params),
    probe: (params) => trainer.probe(params),
    evaluate: (examples, params) => trainer.evaluate(examples, params),
    predict: (inputs, params) => trainer.predict(inputs, params),
    dispose: () => trainer.dispose(),
  } satisfies Partial<Trainer>
  if (attack === 'free-rider')
    return {
      ...honestParts,
      read: () => trainer.read(),
      add: (delta) => trainer.add(delta),
      train: (steps) => settled({ steps, samples: 0, loss: 0 }),
    }
  let first: Float32Array | undefined
  return {
    ...honestParts,
    train: (steps) => trainer.train(steps),
    // Nothing that arrives is refused: only what it sends matters.
    probe: () => settled(0),
    read: () =>
      trainer.read().then((own) => {
        if (attack === 'stale') {
          first ??= own
          return first.slice()
        }
        return poison(attack, { own, start: insight.start, honest: insight.honest() }, random)
      }),
    add: () =>
      trainer.read().then((own) => {
        const mean = meanOf(insight.honest())
        return trainer.add(own.map((value, i) => 0.5 * ((mean[i] ?? 0) - value)))
      }),
  }
}
