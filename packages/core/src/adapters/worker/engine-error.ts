import type { ProblemCode } from '../../node/snapshot.ts'

/** Why an engine could not begin; the message is a sentence for the person at the screen. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: ProblemCode

  constructor(code: ProblemCode, message: string) {
    super(message)
    this.code = code
  }
}
