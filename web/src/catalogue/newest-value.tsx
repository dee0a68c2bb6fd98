import type { PropertyItem } from '@nhip/node/catalogue/contract'
import type { FreshnessSummary } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Age } from '../live/age.tsx'
import { StatusBadge } from '../shell/badges.tsx'
import { nameIn, symbolOf } from './words.ts'

/** The newest value of a dataset and how old it is; of restricted and personal data its time alone. */
export function NewestValue(props: {
  summary: FreshnessSummary
  properties: readonly PropertyItem[] | undefined
}) {
  const { t } = useTranslation()
  const lang = language()
  const { newest, lastValid } = props.summary
  if (lastValid === null) return t('catalogue.newest.none')
  const age = <Age at={Date.parse(lastValid)} />
  if (newest === null)
    return (
      <>
        {age} · {t('catalogue.newest.withheld')}
      </>
    )
  const property = props.properties?.find(({ code }) => code === newest.property)
  const place = new URLSearchParams({
    dataset: newest.dataset,
    property: newest.property,
    entity: newest.entity,
  })
  return (
    <>
      <Link href={`/series?${place}`}>
        {newest.value === null
          ? (newest.text ?? t(`status.${newest.status}`))
          : `${formatNumber(newest.value, lang, property?.decimals)} ${symbolOf(property, lang)}`.trim()}
      </Link>{' '}
      <StatusBadge status={newest.status} /> {property ? nameIn(property.name, lang) : newest.property},{' '}
      {nameIn(newest.entityName, lang)} · {age}
    </>
  )
}
