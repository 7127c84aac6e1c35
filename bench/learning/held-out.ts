import type { Examples } from '@gossamer/core'

const heldOutCount = 10_000

/** The last 10,000 examples apart, for choices: the test set is looked at once, at the end. Views, not copies. */
export function heldOut<T extends Pick<Examples, 'shape'> & { inputs: Uint8Array; labels: Uint8Array }>({
  inputs,
  labels,
  shape,
}: T) {
  const kept = labels.length - heldOutCount
  const width = inputs.length / labels.length
  return {
    train: { inputs: inputs.subarray(0, kept * width), labels: labels.subarray(0, kept), shape },
    test: { inputs: inputs.subarray(kept * width), labels: labels.subarray(kept), shape },
  }
}
