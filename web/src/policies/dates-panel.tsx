import { useTranslation } from 'react-i18next'
import { formatDate, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import styles from './lab.module.css'
import { billions, signed } from './money.ts'
import type { Names } from './names.ts'
import type { ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** Days on which the law changes, what each change brings, and how much a day of birth decides. */
export function DatesPanel({ result, names }: { result: ShownResult; names: Names }) {
  const { t } = useTranslation()
  const lang = language()
  const { dates, births, budget } = result
  const number = (value: number): string => formatNumber(value, lang, 0)
  return (
    <Panel title={t('lab.dates.title')} note={<SyntheticBadge />}>
      {dates.length === 0 ? (
        <Empty title={t('lab.dates.none')} />
      ) : (
        <>
          <p className={styles.note}>{t('lab.dates.note')}</p>
          <TwinTable
            title={t('lab.dates.table')}
            columns={[t('lab.dates.day'), ...budget.map(({ variable }) => names.variable(variable))]}
            rows={dates.map(({ date, before, after, budget: lines }) => ({
              key: date,
              cells: [
                `${formatDate(date, lang)} (${before} → ${after})`,
                ...budget.map(({ variable }) => {
                  const change = lines[variable]?.difference ?? null
                  return change === null ? '–' : signed(change, billions(change, lang))
                }),
              ],
            }))}
          />
        </>
      )}
      {births ? (
        <p className={styles.note}>
          {t('lab.dates.births', {
            earlier: number(births.day_earlier),
            later: number(births.day_later),
            leap: number(births.on_29_february),
          })}
        </p>
      ) : null}
    </Panel>
  )
}
