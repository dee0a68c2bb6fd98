import type { BundleModel } from '../bundle/model.ts'
import type { EqualTreatment } from './result.ts'
import type { Runner } from './runner.ts'
import type { LawName } from './task.ts'
import { witnessOf } from './witness.ts'

/** Rows that are compared; more would need a table too large for one thread. */
const MOST = 2_000_000

/**
 * Who is alike in everything the law declares relevant and yet treated differently. Groups by the relevant columns of the output's
 * own level (a person's household included), over at most two million rows.
 */
export function equalTreatment(
  runner: Runner,
  model: BundleModel,
  law: LawName,
  outputs: readonly string[],
): EqualTreatment[] {
  const { setup } = runner
  const relevant = model.outcomes.relevant.filter((name) => setup.population.columns[name])
  if (relevant.length === 0) return []
  const findings: EqualTreatment[] = []
  for (const output of outputs) {
    const person = model.variables.get(output)?.entity === model.person.key
    // A household has no one value of what each of its members has.
    if (!person && relevant.some((name) => runner.entities.get(name) === 'person')) continue
    const seen = new Map<
      string,
      { value: number; row: number; household: number; split: boolean; rows: number }
    >()
    const evaluator = runner.evaluator(law, [output])
    let example: [number, number, number, number] | null = null
    let rows = 0
    for (const { chunk, from } of runner.chunks(0, setup.population.households)) {
      if (rows > MOST) break
      const column = evaluator.run(chunk)[output]
      if (column === undefined) continue
      for (let h = 0; h < chunk.households; h++) {
        const first = person ? (chunk.first[h] as number) : h
        const last = person ? (chunk.first[h + 1] as number) : h + 1
        for (let r = first; r < last; r++) {
          rows++
          let key = ''
          for (const name of relevant) {
            const { data, valid } = chunk.columns[name] as { data: ArrayLike<number>; valid?: Uint8Array }
            const at = runner.entities.get(name) === 'person' ? r : h
            key += `${valid?.[at] === 0 ? '' : data[at]} `
          }
          const value = column.valid?.[r] === 0 ? Number.NaN : (column.data[r] as number)
          const member = person ? r - (chunk.first[h] as number) : 0
          const group = seen.get(key)
          if (group === undefined) {
            seen.set(key, { value, row: member, household: from + h, split: false, rows: 1 })
            continue
          }
          group.rows++
          if (!group.split && !Object.is(value, group.value)) {
            group.split = true
            example ??= [group.household, group.row, from + h, member]
          }
        }
      }
    }
    const split = [...seen.values()].filter((group) => group.split)
    findings.push({
      relevant,
      output,
      groups: split.length,
      persons: split.reduce((n, group) => n + group.rows, 0),
      example:
        example === null
          ? null
          : [
              witnessOf(setup.population, model, example[0], example[1]),
              witnessOf(setup.population, model, example[2], example[3]),
            ],
    })
  }
  return findings
}
