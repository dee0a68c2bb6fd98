import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './search-select.module.css'

export interface SearchOption {
  value: string
  label: string
}

/** One of many, found by typing. The node searches; this only shows what it found. */
export function SearchSelect(props: {
  label: string
  placeholder: string
  nothing: string
  value: string | null
  /** What the chosen one is called. */
  chosen: string
  /** Tells this list from others in the cache. */
  list: readonly unknown[]
  find: (words: string, signal: AbortSignal) => Promise<SearchOption[]>
  onChange: (value: string) => void
  enabled?: boolean
}) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search, 200)
  const asked = wanted === props.chosen ? '' : wanted
  const found = useQuery({
    queryKey: ['search', ...props.list, asked],
    enabled: props.enabled ?? true,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => props.find(asked, signal),
  })
  const options = found.data ?? []
  const own = props.value !== null && !options.some((option) => option.value === props.value)
  return (
    <Select
      className={styles.select}
      label={props.label}
      placeholder={props.placeholder}
      data={own ? [{ value: props.value ?? '', label: props.chosen }, ...options] : options}
      value={props.value}
      onChange={(value) => value !== null && props.onChange(value)}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      allowDeselect={false}
      maxDropdownHeight={360}
      filter={({ options: all }) => all}
      nothingFoundMessage={found.isFetching ? t('state.loading') : props.nothing}
    />
  )
}
