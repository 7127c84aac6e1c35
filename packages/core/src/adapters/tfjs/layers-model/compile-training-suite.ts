import { memory, train as optimizers, tensor } from '@tensorflow/tfjs-core'
import {
  input,
  type LayersModel,
  layers,
  model,
  type Sequential,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../lib/random.ts'
import { elements } from '../../../params/layout.ts'
import type { Examples } from '../../../ports.ts'
import type { BackendName } from '../../browser/session.ts'
import { startBackend } from '../backend.ts'
import { homes } from '../number-suite.ts'
import { compileTraining } from './compile-training.ts'

const shape = [8, 7, 2]

/** One bright patch for each class in noise. */
function pictures(count: number, seed: number): Examples {
  const random = seededRandom(seed)
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
  const inputs = Float32Array.from({ length: count * elements(shape) }, (_, i) => {
    const patch = Math.floor(((i % elements(shape)) * 3) / elements(shape))
    return 0.5 * random.next() + (patch === labels[Math.floor(i / elements(shape))] ? 0.5 : 0)
  })
  return { inputs, labels, shape }
}

const inputShape = [8, 7, 2]
const convolutional = (): Sequential =>
  sequential({
    layers: [
      layers.conv2d({ inputShape, filters: 4, kernelSize: 3, padding: 'same', useBias: true }),
      layers.batchNormalization(),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 2, activation: 'relu' }),
      layers.layerNormalization(),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'relu' }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  })

const regression = (): Sequential =>
  sequential({
    layers: [layers.dense({ inputShape: [5], units: 6, activation: 'relu' }), layers.dense({ units: 1 })],
  })

const sequence = (): Sequential =>
  sequential({
    layers: [
      layers.reshape({ inputShape, targetShape: [8, 14] }),
      layers.conv1d({ filters: 3, kernelSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  })

interface Case {
  readonly name: string
  readonly build: () => Sequential
  readonly compile: (model: LayersModel) => void
  readonly examples: Examples
  readonly columns: number
}

const prices = (): Examples => {
  const { inputs, labels, shape } = homes(24, 1)
  return { inputs, labels: Float32Array.from(labels, (price) => (price - 3e5) / 5e4), shape }
}

const cases: readonly Case[] = [
  {
    name: 'convolutions and norms, momentum',
    build: convolutional,
    compile: (model) =>
      model.compile({ optimizer: optimizers.momentum(0.05, 0.8), loss: 'categoricalCrossentropy' }),
    examples: pictures(24, 1),
    columns: 3,
  },
  {
    name: 'a number by Adam',
    build: regression,
    compile: (model) => model.compile({ optimizer: optimizers.adam(0.01), loss: 'meanSquaredError' }),
    examples: prices(),
    columns: 1,
  },
]

const valuesOf = async (model: LayersModel): Promise<number[]> =>
  (await Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]))).flat()

const lossOf = (result: number | number[]): number =>
  Array.isArray(result) ? (result[0] ?? Number.NaN) : result

/** Training tfjs's own models, on one backend. */
export function compileTrainingSuite(backend: BackendName): void {
  const use = async (name: BackendName): Promise<void> => (await startBackend(name)).use()

  describe(`${backend}: a model of tfjs`, () => {
    test.each(cases)(
      '$name: steps go where trainOnBatch goes on cpu',
      async ({ build, compile, ...given }) => {
        const { examples, columns } = given
        const count = examples.labels.length
        const wanted = Float32Array.from({ length: count * columns }, (_, i) =>
          columns === 1
            ? (examples.labels[i] ?? 0)
            : Number(examples.labels[Math.floor(i / columns)] === i % columns),
        )
        await use('cpu')
        const reference = build()
        compile(reference)
        const start = reference
          .getWeights()
          .map((weight) => ({ values: weight.dataSync(), shape: weight.shape }))
        const x = tensor(examples.inputs, [count, ...examples.shape], 'float32')
        const y = tensor(wanted, [count, columns])
        const losses: number[] = []
        for (let step = 0; step < 20; step++) losses.push(lossOf(await reference.trainOnBatch(x, y)))
        const expected = await valuesOf(reference)

        await use(backend)
        const model = build()
        compile(model)
        model.setWeights(start.map(({ values, shape }) => tensor(values, shape)))
        const training = await compileTraining(model, examples, { batchSize: count })
        expect(training.note).toBeUndefined()
        const first = await training.train(1)
        expect(first.loss / (losses[0] ?? 0)).toBeCloseTo(1, 3)
        await training.train(19)
        const reached = await valuesOf(model)
        expect(reached).toHaveLength(expected.length)
        const squares = (values: readonly number[]): number =>
          values.reduce((sum, value) => sum + value ** 2, 0)
        const apart = squares(reached.map((value, i) => value - (expected[i] ?? 0)))
        expect(Math.sqrt(apart / squares(expected))).toBeLessThan(1e-3)
        training.dispose()
      },
    )

    test('goes on to predict, and takes in weights that were set in between', async () => {
      await use(backend)
      const model = regression()
      model.compile({ optimizer: optimizers.sgd(0.05), loss: 'meanSquaredError' })
      const examples = prices()
      const training = await compileTraining(model, examples, { batchSize: 8 })
      await training.train(50)
      const x = tensor(examples.inputs, [24, 5], 'float32')
      const before = memory().numTensors
      const predicted = model.predict(x)
      const numbers = await (Array.isArray(predicted) ? expect.fail() : predicted).data<'float32'>()
      const error = numbers.reduce((sum, value, i) => sum + (value - (examples.labels[i] ?? 0)) ** 2, 0) / 24
      const { loss } = await training.train(1)
      expect(loss).toBeLessThan(3 * error + 0.1)

      model.setWeights(
        model.getWeights().map((weight) => tensor(new Float32Array(weight.size), weight.shape)),
      )
      await training.train(1)
      const values = await valuesOf(model)
      // From all zeros only the last bias can move.
      expect(values.slice(0, -1).every((value) => value === 0)).toBe(true)
      expect(values.at(-1)).not.toBe(0)
      expect(memory().numTensors).toBeLessThanOrEqual(before + 1 + 2 * values.length)
      training.dispose()
    })

    test('of layers that are not known here is trained by tfjs, which is said', async () => {
      await use(backend)
      const model = sequence()
      model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' })
      const training = await compileTraining(model, pictures(24, 2))
      expect(training.note).toMatch(
        /^The step is one of tfjs: Reshape ".*": no layer of that kind is known here/,
      )
      const first = await training.train(5)
      const last = await training.train(25)
      expect([first.steps, first.samples]).toEqual([5, 120])
      expect(last.loss).toBeLessThan(first.loss)
      training.dispose()
    })

    test('that runs away is left where it was, and trains on at a lower rate', async () => {
      await use(backend)
      const model = sequential({ layers: [layers.dense({ inputShape: [5], units: 1 })] })
      model.compile({ optimizer: optimizers.momentum(10, 0.9), loss: 'meanSquaredError' })
      const training = await compileTraining(model, prices())
      const before = await valuesOf(model)
      expect(Number.isFinite((await training.train(300)).loss)).toBe(false)
      expect(await valuesOf(model)).toEqual(before)

      model.compile({ optimizer: optimizers.momentum(0.01, 0.9), loss: 'meanSquaredError' })
      const first = await training.train(1)
      const last = await training.train(200)
      expect(last.loss).toBeLessThan(first.loss)
      training.dispose()
      await expect(training.train(1)).rejects.toThrow('disposed')
    })

    test('goes by the optimizer of the moment', async () => {
      await use(backend)
      const model = regression()
      const optimizer = optimizers.sgd(0.05)
      model.compile({ optimizer, loss: 'meanSquaredError' })
      const training = await compileTraining(model, prices())
      await training.train(5)
      const before = await valuesOf(model)
      optimizer.setLearningRate(1e-30)
      await training.train(5)
      expect(await valuesOf(model)).toEqual(before)
      training.dispose()
    })

    test.each<[string, (model: Sequential) => void, RegExp]>([
      [
        'frozen layers',
        (model) => {
          model.trainable = false
        },
        /some of its layers are frozen/,
      ],
      [
        'one layer in two places',
        (model) => {
          const twice = layers.dense({ units: 1, name: 'twice' })
          model.add(twice)
          model.add(twice)
        },
        /a layer stands in several places/,
      ],
    ])('with %s is left to tfjs', async (_, change, note) => {
      await use(backend)
      const model = regression()
      change(model)
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      const training = await compileTraining(model, prices())
      expect(training.note).toMatch(note)
      training.dispose()
    })

    test('that is no row of layers trains its convolutions, too', async () => {
      await use(backend)
      const image = input({ shape: inputShape })
      const seen = layers.conv2d({ filters: 2, kernelSize: 3, activation: 'tanh' }).apply(image)
      const flat = layers.flatten().apply(seen)
      const output = layers.dense({ units: 3, activation: 'softmax' }).apply(flat) as SymbolicTensor
      const functional = model({ inputs: image, outputs: output })
      functional.compile({ optimizer: 'adam', loss: ['sparseCategoricalCrossentropy'] })
      const training = await compileTraining(functional, pictures(12, 2))
      expect(training.note).toMatch(/^The step is one of tfjs: /)
      const first = await training.train(1)
      const last = await training.train(10)
      expect(last.loss).toBeLessThan(first.loss)
      training.dispose()
    })

    test('and what does not go with it is refused with a sentence', async () => {
      await use(backend)
      const open = (examples: Examples, batchSize = 8, build = convolutional) => {
        const model = build()
        model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' })
        return compileTraining(model, examples, { batchSize })
      }
      const good = pictures(6, 1)
      await expect(compileTraining(convolutional(), good)).rejects.toThrow('the model is not compiled')
      await expect(open(good, 0)).rejects.toThrow('batchSize is 0')
      for (const build of [convolutional, sequence]) {
        const bad = { ...good, labels: Int32Array.of(0, 1, 2, 3, 0, 1) }
        await expect(open(bad, 8, build)).rejects.toThrow('examples.labels[3] is 3')
        await expect(open({ ...good, inputs: good.inputs.subarray(1) }, 8, build)).rejects.toThrow(RangeError)
        await expect(open({ ...good, labels: new Int32Array(0) }, 8, build)).rejects.toThrow('no examples')
      }
    })
  })
}
