import type { Message } from '@nhip/canonical/problem'

/** What a verb may touch of the outside. */
export interface Io {
  stdout: NodeJS.WritableStream
  stderr: NodeJS.WritableStream
  stdin: NodeJS.ReadableStream
  lang: 'vi' | 'en'
  /** `--json`: answers for programs on stdout. */
  json: boolean
}

/** One file of `verbs/`: its name is the verb's. */
export interface Verb {
  summary: Message
  /** Usage, options and exit codes, as `--help` prints them; a function where making it reads much of the program. */
  help: Message | (() => Promise<Message>)
  /** @returns the exit code */
  run(args: string[], io: Io): Promise<number>
}

/** The command was called in a way it cannot be: exit 2. */
export class UsageError extends Error {
  readonly text: Message

  constructor(text: Message) {
    super(text.en)
    this.text = text
  }
}
