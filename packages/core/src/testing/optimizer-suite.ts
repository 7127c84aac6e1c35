import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../lib/random.ts'
import type { Examples } from '../ports.ts'
import { completeTask } from '../task/schema.ts'
import type { TrainingSpec } from '../task/task.ts'
import type { TrainerFactory } from './trainer-suite.ts'
import { type ReferenceModel, referenceGradient } from './trainer-suite-reference.ts'

const count = 16
const model: ReferenceModel = { inputs: 20, hidden: 9, classes: 3 }

type Rule = (params: Float64Array, gradient: Float64Array) => Float64Array

/** The formulas of the task's optimizers, in float64. */
function ruleOf({ optimizer }: TrainingSpec): Rule {
  const { learningRate } = optimizer
  let first = new Float64Array(0)
  let second = new Float64Array(0)
  let steps = 0
  switch (optimizer.kind) {
    case 'sgd':
      return (params, gradient) => params.map((x, i) => x - learningRate * at(gradient, i))
    case 'momentum':
      return (params, gradient) => {
        first = gradient.map((g, i) => optimizer.momentum * at(first, i) + g)
        return params.map((x, i) => x - learningRate * at(first, i))
      }
    case 'adam':
    case 'adamw': {
      const decay = optimizer.kind === 'adamw' ? optimizer.weightDecay : 0
      return (params, gradient) => {
        steps++
        first = gradient.map((g, i) => 0.9 * at(first, i) + 0.1 * g)
        second = gradient.map((g, i) => 0.999 * at(second, i) + 0.001 * g * g)
        return params.map((x, i) => {
          const mean = at(first, i) / (1 - 0.9 ** steps)
          const spread = at(second, i) / (1 - 0.999 ** steps)
          return x - learningRate * (mean / (Math.sqrt(spread) + 1e-7) + decay * x)
        })
      }
    }
  }
}

/** Every optimizer goes where its formula goes, through a merge in between. Examples are as many as a batch holds. */
export function optimizerSuite(name: string, create: TrainerFactory): void {
  describe(`optimizers: ${name}`, () => {
    test.each([
      { optimizer: { kind: 'sgd', learningRate: 0.2 } },
      { optimizer: { kind: 'sgd', learningRate: 0.2 }, proximal: 0.7 },
      { optimizer: { kind: 'sgd', learningRate: 0.2 }, proximal: 0.7, clipNorm: 0.3 },
      { optimizer: { kind: 'momentum', learningRate: 0.1 } },
      { optimizer: { kind: 'momentum', learningRate: 0.1, momentum: 0.5 }, clipNorm: 0.3 },
      { optimizer: { kind: 'adam', learningRate: 0.01 }, proximal: 0.2 },
      { optimizer: { kind: 'adamw', learningRate: 0.01 } },
      { optimizer: { kind: 'adamw', learningRate: 0.01, weightDecay: 0.5 }, clipNorm: 0.3, proximal: 1 },
    ] as const)('%j', async (given) => {
      const task = completeTask({
        version: 1,
        name: 'optimizers',
        data: { kind: 'image', shape: [4, 5, 1], classes: ['a', 'b', 'c'] },
        model: { kind: 'mlp', hidden: [model.hidden] },
        training: { batchSize: count, logitAdjustment: false, clipNorm: 0, ...given },
        seed: 3,
      })
      const examples = pictures()
      const trainer = await create(task, examples, 1)
      const { size } = trainer.layout
      const start = noise(size, 2, 0.4)
      const delta = noise(size, 3, 0.1)
      await trainer.write(start)
      await trainer.train(3)
      await trainer.add(delta)
      await trainer.train(2)
      await trainer.train(1)
      const rule = ruleOf(task.training)
      const there = walk(task.training, examples, Float64Array.from(start), 3, rule)
      const merged = there.map((x, i) => x + at(delta, i))
      const end = walk(task.training, examples, merged, 3, rule)
      const actual = await trainer.read()
      trainer.dispose()
      const moved = distance(end, start)
      expect(moved).toBeGreaterThan(0.05)
      expect(distance(actual, end) / moved).toBeLessThan(1e-4)
      expect(Math.max(...end.map((x, i) => Math.abs(x - at(actual, i))))).toBeLessThan(1e-5)
    })
  })
}

/** Steps from a point that is the anchor of the proximal term. */
function walk(
  { clipNorm, proximal }: TrainingSpec,
  examples: Examples,
  anchor: Float64Array,
  steps: number,
  rule: Rule,
): Float64Array {
  let params = anchor
  for (let step = 0; step < steps; step++) {
    const pulled = referenceGradient(model, params, examples).map(
      (g, i) => g + proximal * (at(params, i) - at(anchor, i)),
    )
    const norm = Math.hypot(...pulled)
    const scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1
    params = rule(
      params,
      pulled.map((g) => scale * g),
    )
  }
  return params
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? 0

function pictures(): Examples {
  const random = seededRandom(6)
  const labels = Uint8Array.from({ length: count }, (_, i) => i % model.classes)
  const inputs = Float32Array.from({ length: count * model.inputs }, () => random.next())
  return { inputs, labels, shape: [4, 5, 1] }
}

function noise(size: number, seed: number, scale: number): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({ length: size }, () => scale * normal(random))
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, i) => value - at(b, i)))
