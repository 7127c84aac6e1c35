import { DeviceError } from './device-error.ts'

/** A buffer that a model needs in one piece. */
export interface Piece {
  readonly name: string
  readonly bytes: number
}

/** What wasm can address as tfjs is built. */
const wasmBytes = 2 ** 31
/** Parameters, their gradients, two moments and the parameters after the step, as tfjs holds them during one. */
const wasmCopies = 5

export const megabytes = (bytes: number): string => {
  const value = bytes / 2 ** 20
  return value < 100 ? value.toPrecision(3) : Math.round(value).toLocaleString('en-US')
}

const millions = (count: number): string => `${(count / 1e6).toPrecision(2)} million`

/**
 * Throws DeviceError, before anything is allocated, for a model whose pieces do not fit on a GPU: with how large it
 * is, and what fits.
 */
export function requireRoomOnGpu(
  { maxStorageBufferBindingSize, maxBufferSize }: GPUSupportedLimits,
  parameters: number,
  pieces: readonly Piece[],
): void {
  const most = Math.min(maxStorageBufferBindingSize, maxBufferSize)
  const largest = pieces.reduce((a, b) => (b.bytes > a.bytes ? b : a), {
    name: 'params',
    bytes: 4 * parameters,
  })
  if (largest.bytes <= most) return
  throw new DeviceError(
    'webgpu',
    'too-large',
    `this model has ${millions(parameters)} parameters and needs ${megabytes(sum(pieces))} MB here, ` +
      `${megabytes(largest.bytes)} MB of it in one piece (${largest.name}); one piece may have ${megabytes(most)} MB, ` +
      `so about ${millions((parameters * most) / largest.bytes)} parameters of this kind fit`,
  )
}

/** The same for WebAssembly, by an estimate. */
export function requireRoomOnWasm(parameters: number): void {
  const bytes = 4 * wasmCopies * parameters
  if (bytes <= wasmBytes) return
  throw new DeviceError(
    'wasm',
    'too-large',
    `this model has ${millions(parameters)} parameters and needs about ${megabytes(bytes)} MB; WebAssembly holds ` +
      `${megabytes(wasmBytes)} MB, about ${millions(wasmBytes / 4 / wasmCopies)} parameters`,
  )
}

export const sum = (pieces: readonly Piece[]): number => pieces.reduce((total, { bytes }) => total + bytes, 0)
