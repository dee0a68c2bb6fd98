import { addDays } from '@nhip/calendar/civil-date'
import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { ScoreItem } from '@nhip/node/observations/contract'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { civilDay, formatNumber, formatPeriod } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { DayField } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './dataset-page.module.css'
import { useScore } from './queries.ts'
import { scoreOf, sides } from './score-sum.ts'

/** The score of a dataset by day and source, each side with what was counted, and the formula. */
export function QualitySection({ dataset }: { dataset: DatasetItem }) {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const today = civilDay(Date.now())
  const last = view.get('to') ?? today
  const from = view.get('from') ?? addDays(last, -6)
  const score = useScore(dataset.code, { from, to: addDays(last, 1) })
  return (
    <Panel title={t('catalogue.section.quality')}>
      <div className={styles.filters}>
        <DayField
          label={t('series.from')}
          value={from}
          max={last}
          onChange={(day) => change({ from: day })}
        />
        <DayField
          label={t('series.to')}
          value={last}
          min={from}
          max={today}
          onChange={(day) => change({ to: day === today ? null : day })}
        />
      </div>
      <Fetched query={score}>
        {({ items, formula }) => {
          const whole = scoreOf(items)
          return (
            <>
              {items.length === 0 || whole === null ? (
                <Empty title={t('catalogue.score.none')}>{t('catalogue.score.noneHint')}</Empty>
              ) : (
                <>
                  <p className={styles.counts}>
                    <strong>{t('catalogue.score.whole', { score: formatNumber(whole, lang, 1) })}</strong>
                  </p>
                  <Days items={items} />
                </>
              )}
              <p className={styles.formula}>{formula[lang]}</p>
            </>
          )
        }}
      </Fetched>
    </Panel>
  )
}

function Days({ items }: { items: readonly ScoreItem[] }) {
  const { t } = useTranslation()
  const lang = language()
  return (
    <DataTable
      label={t('catalogue.section.quality')}
      columns={[
        { name: t('catalogue.score.day') },
        { name: t('series.source') },
        { name: t('catalogue.score.score'), number: true },
        ...sides.map((side) => ({ name: t(`catalogue.score.${side}`) })),
      ]}
    >
      {items
        .toSorted((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : a.source < b.source ? -1 : 1))
        .map((item) => (
          <tr key={`${item.day} ${item.source}`}>
            <th scope="row">{formatPeriod(item.day, lang)}</th>
            <td>{item.source === 'import' ? t('catalogue.score.files') : item.source}</td>
            <td className={tableStyles.number}>{formatNumber(item.score, lang, 1)}</td>
            {sides.map((side) => (
              <td key={side}>
                <Share of={item[side]} />
              </td>
            ))}
          </tr>
        ))}
    </DataTable>
  )
}

function Share({ of: { good, of, share } }: { of: ScoreItem['validity'] }) {
  const { t } = useTranslation()
  const lang = language()
  if (share === null) return t('catalogue.score.notJudged')
  return (
    <>
      {t('catalogue.score.share', {
        percent: formatNumber(share, lang, 1),
        good: formatNumber(good, lang),
        of: formatNumber(of, lang),
      })}
      <span className={styles.bar} style={{ '--share': `${share}%` } as CSSProperties} />
    </>
  )
}
