import type { Kernels } from './kernels.ts'
import type { PlainModel } from './plain-model.ts'
import { writeBias } from './sparse.ts'

/**
 * Room for one example on its way through the model and back, in the kernels' scratch memory: byte addresses.
 * Valid until someone else asks for scratch memory, that is, within one operation of a trainer.
 */
export interface Workspace {
  /** Room for an example that lies nowhere else, sparse, and the bias behind it. */
  readonly entries: number
  /** Sums of the hidden layer, and the loss's slope by them. */
  readonly hidden: number
  /** What is positive in the hidden layer, sparse, with room for the bias. */
  readonly active: number
  /** Sums of the output layer; the trainer puts the loss's slope by them there. */
  readonly logits: number
  /** As much room as the parameters take, for a gradient or for parameters to try. */
  readonly params: number
}

export function workspace(kernels: Kernels, model: PlainModel): Workspace {
  const { hidden: layer, output } = model
  const inputs = layer?.inputs ?? output.inputs
  const entriesBytes = 16 * Math.ceil((inputs + 1) / 2)
  const activeBytes = layer === undefined ? 0 : 16 * Math.ceil((layer.units + 1) / 2)
  const hiddenBytes = layer?.rowBytes ?? 0
  const total = entriesBytes + hiddenBytes + activeBytes + output.rowBytes + model.bytes
  const entries = kernels.scratch(total)
  const hidden = entries + entriesBytes
  const active = hidden + hiddenBytes
  const logits = active + activeBytes
  return { entries, hidden, active, logits, params: logits + output.rowBytes }
}

/**
 * Computes the logits of the example whose `count` entries, and the bias behind them, are at `entries`, with the parameters
 * at `params`. How many hidden units were active comes back, for `backward`.
 */
export function forward(
  kernels: Kernels,
  model: PlainModel,
  space: Workspace,
  params: number,
  entries: number,
  count: number,
): number {
  const { run } = kernels
  const { hidden, output } = model
  if (hidden === undefined) {
    run.sumRows(space.logits, params + output.offsetBytes, entries, count + 1, output.rowBytes)
    return 0
  }
  run.sumRows(space.hidden, params + hidden.offsetBytes, entries, count + 1, hidden.rowBytes)
  const active = run.rectify(space.active, space.hidden, hidden.units)
  writeBias(kernels, space.active / 4 + 2 * active, hidden.units)
  run.sumRows(space.logits, params + output.offsetBytes, space.active, active + 1, output.rowBytes)
  return active
}

/** Adds to the gradient, after `forward` and with the slope by each logit in the place of the logits. */
export function backward(
  kernels: Kernels,
  model: PlainModel,
  space: Workspace,
  params: number,
  gradient: number,
  entries: number,
  count: number,
  active: number,
): void {
  const { run, floats } = kernels
  const { hidden, output } = model
  const outputGradient = gradient + output.offsetBytes
  if (hidden === undefined) {
    run.addRows(outputGradient, entries, count + 1, space.logits, output.rowBytes)
    return
  }
  run.addRows(outputGradient, space.active, active + 1, space.logits, output.rowBytes)
  floats.fill(0, space.hidden / 4, (space.hidden + hidden.rowBytes) / 4)
  run.dotRows(space.hidden, params + output.offsetBytes, space.active, active, space.logits, output.rowBytes)
  run.addRows(gradient + hidden.offsetBytes, entries, count + 1, space.hidden, hidden.rowBytes)
}
