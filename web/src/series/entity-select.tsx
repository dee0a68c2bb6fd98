import type { EntityItem, PropertyItem } from '@nhip/node/catalogue/contract'
import type { UnitItem } from '@nhip/node/identity/contract'
import { useTranslation } from 'react-i18next'
import { type Page, read } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { formatPeriod } from '../i18n/format.ts'
import { type Language, language } from '../i18n/language.ts'
import { type SearchOption, SearchSelect } from '../shell/search-select.tsx'
import { useEntityName } from './entity-name.ts'

/** A search for the place or unit of a series. */
export function EntitySelect(props: {
  label: string
  property: PropertyItem | undefined
  value: string | null
  onChange: (entity: string) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const type = props.property?.entityType ?? undefined
  return (
    <SearchSelect
      label={props.label}
      placeholder={t('series.searchEntity')}
      nothing={t('series.noEntity')}
      value={props.value}
      chosen={useEntityName(props.value ?? undefined)}
      list={['entity', type, lang]}
      find={(words, signal) =>
        type === 'unit' ? units(words, lang, signal) : entities(words, type, lang, signal)
      }
      enabled={props.property !== undefined}
      onChange={props.onChange}
    />
  )
}

/** Units of today, and those of the day before the mergers of 2025, whose series end there. */
async function units(q: string, lang: Language, signal: AbortSignal): Promise<SearchOption[]> {
  const [now, before] = await Promise.all([
    read<Page<UnitItem>>('/api/units', { q, limit: 50 }, signal),
    read<Page<UnitItem>>('/api/units', { q, limit: 50, as_of: '2025-06-30' }, signal),
  ])
  const known = new Set(now.items.map((unit) => unit.id))
  return [...now.items, ...before.items.filter((unit) => !known.has(unit.id))].map((unit) => ({
    value: unit.id,
    label: `${nameIn({ vi: unit.name, en: unit.nameEn }, lang)}${unit.validTo ? ` (→ ${formatPeriod(unit.validTo, lang)})` : ''}`,
  }))
}

async function entities(
  q: string,
  type: string | undefined,
  lang: Language,
  signal: AbortSignal,
): Promise<SearchOption[]> {
  const page = await read<Page<EntityItem>>('/api/entities', { q, type, limit: 100 }, signal)
  return page.items.map((entity) => ({ value: entity.id, label: nameIn(entity.name, lang) }))
}
