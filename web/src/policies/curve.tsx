import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import styles from './lab.module.css'
import type { HouseholdView } from './lab-messages.ts'
import { moneyText } from './money.ts'
import { TwinTable } from './twin-table.tsx'

const width = 640
const height = 300
const left = 54
const bottom = 34
const top = 12

/** Income of a household while one member's wage rises: where the line falls, more wage leaves less money. */
export function Curve({ curve, title }: { curve: NonNullable<HouseholdView['curve']>; title: string }) {
  const { t } = useTranslation()
  const lang = language()
  const { points } = curve
  const incomes = points.flatMap(({ base, reform }) => [base, reform])
  const least = Math.min(0, ...incomes)
  const most = Math.max(...incomes, 1)
  const end = points.at(-1)?.at ?? 1
  const x = (at: number) => left + (at / end) * (width - left - 8)
  const y = (value: number) => height - bottom - ((value - least) / (most - least)) * (height - bottom - top)
  const path = (law: 'base' | 'reform') =>
    points
      .map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point.at).toFixed(1)} ${y(point[law]).toFixed(1)}`)
      .join('')
  const millions = (value: number) => formatNumber(value / 1e6, lang, value / 1e6 < 10 && value > 0 ? 1 : 0)
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return (
    <figure>
      <svg className={styles.curve} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        {ticks.map((part) => {
          const value = least + part * (most - least)
          return (
            <g key={part}>
              <line x1={left} x2={width - 8} y1={y(value)} y2={y(value)} className={styles.grid} />
              <text x={left - 6} y={y(value) + 4} textAnchor="end">
                {millions(value)}
              </text>
              <text x={x(part * end)} y={height - bottom + 18} textAnchor={part === 1 ? 'end' : 'middle'}>
                {millions(part * end)}
              </text>
            </g>
          )
        })}
        <line x1={x(curve.now)} x2={x(curve.now)} y1={top} y2={height - bottom} className={styles.now} />
        <path d={path('base')} className={styles.baseLine} />
        <path d={path('reform')} className={styles.reformLine} />
      </svg>
      <figcaption className={styles.note}>
        {title}. <span className={styles.baseKey}>{t('lab.before')}</span>,{' '}
        <span className={styles.reformKey}>{t('lab.after')}</span>.{' '}
        {t('lab.curveNow', { now: moneyText(curve.now, lang) })}
      </figcaption>
      <details className={styles.details}>
        <summary>{t('lab.curveTable')}</summary>
        <TwinTable
          title={title}
          columns={[t('lab.wage'), t('lab.before'), t('lab.after')]}
          rows={points
            .filter((_, i) => i % 8 === 0)
            .map(({ at, base, reform }) => ({
              key: String(at),
              cells: [at, base, reform].map((value) => moneyText(value, lang)),
            }))}
        />
      </details>
    </figure>
  )
}
