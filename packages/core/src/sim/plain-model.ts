import type { Layout } from '../ports.ts'
import { numberTarget } from '../task/data.ts'
import { layersOf, modelLayout } from '../task/models.ts'
import type { CompleteTask } from '../task/task.ts'

/** A dense layer as the kernels want it: a matrix whose rows are padded to four floats and whose last row is the bias. */
export interface PlainLayer {
  readonly inputs: number
  readonly units: number
  readonly rowBytes: number
  /** Where the matrix begins within the model's room. */
  readonly offsetBytes: number
}

/** Softmax regression (no hidden layer) or one hidden ReLU layer. */
export interface PlainModel {
  readonly layout: Layout
  readonly hidden: PlainLayer | undefined
  readonly output: PlainLayer
  /** The room that one vector of padded parameters takes. */
  readonly bytes: number
}

/** The model of a task. Throws TypeError, naming the field, for one that the kernels cannot train. */
export function plainModel(task: CompleteTask): PlainModel {
  const { model } = task
  if (model.kind !== 'mlp')
    throw new TypeError(`task.model.kind: the plain trainer knows 'mlp', not '${model.kind}'`)
  if (numberTarget(task.data) !== undefined)
    throw new TypeError('task.data.target: the plain trainer chooses classes, it says no numbers')
  if (model.hidden.length > 1)
    throw new TypeError(
      `task.model.hidden: the plain trainer takes at most one layer, not ${model.hidden.length}`,
    )
  let bytes = 0
  const layers = layersOf(task)
    .filter((layer) => layer.type === 'dense')
    .map(({ inputs, units }): PlainLayer => {
      const layer = { inputs, units, rowBytes: 16 * Math.ceil(units / 4), offsetBytes: bytes }
      bytes += (inputs + 1) * layer.rowBytes
      return layer
    })
  const output = layers.at(-1)
  if (output === undefined) throw new TypeError('task.model: no layers')
  return { layout: modelLayout(task), hidden: layers.length > 1 ? layers[0] : undefined, output, bytes }
}

/** Copies a vector in layout order into the model's room, which begins at element `at`; padding is left alone. */
export function pack(model: PlainModel, params: Float32Array, floats: Float32Array, at: number): void {
  eachRow(model, (from, to, units) => floats.set(params.subarray(from, from + units), at + to))
}

/** A new vector in layout order from the model's room. */
export function unpack(model: PlainModel, floats: Float32Array, at: number): Float32Array<ArrayBuffer> {
  const params = new Float32Array(model.layout.size)
  eachRow(model, (from, to, units) => params.set(floats.subarray(at + to, at + to + units), from))
  return params
}

/** Runs of floats that lie together in both: rows, or a whole matrix where rows need no padding. */
function eachRow(model: PlainModel, copy: (inLayout: number, inRoom: number, length: number) => void): void {
  let inLayout = 0
  for (const layer of model.hidden === undefined ? [model.output] : [model.hidden, model.output]) {
    const { inputs, units, rowBytes, offsetBytes } = layer
    const padded = units * 4 < rowBytes
    const rows = padded ? inputs + 1 : 1
    const length = padded ? units : units * (inputs + 1)
    for (let row = 0; row < rows; row++) {
      copy(inLayout, (offsetBytes + row * rowBytes) / 4, length)
      inLayout += length
    }
  }
}
