import { goals } from '../codec/measure.ts'
import { rowFor } from '../codec/row.ts'
import { gigabytesPerSecond } from '../codec/take-turns.ts'
import type { Row } from '../learning/row.ts'
import type { Measured } from './measured.ts'

/** In the processor's own cache copying is faster than any arithmetic, so fewer parameters promise nothing. */
const leastPromised = 1e6

/** Time of a flat snapshot divided by that of reading the variables one after another. */
const mostOfOneByOne = 0.2

export function weightsRows(
  name: string,
  { parameters, processor, anywhere, device }: Measured,
): readonly Row[] {
  const row = rowFor('weights', name)
  const promised = parameters >= leastPromised ? goals : undefined
  const { copy, encode, encodeNew, decode, merge, decodeMerge } = processor
  const rate = (metric: string, ms: number): Row => row(metric, gigabytesPerSecond(parameters, ms), 'GB/s')
  return [
    row('snapshot-ms', device.snapshot, 'ms'),
    row('merge-ms', merge, 'ms'),
    row('merge-vs-memcpy', merge / copy, 'x', promised?.merge),
    row('encode-int8-vs-memcpy', encode / copy, 'x', promised?.encodeInt8),
    row('decode-merge-vs-memcpy', decodeMerge / copy, 'x', promised?.decodeMergeInt8),
    row('encode-int8-new-vs-memcpy', encodeNew / copy, 'x'),
    row('decode-int8-new-vs-memcpy', decode / copy, 'x'),
    row('merge-anywhere-vs-memcpy', anywhere.merge / anywhere.copy, 'x'),
    row('encode-int8-anywhere-vs-memcpy', anywhere.encode / anywhere.copy, 'x'),
    row('decode-merge-anywhere-vs-memcpy', anywhere.decodeMerge / anywhere.copy, 'x'),
    row('strategy-ms', anywhere.strategy, 'ms'),
    rate('copy-rate', copy),
    rate('snapshot-rate', device.snapshot),
    rate('write-back-rate', device.writeBack),
    rate('encode-int8-rate', encode),
    rate('decode-int8-new-rate', decode),
    rate('merge-rate', merge),
    rate('decode-merge-rate', decodeMerge),
    row('write-back-ms', device.writeBack, 'ms'),
    row('device-add-ms', device.add, 'ms'),
    row('device-approach-ms', device.approach, 'ms'),
    row('device-weigh-and-merge-ms', device.weighAndMerge, 'ms'),
    row('device-probes-ms', device.probes, 'ms'),
    ...(device.oneByOne === undefined
      ? []
      : [row('snapshot-vs-one-by-one', device.snapshot / device.oneByOne, 'x', mostOfOneByOne)]),
  ]
}
