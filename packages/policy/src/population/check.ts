import type { Message, Problem } from '@nhip/canonical/problem'
import type { ColumnData, PopulationColumn, PopulationManifest } from './population.ts'

/** Rows as they were read, before they are known to be in order. */
export interface RawPopulation {
  readonly manifest: PopulationManifest
  readonly householdIds: Float64Array
  /** The household id of each person. */
  readonly personHouseholds: Float64Array
  readonly columns: Readonly<Record<string, ColumnData>>
  /** Files whose bytes are not those that the manifest names. */
  readonly changed?: readonly string[]
}

/** How many ids a problem names. */
const NAMED = 10

/** Rules about roles: how often each may occur in a household. */
export interface RoleLimit {
  readonly role: string
  readonly max: number
}

/**
 * Everything wrong with a population: order, membership, roles, declared ranges, nulls. Each problem names the first ten household
 * ids and says how many there are.
 */
export function checkPopulation(
  raw: RawPopulation,
  limits: readonly RoleLimit[] = [{ role: 'head', max: 1 }],
): Problem[] {
  const problems: Problem[] = []
  const report = (code: string, path: string, ids: Ids, message: (n: number) => Message): void => {
    if (ids.count === 0) return
    problems.push({
      severity: 'error',
      code: `population.${code}`,
      path,
      value: ids.text(),
      message: message(ids.count),
    })
  }
  const { manifest, householdIds: ids, personHouseholds: of, columns } = raw
  for (const file of raw.changed ?? []) {
    problems.push({
      severity: 'error',
      code: 'population.file-changed',
      file,
      message: {
        vi: `nội dung tệp "${file}" khác với dấu băm ghi trong population.json`,
        en: `the file "${file}" is not the one whose hash stands in population.json`,
      },
    })
  }
  for (const [entity, rows, declared] of [
    ['households', ids.length, manifest.households],
    ['persons', of.length, manifest.persons],
  ] as const) {
    if (rows === declared) continue
    problems.push({
      severity: 'error',
      code: 'population.count',
      path: entity,
      value: String(rows),
      message: {
        vi: `population.json ghi ${declared} dòng ${entity}, tệp có ${rows}`,
        en: `population.json says ${declared} rows of ${entity}, the file has ${rows}`,
      },
    })
  }

  const unsorted = new Ids()
  const known = new Set<number>()
  let sorted = true
  for (let h = 0; h < ids.length; h++) {
    const id = ids[h] as number
    if (h > 0 && id <= (ids[h - 1] as number)) {
      unsorted.add(id)
      sorted = false
    }
  }
  if (!sorted) for (const id of ids) known.add(id)
  report('unsorted', 'households', unsorted, (n) => ({
    vi: `${n} hộ không theo thứ tự tăng của household_id hoặc bị lặp`,
    en: `${n} households are not in rising order of household_id, or repeated`,
  }))

  const orphans = new Ids()
  const strayed = new Ids()
  const lines = limits.map((limit) => ({ limit, ids: new Ids() }))
  const misplaced = new Ids()
  const role = columns.role?.data
  const position = columns.position?.data
  const roles = manifest.columns.find(({ name }) => name === 'role')?.enum ?? []
  const codes = limits.map((limit) => roles.indexOf(limit.role))
  const seen = sorted ? new Uint8Array(ids.length) : null
  const present = new Set<number>()
  let h = -1
  let counts = limits.map(() => 0)
  for (let p = 0; p < of.length; p++) {
    const id = of[p] as number
    const fresh = p === 0 || id !== of[p - 1]
    if (fresh) {
      if (p > 0 && id < (of[p - 1] as number)) strayed.add(id)
      counts = limits.map(() => 0)
      if (sorted) {
        while (h + 1 < ids.length && (ids[h + 1] as number) <= id) h++
        if (h >= 0 && ids[h] === id && seen) seen[h] = 1
        else if (!(h >= 0 && ids[h] === id)) {
          // Persons out of order are looked for from the beginning.
          const at = p > 0 && id < (of[p - 1] as number) ? find(ids, id) : -1
          if (at >= 0 && seen) seen[at] = 1
          else orphans.add(id)
        }
      } else {
        present.add(id)
        if (!known.has(id)) orphans.add(id)
      }
    } else if (role && position) {
      const [a, b] = [role[p - 1] as number, role[p] as number]
      if (b < a || (b === a && (position[p] as number) <= (position[p - 1] as number))) misplaced.add(id)
    }
    if (role) {
      for (const [i, code] of codes.entries()) {
        if (role[p] !== code) continue
        counts[i] = (counts[i] as number) + 1
        const { limit, ids: over } = lines[i] as (typeof lines)[number]
        if (counts[i] === limit.max + 1) over.add(id)
      }
    }
  }
  report('unsorted', 'persons', strayed, (n) => ({
    vi: `người của ${n} hộ không theo thứ tự tăng của household_id`,
    en: `the persons of ${n} households are not in rising order of household_id`,
  }))
  report('member-order', 'persons', misplaced, (n) => ({
    vi: `${n} người không theo thứ tự vai trò rồi vị trí trong hộ`,
    en: `${n} persons are not in the order of role and position within their household`,
  }))
  report('orphan', 'persons', orphans, (n) => ({
    vi: `${n} mã hộ của người không có trong bảng hộ`,
    en: `${n} household ids of persons are not among the households`,
  }))
  const empty = new Ids()
  for (let i = 0; i < ids.length; i++)
    if (seen ? seen[i] === 0 : !present.has(ids[i] as number)) empty.add(ids[i] as number)
  report('empty-household', 'households', empty, (n) => ({
    vi: `${n} hộ không có ai`,
    en: `${n} households have nobody`,
  }))
  for (const { limit, ids: over } of lines) {
    report('role-count', `persons.role.${limit.role}`, over, (n) => ({
      vi: `${n} hộ có hơn ${limit.max} người vai trò "${limit.role}"`,
      en: `${n} households have more than ${limit.max} with the role "${limit.role}"`,
    }))
  }
  for (const column of manifest.columns) {
    const cells = columns[column.name]
    const path = `${column.entity}s.${column.name}`
    if (cells === undefined) {
      problems.push({
        severity: 'error',
        code: 'population.column-missing',
        path,
        message: { vi: `tệp không có cột "${column.name}"`, en: `the file has no column "${column.name}"` },
      })
      continue
    }
    checkColumn(column, cells, column.entity === 'person' ? of : ids, (code, bad, message) =>
      report(code, path, bad, message),
    )
  }
  return problems
}

function checkColumn(
  column: PopulationColumn,
  { data, valid }: ColumnData,
  owner: Float64Array,
  report: (code: string, ids: Ids, message: (n: number) => Message) => void,
): void {
  const nulls = new Ids()
  const outside = new Ids()
  const unit = 10 ** (column.scale ?? 0)
  const [low, high] = column.enum
    ? [0, column.enum.length - 1]
    : [(column.min ?? Number.NEGATIVE_INFINITY) * unit, (column.max ?? Number.POSITIVE_INFINITY) * unit]
  for (let i = 0; i < data.length; i++) {
    if (valid && valid[i] === 0) {
      if (!column.nullable) nulls.add(owner[i] as number)
      continue
    }
    const value = data[i] as number
    if (!(value >= low && value <= high) || (column.type === 'number' && !Number.isInteger(value)))
      outside.add(owner[i] as number)
  }
  report('null', nulls, (n) => ({
    vi: `cột "${column.name}" không được trống nhưng có ${n} ô trống`,
    en: `column "${column.name}" may not be null, ${n} cells are`,
  }))
  const range = column.enum ? column.enum.join(', ') : `${column.min ?? '−∞'} … ${column.max ?? '∞'}`
  report('out-of-range', outside, (n) => ({
    vi: `cột "${column.name}" có ${n} giá trị ngoài ${range} hoặc quá nhiều chữ số thập phân`,
    en: `column "${column.name}" has ${n} values outside ${range}, or with too many decimals`,
  }))
}

/** The first ids of a fault and how often it occurs. */
class Ids {
  readonly first: number[] = []
  count = 0

  add(id: number): void {
    this.count++
    if (this.first.length < NAMED) this.first.push(id)
  }

  text(): string {
    return this.first.join(', ') + (this.count > this.first.length ? ', …' : '')
  }
}

function find(ids: Float64Array, id: number): number {
  let low = 0
  let high = ids.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const there = ids[middle] as number
    if (there === id) return middle
    if (there < id) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Compressed rows from the household ids of sorted persons. */
export function rowsOf(ids: Float64Array, of: Float64Array): Int32Array {
  const first = new Int32Array(ids.length + 1)
  let p = 0
  for (let h = 0; h < ids.length; h++) {
    first[h] = p
    while (p < of.length && of[p] === ids[h]) p++
  }
  first[ids.length] = p
  return first
}
