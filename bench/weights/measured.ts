/** Medians, in milliseconds. */
export interface ProcessorTimes {
  readonly copy: number
  readonly encode: number
  /** Into new memory. */
  readonly encodeNew: number
  readonly decode: number
  readonly merge: number
  readonly decodeMerge: number
}

export interface DeviceTimes {
  readonly adapter: string
  /** A copy of all parameters on the host. */
  readonly snapshot: number
  /** All variables one after another, as tfjs reads them; undefined where the case has few. */
  readonly oneByOne?: number
  /** Parameters from the host to the device. */
  readonly writeBack: number
  /** A difference from the host is added on the device. */
  readonly add: number
  /** Half the way to int8 bytes is made on the device. */
  readonly approach: number
  /** Bytes of int8 go to the device, which decodes them, weighs the move on the probe, and makes it. */
  readonly weighAndMerge: number
  /** The two probes of that alone. */
  readonly probes: number
}

export interface Measured {
  readonly parameters: number
  readonly variables: number
  readonly processor: ProcessorTimes
  /** The same where vectors do not live with the codecs. */
  readonly anywhere: Pick<ProcessorTimes, 'copy' | 'encode' | 'merge' | 'decodeMerge'> & {
    /** The arithmetic of the default strategy on a model that arrived, without the check of the loss. */
    readonly strategy: number
  }
  readonly device: DeviceTimes
}

declare global {
  interface Window {
    /** Measures a case by its name; rejects where something went wrong. */
    measureWeights?: (name: string) => Promise<Measured>
  }
}
