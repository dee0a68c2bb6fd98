import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useBoundaries } from '../map/boundaries.ts'
import { NationalSvg } from '../map/national-svg.tsx'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './lab.module.css'
import { billions, signed } from './money.ts'
import type { ShownCompared, ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

const shades = ['#f1f4f8', '#c9dcef', '#8fb5dc', '#4d84bd', '#1f4a80'] as const

/** Where the people live who gain or lose, and what the budget feels there. */
export function ProvincePanel({ result }: { result: ShownResult }) {
  const { t } = useTranslation()
  const lang = language()
  const boundaries = useBoundaries('2025-07-01')
  const movers = result.winners.by.province
  if (movers === undefined) return null
  const names = new Map(boundaries.data?.features.map(({ properties }) => [properties.code, properties.name]))
  const rows = Object.entries(movers)
    .map(([code, { gain, lose, same }]) => {
      const balance = result.budget.reduce((sum, line) => {
        const found = (line.by.province as Record<string, ShownCompared> | undefined)?.[code]
        return sum + (line.sign === 'expenditure' ? -1 : 1) * (found?.difference ?? 0)
      }, 0)
      const all = gain + lose + same
      return {
        code,
        name: names.get(code) ?? code,
        gain,
        lose,
        balance,
        share: all === 0 ? 0 : (gain + lose) / all,
      }
    })
    .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name, 'vi'))
  const most = Math.max(...rows.map(({ share }) => share), 0)
  const colour = (share: number) =>
    shades[most === 0 ? 0 : Math.min(shades.length - 1, Math.ceil((share / most) * (shades.length - 1)))] ??
    shades[0]
  const percent = (share: number) => `${formatNumber(share * 100, lang, 2)} %`
  return (
    <Panel title={t('lab.provinces')} note={<SyntheticBadge />}>
      {boundaries.data ? (
        <NationalSvg
          boundaries={boundaries.data}
          title={t('lab.provincePicture')}
          items={rows.map(({ code, name, share }) => ({
            code,
            entity: code,
            name,
            text: percent(share),
            colour: colour(share),
            estimated: false,
          }))}
        />
      ) : null}
      <p className={styles.note}>{t('lab.provinceNote', { most: percent(most) })}</p>
      <TwinTable
        title={t('lab.provincePicture')}
        columns={[t('lab.province'), t('lab.share'), t('lab.gain'), t('lab.lose'), t('lab.balanceShort')]}
        rows={rows.map((row) => ({
          key: row.code,
          cells: [
            row.name,
            percent(row.share),
            formatNumber(row.gain, lang, 0),
            formatNumber(row.lose, lang, 0),
            signed(row.balance, billions(row.balance, lang)),
          ],
        }))}
      />
    </Panel>
  )
}
