import type { Message } from '@nhip/canonical/problem'

/** What the program leaves behind for whoever started it (ARCHITECTURE §7; 3–6 belong to the verbs of a data folder). */
export const exitCodes = {
  done: 0,
  no: 1,
  unusable: 2,
  folderInUse: 3,
  migration: 4,
  damaged: 5,
  portInUse: 6,
  fault: 70,
} as const

/** A reason to end the program that is no fault of ours, with its exit code and a message for a person. */
export class Stop extends Error {
  readonly exitCode: number
  readonly text: Message

  constructor(exitCode: number, text: Message, cause?: unknown) {
    super(text.en, { cause })
    this.exitCode = exitCode
    this.text = text
  }
}
