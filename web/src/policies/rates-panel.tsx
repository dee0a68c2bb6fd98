import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Panel } from '../shell/panel.tsx'
import { Bars } from './bars.tsx'
import { Cliffs } from './cliffs.tsx'
import styles from './lab.module.css'
import type { HouseholdAsk } from './lab-messages.ts'
import { moneyText } from './money.ts'
import type { Names } from './names.ts'
import type { ShownRates, ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** Shares of what is earned more, from which on the earners are counted together. */
const high = [60, 80, 100] as const

/** How much of a little more wage does not stay: of every earner, and where more wage leaves less money. */
export function RatesPanel(props: {
  rates: NonNullable<ShownResult['emtr']>
  names: Names
  onSee: ((household: HouseholdAsk) => void) | undefined
}) {
  const { t } = useTranslation()
  const lang = language()
  const { names, onSee } = props
  const { base, reform } = props.rates
  const laws = reform ? [base, reform] : [base]
  const now = reform ?? base
  const number = (value: number): string => formatNumber(value, lang, 0)
  const percent = (value: number): string => `${formatNumber(value, lang)} %`
  const shareFrom = ({ histogram, persons }: ShownRates, from: number): string => {
    const above = histogram.reduce(
      (sum, bin) => sum + (bin.from !== null && bin.from >= from ? bin.persons : 0),
      0,
    )
    return percent(persons === 0 ? 0 : (above / persons) * 100)
  }
  const stepText = ({ from, to }: ShownRates['histogram'][number]): string =>
    from === null ? t('lab.rates.below') : to === null ? t('lab.rates.above') : `${from}–${to} %`
  const compared = (of: (rates: ShownRates) => string): string => [...new Set(laws.map(of))].join(' → ')
  return (
    <Panel title={t('lab.rates.title')} note={<SyntheticBadge />}>
      <p className={styles.note}>
        {t('lab.rates.note', {
          variable: names.variable(base.variable),
          delta: moneyText(base.delta, lang),
          target: names.variable(base.target),
        })}
      </p>
      <dl className={styles.facts}>
        <div>
          <dt>{t('lab.rates.earners')}</dt>
          <dd>{number(now.persons)}</dd>
        </div>
        {high.map((from) => (
          <div key={from}>
            <dt>{t('lab.rates.from', { from })}</dt>
            <dd>{compared((rates) => shareFrom(rates, from))}</dd>
          </div>
        ))}
        <div>
          <dt>{t('lab.rates.max')}</dt>
          <dd>{compared(({ max }) => (max === null ? '–' : percent(max)))}</dd>
        </div>
      </dl>
      <Bars
        counts
        title={t('lab.rates.picture')}
        bars={now.histogram.map((bin) => ({
          label: stepText(bin),
          value: bin.persons,
          text: number(bin.persons),
        }))}
      />
      <details className={styles.details}>
        <summary>{t('lab.rates.asTable')}</summary>
        <TwinTable
          title={t('lab.rates.picture')}
          columns={[
            t('lab.rates.rate'),
            ...(reform ? [t('lab.before'), t('lab.after')] : [t('lab.rates.persons')]),
          ]}
          rows={base.histogram.map((bin, i) => ({
            key: stepText(bin),
            cells: [stepText(bin), ...laws.map(({ histogram }) => number(histogram[i]?.persons ?? 0))],
          }))}
        />
      </details>
      <Cliffs cliffs={now.witnesses} before={reform ? base.witnesses : null} names={names} onSee={onSee} />
    </Panel>
  )
}
