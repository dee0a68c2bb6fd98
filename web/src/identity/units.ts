import type { UnitItem } from '@nhip/node/identity/contract'
import { useQuery } from '@tanstack/react-query'
import { read, readAll } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'

/** One unit with what it came from and what became of it. */
export interface UnitHistory extends UnitItem {
  predecessors: Succession[]
  successors: Succession[]
  parents: Placement[]
  /** Legal acts by which it began and ended. */
  act: string | null
  closedBy: string | null
}

/** What a unit lies in for a while. */
export interface Placement {
  unit: string
  name: string
  from: string
  to: string | null
  act: string | null
}

/** An edge between two units: what happened, on which day, and which part went along where that is known. */
export interface Succession {
  unit: string
  name: string
  kind: string
  on: string
  share: string | null
  act: string | null
}

const long = { staleTime: 600_000 }

/** Units directly under another on a day; without one, the nation. */
export function useUnitsUnder(parent: string | null, day: string) {
  return useQuery({
    ...long,
    queryKey: ['units', 'under', parent, day],
    queryFn: () => readAll<UnitItem>('/api/units', parent ? { parent, as_of: day } : rootOn(day)),
  })
}

const rootOn = (day: string) => ({ level: 'nation', as_of: day })

/** Units whose name or code matches on a day. */
export function useUnitsLike(q: string, day: string) {
  return useQuery({
    ...long,
    queryKey: ['units', 'like', q, day],
    enabled: q !== '',
    queryFn: () => readAll<UnitItem>('/api/units', { q, as_of: day }, 500),
  })
}

/** One unit; by its id it is the same one whatever the day. */
export function useUnit(id: string | null) {
  return useQuery({
    ...long,
    queryKey: ['units', 'one', id],
    enabled: id !== null,
    queryFn: ({ signal }) => read<UnitHistory>(`/api/units/${encodeURIComponent(id ?? '')}`, {}, signal),
  })
}

/** The units above one on a day, the nearest first. */
export function useUnitsAbove(id: string | null, day: string) {
  return useQuery({
    ...long,
    queryKey: ['units', 'above', id, day],
    enabled: id !== null,
    queryFn: async ({ signal }) => {
      const above: UnitItem[] = []
      let next = id
      while (next !== null && above.length < 8) {
        const unit: UnitItem = await read(`/api/units/${encodeURIComponent(next)}`, { as_of: day }, signal)
        if (unit.id !== id) above.push(unit)
        next = unit.parent
      }
      return above
    },
  })
}

/** What a unit is called in the reader's language. */
export function unitName(unit: UnitItem): string {
  return nameIn({ vi: unit.name, en: unit.nameEn }, language())
}

/** Names of today's provinces by their ids. */
export function useProvinceNames(): ReadonlyMap<string, string> {
  const provinces = useQuery({
    ...long,
    queryKey: ['units', 'provinces'],
    queryFn: () => readAll<UnitItem>('/api/units', { level: 'province' }),
    select: (units) => new Map(units.map((unit) => [unit.id, unitName(unit)])),
  })
  return provinces.data ?? noNames
}

const noNames: ReadonlyMap<string, string> = new Map()
