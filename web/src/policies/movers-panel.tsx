import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Panel } from '../shell/panel.tsx'
import { Bars } from './bars.tsx'
import styles from './lab.module.css'
import { moneyText, signed } from './money.ts'
import type { ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** Who gains and who loses, from the poorest tenth of persons to the richest. */
export function MoversPanel({ result }: { result: ShownResult }) {
  const { t } = useTranslation()
  const lang = language()
  const { winners, inequality } = result
  const number = (value: number) => formatNumber(value, lang, 0)
  const gini = (value: number | null) => formatNumber(value, lang, 4)
  return (
    <Panel title={t('lab.movers')} note={<SyntheticBadge />}>
      <dl className={styles.facts}>
        {(['gain', 'lose', 'same'] as const).map((way) => (
          <div key={way}>
            <dt>{t(`lab.${way}`)}</dt>
            <dd>{t('lab.persons', { count: winners.persons[way], shown: number(winners.persons[way]) })}</dd>
          </div>
        ))}
        <div>
          <dt>{t('lab.gini')}</dt>
          <dd>
            {gini(inequality.gini.base)} → {gini(inequality.gini.reform)}
          </dd>
        </div>
      </dl>
      <Bars
        title={t('lab.decilePicture')}
        bars={winners.by_decile.map((tenth) => ({
          label: t('lab.tenth', { number: tenth.decile }),
          value: tenth.mean_change,
          text: signed(Math.round(tenth.mean_change), moneyText(tenth.mean_change, lang)),
        }))}
      />
      <TwinTable
        title={t('lab.decilePicture')}
        columns={[t('lab.tenthOf'), t('lab.gain'), t('lab.lose'), t('lab.same'), t('lab.meanChange')]}
        rows={winners.by_decile.map((tenth) => ({
          key: String(tenth.decile),
          cells: [
            tenth.decile,
            number(tenth.gain),
            number(tenth.lose),
            number(tenth.same),
            signed(Math.round(tenth.mean_change), moneyText(tenth.mean_change, lang)),
          ],
        }))}
      />
      <p className={styles.note}>
        {t('lab.threshold', {
          amount: moneyText(result.threshold.amount, lang),
          percent: formatNumber(result.threshold.percent, lang),
        })}
      </p>
    </Panel>
  )
}
