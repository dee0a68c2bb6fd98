/** A text for people, in the two languages of the product. Vietnamese is written first. */
export interface Message {
  vi: string
  en: string
}

/**
 * The one shape in which every door, loader and checker of Nhịp says what is wrong and where.
 *
 * `code` is a stable English word that programs may compare; `value` is the offending text as it was read;
 * `line` and `column` count from 1; `path` is a JSON Pointer or a dotted path for structured input.
 */
export interface Problem {
  severity: 'error' | 'warning' | 'info'
  code: string
  file?: string
  line?: number
  column?: number
  path?: string
  value?: string
  message: Message
  hint?: Message
}
