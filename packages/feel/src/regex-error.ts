/** What makes a regular expression unusable: its syntax, its flags or its size. */
export class PatternError extends Error {
  /** True when it is too large or too slow rather than wrong. */
  readonly limit: boolean

  constructor(message: string, limit = false) {
    super(message)
    this.limit = limit
  }
}
