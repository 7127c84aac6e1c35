import type { Snapshot } from '../../node/snapshot.ts'
import type { Evaluation, Examples, Store } from '../../ports.ts'
import type { Task } from '../../task/task.ts'

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu'

export interface Data {
  readonly train: Examples
  /** Measures the models; never trained on. Without it accuracy stays unknown. */
  readonly test?: Examples
}

export interface JoinOptions {
  /** A task, or a join link. */
  readonly task: Task | string
  /**
   * Examples that never leave the device, or a function that gives them once the room has dealt this peer a
   * seat (0 for the first in the room; the lowest that is free), for rooms that deal out their data.
   */
  readonly data: Data | ((seat: number) => Data | Promise<Data>)
  readonly engine: () => Worker
  /** ws:// or wss:// addresses of signaling servers; false: alone, or tabs of one origin only. */
  readonly signaling: string | readonly string[] | false
  /** What signaling servers that ask for a token want to hear. */
  readonly joinToken?: string | undefined
  readonly backend?: BackendName | 'auto' | undefined
  /**
   * How many threads may train together on wasm, where that is faster, on a cross-origin isolated page; left out, half of the
   * device's, at most 4. 1: no more than the worker itself.
   */
  readonly threads?: number | undefined
  readonly iceServers?: readonly RTCIceServer[] | undefined
  /** Any string of up to 128 characters; left out, a link's key or a fresh random one is used. */
  readonly roomKey?: string | undefined
  /** Shown to neighbours. */
  readonly name?: string | undefined
  /** Seeds batches and gossip choices of this peer; left out, random. */
  readonly seed?: number | undefined
  /** Where the .wasm files of the wasm backend are served, by file name; left out, the bundler's own places. */
  readonly wasmPaths?: Readonly<Record<string, string>> | undefined
  /** Keeps checkpoints; left out, IndexedDB where there is one. */
  readonly store?: Store | undefined
}

/** Keras-style artifacts: `tf.loadLayersModel(tf.io.fromMemory(artifacts))` takes them. */
export interface ModelArtifacts {
  readonly modelTopology: object
  readonly weightSpecs: { name: string; shape: number[]; dtype: 'float32' }[]
  readonly weightData: ArrayBuffer
  readonly format: 'layers-model'
  readonly generatedBy: string
}

export type Which = 'own' | 'served'

export interface Session {
  /** What to share; the room's key is in the URL fragment. */
  readonly link: string
  getSnapshot(): Snapshot
  subscribe(listener: () => void): () => void
  start(): void
  pause(): void
  /** The final merge: stop training, gossip until neighbours agree, keep the average. */
  settle(): Promise<void>
  leave(): Promise<void>
  /**
   * Trains at another rate on this device, until the page is left: a way on where the task's own made the loss
   * infinite. The room and its link stay as they are. Rejects for rates that are not above 0.
   */
  setLearningRate(rate: number): Promise<void>
  evaluate(examples: Examples, which?: Which): Promise<Evaluation>
  predict(inputs: Float32Array | Uint8Array, which?: Which): Promise<Float32Array>
  exportModel(which?: Which): Promise<ModelArtifacts>
}
