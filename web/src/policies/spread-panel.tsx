import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './lab.module.css'
import { billions, signed } from './money.ts'
import type { Names } from './names.ts'
import type { WholeResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

type Line = NonNullable<WholeResult['spread']>[number]

/** How far results lie apart when the synthetic population is drawn anew: lowest and highest over the seeds. */
export function SpreadPanel({ spread, names }: { spread: readonly Line[]; names: Names }) {
  const { t } = useTranslation()
  const lang = language()
  const persons = (value: number): string => formatNumber(value, lang, 0)
  const others: Readonly<Record<string, { title: string; text: (value: number) => string }>> = {
    'winners.persons': { title: t('lab.gain'), text: persons },
    'losers.persons': { title: t('lab.lose'), text: persons },
    gini: { title: t('lab.gini'), text: (value) => formatNumber(value, lang, 5) },
  }
  const shown = ({ variable, min, max }: Line, side: 'base' | 'reform' | 'difference'): ReactNode => {
    const text = others[variable]?.text ?? ((value: number) => billions(value, lang))
    // A line may break between the two, and not inside one.
    const one = (value: number): string =>
      (side === 'difference' ? signed(value, text(value)) : text(value)).replaceAll(' ', '\u00a0')
    const [low, high] = [one(min[side]), one(max[side])]
    return <span className={styles.span}>{low === high ? low : t('lab.fromTo', { low, high })}</span>
  }
  const seeds = spread[0]?.seeds ?? []
  return (
    <Panel title={t('lab.spread', { number: seeds.length })} note={<SyntheticBadge />}>
      <p className={styles.note}>{t('lab.spreadNote', { seeds: seeds.join(', ') })}</p>
      <TwinTable
        title={t('lab.spreadTable')}
        columns={[t('lab.lineOf'), t('lab.before'), t('lab.after'), t('lab.difference')]}
        rows={spread.map((line) => ({
          key: line.variable,
          cells: [
            others[line.variable]?.title ?? names.variable(line.variable),
            shown(line, 'base'),
            shown(line, 'reform'),
            shown(line, 'difference'),
          ],
        }))}
      />
    </Panel>
  )
}
