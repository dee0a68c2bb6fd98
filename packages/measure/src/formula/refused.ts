import type { Message } from '@nhip/canonical/problem'
import type { Span } from '@nhip/feel/ast'

/** Why an expression is refused; ends the reading of the smallest expression around it. */
export class Refused extends Error {
  readonly code: string
  readonly span: Span
  readonly say: Message

  constructor(code: string, span: Span, say: Message) {
    super(say.en)
    this.code = code
    this.span = span
    this.say = say
  }
}
