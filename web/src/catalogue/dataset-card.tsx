import type { DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import type { FindingItem } from '@nhip/node/intake/contract'
import type { FreshnessSummary } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Page, read } from '../api/client.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { UnitName } from '../identity/unit-name.tsx'
import { Facts } from '../shell/facts.tsx'
import styles from './catalogue-page.module.css'
import { DatasetBadges } from './dataset-badges.tsx'
import { freshnessWords } from './freshness-words.ts'
import { NewestValue } from './newest-value.tsx'
import { promiseWords } from './promise-words.ts'
import { useScore } from './queries.ts'
import { scoreOf } from './score-sum.ts'
import { nameIn } from './words.ts'

/** One dataset of the list. What takes a question of its own is asked only where there is something to answer. */
export function DatasetCard(props: {
  dataset: DatasetItem
  freshness: FreshnessSummary | undefined
  properties: readonly PropertyItem[] | undefined
}) {
  const { t } = useTranslation()
  const lang = language()
  const { dataset, freshness } = props
  const path = `/catalogue/${encodeURIComponent(dataset.code)}`
  const score = useScore(dataset.code, {}, dataset.freshness !== undefined)
  const findings = useFindingCount(dataset.code)
  const mean = score.data ? scoreOf(score.data.items) : null
  return (
    <li className={styles.dataset}>
      <h2 className={styles.name}>
        <Link href={path}>{nameIn(dataset.name, lang)}</Link>
      </h2>
      <DatasetBadges dataset={dataset} freshness={freshness?.state} />
      <Facts
        of={[
          { name: t('catalogue.owner'), value: dataset.owner ? <UnitName id={dataset.owner} /> : null },
          { name: t('figure.publisher'), value: dataset.publisher },
          { name: t('catalogue.licence'), value: dataset.licence },
          { name: t('figure.expected'), value: promiseWords(t, dataset.freshness) },
          { name: t('figure.freshness'), value: freshness && freshnessWords(t, freshness) },
          {
            name: t('catalogue.newest.title'),
            value: freshness && <NewestValue summary={freshness} properties={props.properties} />,
            wide: true,
          },
          {
            name: t('catalogue.observations'),
            value: dataset.observations === undefined ? null : formatNumber(dataset.observations, lang),
          },
          {
            name: t('catalogue.score.week'),
            value:
              mean === null ? null : (
                <Link href={`${path}/quality`}>
                  {t('catalogue.score.of100', { score: formatNumber(mean, lang, 1) })}
                </Link>
              ),
          },
          {
            name: t('catalogue.findings.title'),
            value: findings ? (
              <Link href={`${path}/findings`}>{formatNumber(findings, lang)}</Link>
            ) : (
              t('catalogue.findings.noneYet')
            ),
          },
        ]}
      />
    </li>
  )
}

function useFindingCount(dataset: string): number | undefined {
  const found = useQuery({
    queryKey: ['findings', 'count', dataset],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      read<Page<FindingItem> & { total: number }>(
        '/api/findings',
        { dataset, open: 'true', limit: 1 },
        signal,
      ),
  })
  return found.data?.total
}
