import type { UnitItem } from '@nhip/node/identity/contract'
import { fold } from '@nhip/territory/name-key'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Page, read } from '../api/client.ts'
import { type SearchOption, SearchSelect } from '../shell/search-select.tsx'
import { unitName, useProvinceNames } from './units.ts'

/** A search for a unit of today; the whole node stands first where it may be chosen. */
export function UnitSelect(props: {
  label: string
  value: string
  name: string
  /** Whether the whole node may be chosen. */
  whole?: boolean
  onChange: (unit: string, name: string) => void
}) {
  const { t } = useTranslation()
  const provinces = useProvinceNames()
  const seen = useRef(new Map<string, string>())
  const find = async (words: string, signal: AbortSignal): Promise<SearchOption[]> => {
    const page = await read<Page<UnitItem>>('/api/units', { q: words, limit: 50 }, signal)
    const whole = { value: '*', label: t('admin.wholeNode') }
    const units = page.items.map((unit) => {
      // There are twenty communes of one name: the province tells them apart.
      const province = unit.level === 'commune' && unit.parent ? provinces.get(unit.parent) : undefined
      return { value: unit.id, label: province ? `${unitName(unit)}, ${province}` : unitName(unit) }
    })
    const found = props.whole !== false && fold(whole.label).includes(fold(words)) ? [whole, ...units] : units
    for (const { value, label } of found) seen.current.set(value, label)
    return found
  }
  return (
    <SearchSelect
      label={props.label}
      placeholder={t('admin.units.searchHint')}
      nothing={t('admin.units.none')}
      value={props.value || null}
      chosen={props.name}
      list={['unit', provinces.size]}
      find={find}
      onChange={(unit) => props.onChange(unit, seen.current.get(unit) ?? unit)}
    />
  )
}
