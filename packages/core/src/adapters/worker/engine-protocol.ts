import type { Problem, Snapshot } from '../../node/snapshot.ts'
import type { DiscoveryStatus, Evaluation, Examples, PeerId } from '../../ports.ts'
import type { CompleteTask } from '../../task/task.ts'
import type { BackendName, ModelArtifacts, Which } from '../browser/session.ts'

/** What the engine needs to begin; sent once, with the transport's MessagePort. */
export interface EngineSettings {
  readonly task: CompleteTask
  readonly train: Examples
  readonly test: Examples | undefined
  readonly backend: BackendName | 'auto'
  readonly seed: number
  readonly self: PeerId
  readonly name: string
  readonly checkpoint: Uint8Array | undefined
  /** What trials of backends found earlier on this device, for this model. */
  readonly pastTrials: Uint8Array | undefined
  /** The most that may train. */
  readonly threads: number | undefined
  readonly wasmPaths: Readonly<Record<string, string>> | undefined
}

export type Command = 'start' | 'pause' | 'settle' | 'leave'

/** What a request asks for, and what its answer holds. */
export interface Requests {
  readonly command: { readonly request: { readonly command: Command }; readonly answer: null }
  readonly 'learning-rate': { readonly request: { readonly rate: number }; readonly answer: null }
  readonly evaluate: {
    readonly request: { readonly examples: Examples; readonly which: Which }
    readonly answer: Evaluation
  }
  readonly predict: {
    readonly request: { readonly inputs: Float32Array | Uint8Array; readonly which: Which }
    readonly answer: Float32Array
  }
  readonly export: { readonly request: { readonly which: Which }; readonly answer: ModelArtifacts }
  readonly checkpoint: { readonly request: object; readonly answer: Uint8Array | null }
}
export type RequestType = keyof Requests

export type ToEngine =
  | { readonly type: 'begin'; readonly settings: EngineSettings; readonly port: MessagePort }
  | { readonly type: 'signaling'; readonly status: DiscoveryStatus }
  | { readonly type: 'problem'; readonly problem: Problem }
  | {
      readonly [K in RequestType]: { readonly type: K; readonly id: number } & Requests[K]['request']
    }[RequestType]

export type FromEngine =
  /** `trials` are to be kept for the next time, where there are any. */
  | { readonly type: 'ready'; readonly snapshot: Snapshot; readonly trials: Uint8Array | undefined }
  | { readonly type: 'broken'; readonly problem: Problem }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'answer'; readonly id: number; readonly value: Requests[RequestType]['answer'] }
  | { readonly type: 'refusal'; readonly id: number; readonly message: string }
