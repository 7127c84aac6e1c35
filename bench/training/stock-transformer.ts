import type { completeTask, Examples } from '@gossamer/core'
import {
  add,
  cast,
  div,
  logSoftmax,
  matMul,
  mean,
  moments,
  mul,
  neg,
  oneHot,
  ones,
  type Rank,
  reshape,
  type Scalar,
  sigmoid,
  softmax,
  split,
  sqrt,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  train,
  transpose,
  truncatedNormal,
  variable,
  zeros,
} from '@tensorflow/tfjs-core'

type Task = ReturnType<typeof completeTask>

/**
 * The transformer of a task as a tfjs user would write it, with ordinary operations whose gradients tfjs derives:
 * tfjs-layers has no attention to compile. Tokens come in as one-hot rows, because the gradient of `gather` is missing
 * on wasm. Answers a function that takes one step of SGD on the first batch of the examples.
 */
export function stockTransformer({ data, model, training }: Task, examples: Examples, rate: number) {
  if (data.kind !== 'text' || model.kind !== 'transformer') throw new RangeError('this is no transformer')
  const { context } = data
  const { width, heads, blocks } = model
  const vocabulary = 256
  const windows = training.batchSize
  const rows = windows * context
  const each = width / heads
  const { inputs, labels } = examples
  const targets = Int32Array.from({ length: rows }, (_, i) =>
    i % context === context - 1 ? (labels[Math.floor(i / context)] ?? 0) : (inputs[i + 1] ?? 0),
  )
  const oneHotOf = (tokens: Int32Array) => cast(oneHot([...tokens], vocabulary), 'float32') as Tensor2D
  const x = oneHotOf(Int32Array.from(inputs.subarray(0, rows)))
  const y = oneHotOf(targets)
  const mask = tensor2d(
    Float32Array.from({ length: context * context }, (_, i) =>
      i % context > Math.floor(i / context) ? -1e9 : 0,
    ),
    [context, context],
  )

  const weight = (...shape: [number, number]) => variable(truncatedNormal(shape, 0, 1 / Math.sqrt(shape[0])))
  const dense = (units: number, outputs: number) => {
    const kernel = weight(units, outputs)
    const bias = variable(zeros([outputs]))
    return (input: Tensor): Tensor2D => add(matMul(input, kernel), bias)
  }
  const layerNorm = () => {
    const gamma = variable(ones([width]))
    const beta = variable(zeros([width]))
    return (input: Tensor): Tensor => {
      const { mean, variance } = moments(input, -1, true)
      return add(mul(div(sub(input, mean), sqrt(add(variance, 1e-5))), gamma), beta)
    }
  }
  const attention = () => {
    const all = dense(width, 3 * width)
    const projection = dense(width, width)
    const apart = (part: Tensor): Tensor3D =>
      reshape<Rank.R3>(transpose(reshape(part, [windows, context, heads, each]), [0, 2, 1, 3]), [
        windows * heads,
        context,
        each,
      ])
    return (input: Tensor): Tensor => {
      const [q, k, v] = split(all(input), 3, 1).map(apart) as [Tensor3D, Tensor3D, Tensor3D]
      const shares = softmax(add(mul(matMul(q, k, false, true), 1 / Math.sqrt(each)), mask))
      const seen = transpose(reshape(matMul(shares, v), [windows, heads, context, each]), [0, 2, 1, 3])
      return projection(reshape(seen, [rows, width]))
    }
  }
  const perceptron = () => {
    const [up, down] = [dense(width, 4 * width), dense(4 * width, width)]
    return (input: Tensor): Tensor => {
      const inner = up(input)
      return down(mul(inner, sigmoid(mul(inner, 1.702))))
    }
  }

  const embedding = weight(vocabulary, width)
  const positions = weight(context, width)
  const parts = Array.from({ length: blocks }, () => [
    [layerNorm(), attention()] as const,
    [layerNorm(), perceptron()] as const,
  ]).flat()
  const [last, head] = [layerNorm(), dense(width, vocabulary)]
  const optimizer = train.sgd(rate)

  const loss = (): Scalar => {
    const found = reshape(matMul(x, embedding), [windows, context, width])
    let stream: Tensor = reshape(add(found, positions), [rows, width])
    for (const [norm, part] of parts) stream = add(stream, part(norm(stream)))
    return neg(mean(sum(mul(logSoftmax(head(last(stream))), y), 1)))
  }
  return async (): Promise<unknown> => {
    const value = optimizer.minimize(loss, true)
    // As `trainOnBatch` does, which answers with the loss.
    const read = await value?.data()
    value?.dispose()
    return read
  }
}
