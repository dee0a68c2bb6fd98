import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { FindingItem } from '@nhip/node/intake/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address, type Page, read } from '../api/client.ts'
import { civilDay, formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Badge } from '../shell/badges.tsx'
import { Button, Segments, TextField } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { FetchedPage } from '../shell/fetched-page.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './dataset-page.module.css'
import { nameIn } from './words.ts'

const tones = { error: 'bad', warning: 'warn', info: 'plain' } as const

/** What doors and rules noticed about a dataset, each with the way to the row or value it is about. */
export function FindingsSection({ dataset }: { dataset: DatasetItem }) {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const asked = {
    dataset: dataset.code,
    rule: view.get('rule'),
    import: view.get('import'),
    open: view.has('all') ? null : 'true',
    cursor: view.get('cursor'),
    limit: 50,
  }
  const findings = useQuery({
    queryKey: ['findings', 'list', asked],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read<Page<FindingItem> & { total: number }>('/api/findings', asked, signal),
  })
  return (
    <Panel
      title={t('catalogue.section.findings')}
      note={
        findings.data
          ? t('catalogue.findings.count', {
              count: findings.data.total,
              n: formatNumber(findings.data.total, lang),
            })
          : undefined
      }
    >
      <form
        className={styles.filters}
        key={asked.rule}
        onSubmit={(event) => {
          event.preventDefault()
          const rule = String(new FormData(event.currentTarget).get('rule') ?? '').trim()
          change({ rule, cursor: null }, { step: true })
        }}
      >
        <TextField
          name="rule"
          label={t('catalogue.findings.rule')}
          defaultValue={asked.rule ?? ''}
          maxLength={60}
        />
        <Button type="submit">{t('catalogue.findings.filter')}</Button>
        <Segments
          label={t('catalogue.findings.which')}
          value={asked.open ? 'open' : 'all'}
          onChange={(to) => change({ all: to === 'all' ? '1' : null, cursor: null })}
          options={[
            { value: 'open', label: t('catalogue.findings.open') },
            { value: 'all', label: t('catalogue.findings.all') },
          ]}
        />
        {asked.import ? (
          <Button kind="quiet" onClick={() => change({ import: null, cursor: null })}>
            {t('catalogue.findings.allImports')}
          </Button>
        ) : null}
      </form>
      <FetchedPage
        query={findings}
        none={<Empty title={t('catalogue.findings.none')}>{t('catalogue.findings.noneHint')}</Empty>}
      >
        {(items) => (
          <DataTable
            label={t('catalogue.section.findings')}
            columns={[
              { name: t('catalogue.findings.what') },
              { name: t('catalogue.findings.rule') },
              { name: t('figure.value') },
              { name: t('catalogue.findings.where') },
              { name: t('catalogue.findings.when') },
            ]}
          >
            {items.map((finding) => (
              <tr key={finding.id}>
                <th scope="row" className={tableStyles.wrap}>
                  {nameIn(finding.message, lang)}
                </th>
                <td>
                  <span className={tableStyles.badges}>
                    <Badge tone={tones[finding.severity]}>{finding.rule}</Badge>
                    {finding.resolvedAt ? <Badge tone="good">{t('catalogue.findings.decided')}</Badge> : null}
                  </span>
                </td>
                <td className={tableStyles.wrap}>{finding.value ?? ''}</td>
                <td className={tableStyles.wrap}>
                  <Place finding={finding} />
                </td>
                <td className={tableStyles.nowrap}>{formatInstant(finding.createdAt, lang)}</td>
              </tr>
            ))}
          </DataTable>
        )}
      </FetchedPage>
    </Panel>
  )
}

/** The way to what a finding is about: the row of the file, or the value in its series. */
function Place({ finding }: { finding: FindingItem }) {
  const { t } = useTranslation()
  const { entity, property, dataset, breakdown, t: fact } = finding
  const day = fact ? civilDay(fact) : null
  const span = day ? { range: 'days', from: day, to: day, resolution: 'raw' } : {}
  return (
    <>
      {finding.import ? (
        <Link href={`/import/${finding.import}`}>
          {finding.row === null
            ? t('catalogue.findings.file')
            : finding.column === null
              ? t('catalogue.findings.row', { row: finding.row })
              : t('catalogue.findings.cell', { row: finding.row, column: finding.column })}
        </Link>
      ) : null}{' '}
      {entity && property ? (
        <Link href={address('/series', { dataset, entity, property, breakdown, fact, ...span })}>
          {t('catalogue.findings.series')}
        </Link>
      ) : null}
    </>
  )
}
