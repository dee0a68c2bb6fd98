import { type ComboboxItem, type ComboboxParsedItem, Select } from '@mantine/core'
import type { DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import { fold } from '@nhip/territory/name-key'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import styles from '../shell/search-select.module.css'
import { nameIn } from './words.ts'

/** A searchable list of properties under the names of their datasets; typing without marks finds them too. */
export function PropertySelect(props: {
  label: string
  properties: readonly PropertyItem[]
  datasets: readonly DatasetItem[]
  value: string | null
  onChange: (code: string) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const groups = new Map<string, { value: string; label: string }[]>()
  for (const property of props.properties) {
    const dataset = props.datasets.find((d) => d.code === (property.preferredDataset ?? property.datasets[0]))
    const group = dataset ? nameIn(dataset.name, lang) : t('figure.otherDatasets')
    const items = groups.get(group) ?? []
    items.push({ value: property.code, label: nameIn(property.name, lang) })
    groups.set(group, items)
  }
  return (
    <Select
      className={styles.select}
      label={props.label}
      placeholder={t('figure.chooseProperty')}
      data={[...groups].map(([group, items]) => ({ group, items }))}
      value={props.value}
      onChange={(code) => code && props.onChange(code)}
      searchable
      allowDeselect={false}
      maxDropdownHeight={360}
      nothingFoundMessage={t('figure.noProperty')}
      filter={({ options, search }) => {
        const key = fold(search)
        const known = props.properties.some((p) => fold(nameIn(p.name, lang)) === key)
        if (key === '' || known) return options
        const matches = (item: ComboboxItem) => fold(item.label).includes(key)
        const found: ComboboxParsedItem[] = []
        for (const option of options) {
          if (!('group' in option)) {
            if (matches(option)) found.push(option)
            continue
          }
          const items = option.items.filter(matches)
          if (items.length > 0) found.push({ group: option.group, items })
        }
        return found
      }}
    />
  )
}
