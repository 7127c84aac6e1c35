import {
  getBackend,
  logSoftmax,
  mul,
  neg,
  ones,
  type Rank,
  setBackend,
  sum,
  type Tensor,
  tensor2d,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../lib/random.ts'
import { layoutOf } from '../../../params/layout.ts'
import { distance, norm } from '../../../params/vector.ts'
import { transformerTensors } from '../../../task/transformer.ts'
import { deviceArithmetic } from '../arithmetic/device.ts'
import { unflatten } from '../flatten.ts'
import { transformerNetwork } from './transformer-network.ts'

beforeAll(async () => {
  await setBackend('cpu')
  expect(getBackend()).toBe('cpu')
})

const data = { kind: 'text', context: 5, vocabulary: 'abcdefg' } as const

const settings = [
  { width: 8, heads: 2, blocks: 2, windows: 3 },
  { width: 12, heads: 3, blocks: 1, windows: 1 },
  { width: 4, heads: 1, blocks: 1, windows: 2 },
]

describe.each(settings)('width $width, $heads heads, $blocks blocks', ({ windows, ...sizes }) => {
  const layout = layoutOf(transformerTensors(data, { kind: 'transformer', ...sizes }))
  const network = transformerNetwork({ kind: 'transformer', ...sizes }, deviceArithmetic)
  const random = seededRandom(3)
  const noise = Float32Array.from({ length: layout.size }, () => 0.5 * normal(random))
  const tokens = Array.from({ length: windows * 5 }, () => Math.floor(7 * random.next()))
  const targets = Array.from({ length: windows * 5 }, () => Math.floor(7 * random.next()))
  const oneHotOf = () => {
    const values = new Float32Array(windows * 5 * 7)
    for (const [i, target] of targets.entries()) values[i * 7 + target] = 1
    return tensor2d(values, [windows * 5, 7])
  }
  const batchOf = (values = tokens) => tensor2d(Float32Array.from(values), [windows, 5])

  test('the gradients written out are those that tfjs derives', async () => {
    const params = unflatten({ view: undefined }, layout, noise)
    const batch = {
      inputs: batchOf(),
      wanted: oneHotOf(),
      ones: ones<Rank.R2>([1, windows]),
      adjustment: undefined,
    }
    const own = network.gradients(params, batch)
    const loss = (...given: Tensor[]) =>
      neg(sum(mul(logSoftmax(network.outputs(given, batchOf())), oneHotOf())))
    const { grads } = tidy(() => valueAndGrads(loss)(params))
    for (const [i, { name }] of layout.tensors.entries()) {
      const expected = (await grads[i]?.data<'float32'>()) ?? expect.fail(name)
      const actual = (await own.gradients[i]?.data<'float32'>()) ?? expect.fail(name)
      expect(norm(expected), name).toBeGreaterThan(1e-3)
      expect(distance(actual, expected) / norm(expected), name).toBeLessThan(1e-4)
    }
  })

  test('a prediction depends on every token up to its own, and on none after it', async () => {
    const params = unflatten({ view: undefined }, layout, noise)
    const before = await network.outputs(params, batchOf()).data<'float32'>()
    for (let place = 0; place < 5; place++) {
      const changed = tokens.map((token, i) => (i === place ? (token + 1) % 7 : token))
      const after = await network.outputs(params, batchOf(changed)).data<'float32'>()
      for (let row = 0; row < windows * 5; row++) {
        const part = (values: Float32Array) => values.subarray(row * 7, (row + 1) * 7)
        const moved = distance(part(after), part(before))
        if (row >= place && row < 5) expect(moved).toBeGreaterThan(1e-4)
        else expect(moved).toBeLessThan(1e-6)
      }
    }
  })
})
