/** Why a room could not be joined; the message is a sentence for the person at the screen. */
export class JoinError extends Error {
  override readonly name = 'JoinError'
  readonly code: 'bad-link' | 'bad-task' | 'bad-data' | 'no-backend' | 'worker-failed'

  constructor(code: JoinError['code'], message: string) {
    super(message)
    this.code = code
  }
}
