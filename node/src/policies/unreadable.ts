import type { Problem } from '@nhip/canonical/problem'

/** A file or folder that cannot be read, or is not what was asked for; the problem names it. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly problem: Problem

  constructor(code: string, file: string, message: Problem['message'], cause?: unknown) {
    super(message.en, { cause })
    this.problem = { severity: 'error', code, file, message }
  }
}
