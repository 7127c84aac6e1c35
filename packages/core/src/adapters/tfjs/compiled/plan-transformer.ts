import { elements, layoutOf } from '../../../params/layout.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { type TextSpec, vocabularySize } from '../../../task/text.ts'
import { expansion, type TransformerSpec, transformerTensors } from '../../../task/transformer.ts'
import type { Kernel } from './kernel.ts'
import { attentionGradient, attentionKernel } from './kernels/attention.ts'
import {
  type LinearOutput,
  linearInputGradient,
  linearKernel,
  linearKernelGradient,
  type RowShares,
} from './kernels/linear.ts'
import { normForward, normGradient } from './kernels/row-norm.ts'
import { embedGradient, embedKernel, nextTokenKernel } from './kernels/tokens.ts'
import {
  type GradientLayout,
  gradientSize,
  momentsOf,
  normKernel,
  normParts,
  recordExtras,
  scaleKernel,
  updateKernel,
} from './kernels/update.ts'
import { merged } from './merge.ts'
import type { Plan } from './plan.ts'
import type { Tuning } from './tuning.ts'

export interface TransformerTask {
  readonly data: TextSpec
  readonly model: TransformerSpec
  readonly training: CompleteTask['training']
}

/**
 * The step of a causal transformer on batches of `training.batchSize` windows: 18 + 14 x blocks - 10 dispatches and
 * the update's. Values between blocks stay in one buffer, `stream`, which every part adds to, and so does their
 * gradient, `slope`; what the way back needs of each block has buffers of its own.
 */
export function planTransformer(
  { data, model, training }: TransformerTask,
  format: 'bytes' | 'floats',
  tuning: Tuning,
): Plan {
  const { context } = data
  const { width, heads } = model
  const windows = training.batchSize
  const rows = windows * context
  const vocabulary = vocabularySize(data)
  const gradients = sharedGradients(layoutOf(transformerTensors(data, model)).size, windows, tuning)
  const split = rowShares(gradients, windows, context)
  const offsetOf = offsets(data, model)
  const token = { windows, context, vocabulary, width }
  const attention = { windows, context, width, heads }
  const hidden = expansion * width

  const buffers = new Map<string, number>()
  const buffer = (name: string, floats: number): string => {
    buffers.set(name, floats)
    return name
  }
  const tokens = buffer('tokens', windows * (context + 1))
  const stream = buffer('stream', rows * width)
  const slope = buffer('slope', rows * width)
  const logits = buffer('logits', rows * vocabulary)
  const narrow = buffer('narrow slope', rows * width)
  const wide = buffer('wide slope', rows * hidden)
  buffer('gradient', gradientSize(gradients))
  if (training.clipNorm !== 0) {
    buffer('norms', normParts)
    buffer('scale', 1)
  }
  for (const name of momentsOf(training.optimizer)) buffer(name, gradients.size)
  if (training.proximal !== 0) buffer('anchor', gradients.size)

  /** A dense layer: its kernel for the way there, its two, in one dispatch where they fit, for the way back. */
  function dense(name: string, inputs: number, units: number, x: string, output: LinearOutput) {
    const shape = { rows, inputs, units, offset: offsetOf(`${name}/kernel`) }
    return {
      forward: linearKernel(shape, tuning, x, output),
      backward: (dy: string, dx: string, before?: string): readonly Kernel[] =>
        merged(
          linearInputGradient(shape, tuning, { dx, dy, ...(before === undefined ? {} : { before }) }),
          linearKernelGradient(shape, tuning, split, { x, dy }),
        ),
    }
  }

  function norm(name: string) {
    const shape = { rows, width, offset: offsetOf(`${name}/gamma`) }
    const names = { normal: buffer(`${name} normal`, rows * width), scale: buffer(`${name} scale`, rows) }
    const y = buffer(`${name} out`, rows * width)
    return {
      y,
      forward: normForward(shape, tuning, { x: stream, ...names, y }),
      backward: (dy: string, adds: boolean): Kernel =>
        normGradient(shape, tuning, split, { ...names, dy, dx: slope, adds }),
    }
  }

  function block(number: number): {
    readonly forward: readonly Kernel[]
    readonly backward: readonly Kernel[]
  } {
    const own = (name: string, floats: number): string => buffer(`${number} ${name}`, floats)
    const before = norm(`${number}/norm-1`)
    const between = norm(`${number}/norm-2`)
    const qkv = own('qkv', rows * 3 * width)
    const attended = { y: own('attended', rows * width), sums: own('sums', rows * heads) }
    const up = { before: own('before gelu', rows * hidden), y: own('up', rows * hidden) }
    const looking = dense(`${number}/attention`, width, 3 * width, before.y, { type: 'store', y: qkv })
    const projection = dense(`${number}/projection`, width, width, attended.y, { type: 'add', y: stream })
    const rising = dense(`${number}/up`, width, hidden, between.y, { type: 'gelu', ...up })
    const falling = dense(`${number}/down`, hidden, width, up.y, { type: 'add', y: stream })
    return {
      forward: [
        before.forward,
        looking.forward,
        attentionKernel(attention, tuning, { qkv, ...attended }),
        projection.forward,
        between.forward,
        rising.forward,
        falling.forward,
      ],
      backward: [
        ...falling.backward(slope, wide, up.before),
        ...rising.backward(wide, narrow),
        between.backward(narrow, true),
        ...projection.backward(slope, narrow),
        attentionGradient(attention, tuning, { qkv, ...attended, dy: narrow, dqkv: wide }),
        ...looking.backward(wide, narrow),
        before.backward(narrow, true),
      ],
    }
  }

  const blocks = Array.from({ length: model.blocks }, (_, number) => block(number))
  const last = norm('norm')
  const head = dense('head', width, vocabulary, last.y, { type: 'store', y: logits })
  return {
    kernels: [
      embedKernel(token, format, { tokens, x: stream }),
      ...blocks.flatMap(({ forward }) => forward),
      last.forward,
      head.forward,
      nextTokenKernel(token, { tokens, logits }),
      ...head.backward(logits, narrow),
      last.backward(narrow, false),
      ...blocks.reverse().flatMap(({ backward }) => backward),
      embedGradient(token, split, { tokens, dx: slope }),
      ...(training.clipNorm === 0
        ? []
        : [normKernel(gradients, training.proximal), scaleKernel(training.clipNorm)]),
      updateKernel(gradients, training),
    ],
    buffers,
    recordWords: windows + recordExtras,
    outputs: logits,
    losses: rows,
  }
}

/** Where each tensor begins in the parameters, in floats. */
function offsets(data: TextSpec, model: TransformerSpec): (name: string) => number {
  const starts = new Map<string, number>()
  let next = 0
  for (const { name, shape } of transformerTensors(data, model)) {
    starts.set(name, next)
    next += elements(shape)
  }
  return (name) => {
    const start = starts.get(name)
    if (start === undefined) throw new RangeError(`there is no tensor ${name}`)
    return start
  }
}

/** A batch has so many rows that few shares are enough to keep a GPU busy; an emulation needs none. */
function sharedGradients(size: number, windows: number, tuning: Tuning): GradientLayout {
  const examples = Math.ceil(windows / Math.max(1, Math.floor(tuning.shares / 8)))
  const shares = Math.ceil(windows / examples)
  if (shares === 1) return { size, shared: 0, split: { shares: 0, examples: 0, stride: 0 } }
  return { size, shared: size, split: { shares, examples, stride: Math.ceil(size / 4) * 4 } }
}

const rowShares = ({ split }: GradientLayout, windows: number, context: number): RowShares =>
  split.shares === 0
    ? { shares: 1, rows: windows * context, stride: 0 }
    : { shares: split.shares, rows: split.examples * context, stride: split.stride }
