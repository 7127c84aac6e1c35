import { modelLayout } from '@gossamer/core'
import { residentTimes, timesAnywhere } from '../codec/measure.ts'
import { cases } from './cases.ts'
import { deviceTimes } from './device.ts'

/** Ticks of the page's clock are 5 microseconds. */
const leastMs = 0.1

/** Fewer than so many variables say nothing about reading many. */
const leastVariables = 40

window.measureWeights = async (name) => {
  if (!crossOriginIsolated) throw new Error('the clock is too coarse')
  const found = cases.find((one) => one.name === name)
  if (found === undefined) throw new RangeError(`there is no case ${name}`)
  const { size, tensors } = modelLayout(found.task)
  const rounds = { warmUps: 30, rounds: Math.max(15, Math.min(301, Math.ceil(2e8 / size))), leastMs }
  return {
    parameters: size,
    variables: tensors.length,
    processor: residentTimes(size, rounds),
    anywhere: timesAnywhere(size, rounds),
    device: await deviceTimes(found, Math.max(7, Math.min(21, Math.ceil(2e7 / size))), leastVariables),
  }
}
