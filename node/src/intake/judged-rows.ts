import type { NewObservation } from '../observations/observations.ts'
import type { Verdict } from './admit.ts'

/** Values that are held in memory between judging a file and storing it. */
const mostHeld = 400_000
/** What the rows of an entity may have in common before every further one is held whole. */
const mostForms = 16

/** Rows, each as one that is like it but for what is said here. */
interface Held {
  verdict: Omit<Verdict, 'rows'>
  like: NewObservation[]
  times: Float64Array
  values: Float64Array
}

/**
 * What the rows of a file have come to, held so that they need not be read and judged a second time. Rows that differ in
 * their time and value alone share the rest: so one takes some 25 bytes, not 200.
 */
export class JudgedRows {
  #held: Held[] = []
  #rows = 0
  readonly #forms = new Map<string, NewObservation[]>()
  readonly #most: number

  /** @param most rows that are held */
  constructor(most = mostHeld) {
    this.#most = most
  }

  /** False once there were too many: then nothing is held. */
  get complete(): boolean {
    return this.#rows <= this.#most
  }

  get portions(): number {
    return this.#held.length
  }

  add({ rows, ...verdict }: Verdict): void {
    this.#rows += rows.length
    if (!this.complete) {
      this.#held = []
      this.#forms.clear()
      return
    }
    const times = new Float64Array(rows.length)
    const values = new Float64Array(rows.length)
    const like = rows.map((row, i) => {
      times[i] = row.from
      values[i] = row.value ?? 0
      return this.#formOf(row)
    })
    this.#held.push({ verdict, like, times, values })
  }

  /** Hands over what is held, in order, and lets go of it. */
  *take(): Generator<Verdict> {
    this.#held.reverse()
    for (let next = this.#held.pop(); next !== undefined; next = this.#held.pop()) {
      const { verdict, like, times, values } = next
      const rows = like.map((form, i) => ({
        ...form,
        from: times[i]!,
        value: form.value === null ? null : values[i]!,
      }))
      yield { ...verdict, rows }
    }
  }

  #formOf(row: NewObservation): NewObservation {
    let forms = this.#forms.get(row.entity)
    if (forms === undefined) {
      forms = []
      this.#forms.set(row.entity, forms)
    }
    // What has an end lasts as long as its start says: another time is another form.
    if (row.to !== null || forms.length === mostForms) return row
    for (const form of forms) if (isLike(form, row)) return form
    forms.push(row)
    return row
  }
}

/** Whether two rows of one import, both of an instant, differ at most in `from` and `value`. */
function isLike(a: NewObservation, b: NewObservation): boolean {
  return (
    a.property === b.property &&
    a.entity === b.entity &&
    a.breakdown === b.breakdown &&
    (a.value === null) === (b.value === null) &&
    a.uom === b.uom &&
    a.status === b.status &&
    a.quality === b.quality &&
    a.exact === b.exact &&
    a.num === b.num &&
    a.den === b.den &&
    a.text === b.text &&
    a.publishedAt === b.publishedAt
  )
}
