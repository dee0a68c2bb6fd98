import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import tableStyles from '../shell/data-table.module.css'
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
        <div>
          <dt>{t('lab.gain')}</dt>
          <dd>{t('lab.persons', { count: winners.persons.gain, shown: number(winners.persons.gain) })}</dd>
        </div>
        <div>
          <dt>{t('lab.lose')}</dt>
          <dd>{t('lab.persons', { count: winners.persons.lose, shown: number(winners.persons.lose) })}</dd>
        </div>
        <div>
          <dt>{t('lab.same')}</dt>
          <dd>{t('lab.persons', { count: winners.persons.same, shown: number(winners.persons.same) })}</dd>
        </div>
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
      <TwinTable title={t('lab.decilePicture')}>
        <thead>
          <tr>
            <th scope="col">{t('lab.tenthOf')}</th>
            <th scope="col">{t('lab.gain')}</th>
            <th scope="col">{t('lab.lose')}</th>
            <th scope="col">{t('lab.same')}</th>
            <th scope="col">{t('lab.meanChange')}</th>
          </tr>
        </thead>
        <tbody>
          {winners.by_decile.map((tenth) => (
            <tr key={tenth.decile}>
              <th scope="row">{tenth.decile}</th>
              <td className={tableStyles.number}>{number(tenth.gain)}</td>
              <td className={tableStyles.number}>{number(tenth.lose)}</td>
              <td className={tableStyles.number}>{number(tenth.same)}</td>
              <td className={tableStyles.number}>
                {signed(Math.round(tenth.mean_change), moneyText(tenth.mean_change, lang))}
              </td>
            </tr>
          ))}
        </tbody>
      </TwinTable>
      <p className={styles.note}>
        {t('lab.threshold', {
          amount: moneyText(result.threshold.amount, lang),
          percent: formatNumber(result.threshold.percent, lang),
        })}
      </p>
    </Panel>
  )
}
