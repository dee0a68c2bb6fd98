import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { EntityItem, PropertyItem } from '@nhip/node/catalogue/contract'
import type { UnitItem } from '@nhip/node/identity/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Page, read } from '../api/client.ts'
import styles from '../catalogue/property-select.module.css'
import { nameIn } from '../catalogue/words.ts'
import { formatDate } from '../i18n/format.ts'
import { type Language, language } from '../i18n/language.ts'
import { useEntityName } from './entity-name.ts'

interface Option {
  value: string
  label: string
}

/** A search for the place or unit of a series. The node searches; this only shows what it found. */
export function EntitySelect(props: {
  label: string
  property: PropertyItem | undefined
  value: string | null
  onChange: (entity: string) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search, 200)
  const chosen = useEntityName(props.value ?? undefined)
  const type = props.property?.entityType ?? undefined
  const asked = wanted === chosen ? '' : wanted
  const found = useQuery({
    queryKey: ['entity-search', type, asked, lang],
    enabled: props.property !== undefined,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      type === 'unit' ? units(asked, lang, signal) : entities(asked, type, lang, signal),
  })
  const options = found.data ?? []
  const own = props.value && !options.some((o) => o.value === props.value)
  return (
    <Select
      className={styles.select}
      label={props.label}
      placeholder={t('series.searchEntity')}
      data={own ? [{ value: props.value ?? '', label: chosen }, ...options] : options}
      value={props.value}
      onChange={(entity) => entity && props.onChange(entity)}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      allowDeselect={false}
      maxDropdownHeight={360}
      filter={({ options: all }) => all}
      nothingFoundMessage={found.isFetching ? t('state.loading') : t('series.noEntity')}
    />
  )
}

/** Units of today, and those of the day before the mergers of 2025, whose series end there. */
async function units(q: string, lang: Language, signal: AbortSignal): Promise<Option[]> {
  const [now, before] = await Promise.all([
    read<Page<UnitItem>>('/api/units', { q, limit: 50 }, signal),
    read<Page<UnitItem>>('/api/units', { q, limit: 50, as_of: '2025-06-30' }, signal),
  ])
  const known = new Set(now.items.map((unit) => unit.id))
  return [...now.items, ...before.items.filter((unit) => !known.has(unit.id))].map((unit) => ({
    value: unit.id,
    label: `${nameIn({ vi: unit.name, en: unit.nameEn }, lang)}${unit.validTo ? ` (${endedOn(unit.validTo, lang)})` : ''}`,
  }))
}

function endedOn(day: string, lang: Language): string {
  return `→ ${formatDate(`${day}T00:00:00+07:00`, lang)}`
}

async function entities(
  q: string,
  type: string | undefined,
  lang: Language,
  signal: AbortSignal,
): Promise<Option[]> {
  const page = await read<Page<EntityItem>>('/api/entities', { q, type, limit: 100 }, signal)
  return page.items.map((entity) => ({ value: entity.id, label: nameIn(entity.name, lang) }))
}
