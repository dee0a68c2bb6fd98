import type { EntrySpan } from './bundle.ts'
import type { Finding } from './verify.ts'

/** That a head of `size` entries existed at `time`, by the word of an authority, in milliseconds since 1970. */
export interface StampedSize {
  size: number
  time: number
}

/** What a scan of some bundles found, to be joined to that of the bundles before. */
export interface ClaimPart {
  findings: Finding[]
  /** The first envelope: its place and number; and the number of the last. Absent where there is no envelope. */
  numbers?: { index: number; first: number; last: number }
}

/** How far a node's clock may be from an authority's before an entry's time is called wrong. */
const LEEWAY_MS = 5 * 60_000

/**
 * Follows what envelopes claim of themselves while a log is verified: the number of their audit row, which has no gap,
 * and their time, which must lie between the stamp before them and the one after. It looks for the two members in the
 * canonical text instead of parsing it: there a quotation mark inside a string is always escaped, so `"outbox":` can
 * only be the member. Entries that are no envelopes are passed over.
 */
export class ClaimScan {
  readonly findings: Finding[] = []
  readonly #stamps: readonly StampedSize[]
  readonly #limit: number
  #outbox: number | undefined
  #first: { index: number; outbox: number } | undefined
  #next = 0

  /** @param stamps verified ones; without any only the numbers are followed */
  constructor(stamps: readonly StampedSize[] = [], limit = 100) {
    this.#stamps = [...stamps].sort((a, b) => a.size - b.size)
    this.#limit = limit
  }

  /** Takes the next bundle; give it to `verifyLedger` as `onBundle`. */
  readonly onBundle = (first: number, bytes: Uint8Array, entries: readonly EntrySpan[]): void => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const outbox = finder(text, '"outbox":')
    const time = this.#stamps.length > 0 ? finder(text, '"time":"') : undefined
    for (const [i, span] of entries.entries()) {
      const at = outbox(span)
      if (at === undefined) continue
      this.#number(first + i, numberAt(text, at))
      const when = time?.(span)
      if (when !== undefined) this.#time(first + i, text.toString('latin1', when, text.indexOf(QUOTE, when)))
    }
  }

  /** What this scan found so far, for {@link join}. */
  part(): ClaimPart {
    const { findings } = this
    if (!this.#first || this.#outbox === undefined) return { findings }
    return {
      findings,
      numbers: { index: this.#first.index, first: this.#first.outbox, last: this.#outbox },
    }
  }

  /** Takes what another scan found in the bundles that follow. */
  join({ findings, numbers }: ClaimPart): void {
    if (numbers) {
      this.#number(numbers.index, numbers.first)
      this.#outbox = numbers.last
    }
    for (const finding of findings) this.#find(finding)
  }

  #number(index: number, outbox: number): void {
    this.#first ??= { index, outbox }
    if (this.#outbox !== undefined && outbox !== this.#outbox + 1)
      this.#find({
        kind: 'missing',
        severity: 'error',
        index,
        expected: `outbox ${this.#outbox + 1}`,
        actual: `outbox ${outbox}`,
      })
    this.#outbox = outbox
  }

  #time(index: number, claimed: string): void {
    while ((this.#stamps[this.#next]?.size ?? Number.POSITIVE_INFINITY) <= index) this.#next++
    const before = this.#stamps[this.#next - 1]
    const after = this.#stamps[this.#next]
    const time = Date.parse(claimed)
    const early = before !== undefined && time < before.time - LEEWAY_MS
    const late = after !== undefined && time > after.time + LEEWAY_MS
    if (!early && !late && !Number.isNaN(time)) return
    const wanted = [before && `from ${iso(before.time)}`, after && `to ${iso(after.time)}`]
    this.#find({
      kind: 'backdated',
      severity: 'warning',
      index,
      expected: wanted.filter(Boolean).join(' '),
      actual: claimed,
    })
  }

  #find(finding: Finding): void {
    if (this.findings.length < this.#limit) this.findings.push(finding)
  }
}

const QUOTE = 0x22

/** Finds a member in one entry after another; what lies behind an entry is remembered for the ones that follow. */
function finder(text: Buffer, member: string): (span: EntrySpan) => number | undefined {
  let found = -1
  return ({ start, end }) => {
    if (found < start) {
      found = text.indexOf(member, start, 'latin1')
      if (found < 0) found = Number.POSITIVE_INFINITY
    }
    return found < end ? found + member.length : undefined
  }
}

function numberAt(text: Buffer, at: number): number {
  let n = 0
  for (let i = at; ; i++) {
    const digit = (text[i] as number) - 0x30
    if (!(digit >= 0 && digit <= 9)) return n
    n = n * 10 + digit
  }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
