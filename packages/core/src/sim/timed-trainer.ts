import { Eventual } from '../lib/eventual.ts'
import type { Clock, Trained, Trainer } from '../ports.ts'

/** A trainer whose steps take virtual time: it computes at once and answers `stepMs` for each step later. */
export function timedTrainer(trainer: Trainer, clock: Clock, stepMs: number): Trainer {
  return {
    layout: trainer.layout,
    samples: trainer.samples,
    read: (into) => trainer.read(into),
    write: (params) => trainer.write(params),
    add: (delta) => trainer.add(delta),
    probe: (params) => trainer.probe(params),
    evaluate: (examples, params) => trainer.evaluate(examples, params),
    predict: (inputs, params) => trainer.predict(inputs, params),
    dispose: () => trainer.dispose(),
    train: (steps) => {
      const answer = new Eventual<Trained>()
      const result = trainer.train(steps)
      clock.after(steps * stepMs, () => answer.resolve(result))
      return answer
    },
  }
}
