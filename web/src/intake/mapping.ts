import type { ColumnMapping, ImportItem, Mapping } from '@nhip/node/intake/contract'

export type Role = ColumnMapping['role']

/** The mapping in force: what was saved, else what the node guessed. */
export function mappingOf(item: ImportItem): Mapping {
  return (
    item.mapping ?? {
      ...(item.dataset ? { dataset: item.dataset } : {}),
      columns: item.detected.columns.map((column) => column.guess),
    }
  )
}

/** The mapping with one column read another way. What belongs only to the former role is dropped. */
export function withColumn(mapping: Mapping, column: string, change: Partial<ColumnMapping>): Mapping {
  return {
    ...mapping,
    columns: mapping.columns.map((now) => (now.column === column ? cleaned({ ...now, ...change }) : now)),
  }
}

/** What holds for the whole file alone: the node then guesses what the columns mean. */
export function withoutColumns({ dataset, sheet, zone }: Mapping): Mapping {
  return dropEmpty({ dataset, sheet, zone, columns: [] })
}

/** The mapping with something said for the whole file; an empty text unsays it. */
export function withWhole(mapping: Mapping, change: Partial<Omit<Mapping, 'columns'>>): Mapping {
  return dropEmpty({ ...mapping, ...change })
}

const numeric: readonly Role[] = ['value', 'num', 'den']
const timed: readonly Role[] = ['time', 'time-end', 'published']

/** Which settings a role has beside it. */
export function settingsOf(role: Role): { property: boolean; number: boolean; date: boolean } {
  return { property: role === 'value', number: numeric.includes(role), date: timed.includes(role) }
}

function cleaned(column: ColumnMapping): ColumnMapping {
  const { property, breakdown, period, uom, factor, decimal, date, okValue, ...own } = column
  const has = settingsOf(column.role)
  return dropEmpty({
    ...own,
    ...(has.property || numeric.includes(column.role) ? { property, breakdown, period } : {}),
    ...(has.number ? { uom, factor, decimal } : {}),
    ...(has.date ? { date } : {}),
    ...(column.role === 'quality-flag' ? { okValue, property } : {}),
  })
}

function dropEmpty<T extends object>(record: T): T {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== ''),
  ) as T
}
