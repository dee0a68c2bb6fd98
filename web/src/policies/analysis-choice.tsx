import type { SimulationCost } from '@nhip/node/policies/contract'
import type { Analysis } from '@nhip/policy/simulate/simulate'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import styles from './analysis-choice.module.css'

/** What can be looked for beside money and people, in the order in which it is asked; the first three are usual. */
export const offered = [
  'paths',
  'emtr',
  'invariants',
  'sensitivity',
  'dead',
  'equal',
  'dates',
] as const satisfies Analysis[]
export const usual: readonly Analysis[] = ['paths', 'emtr', 'invariants']

/** Analyses to tick, each with what it costs once the node has said it. */
export function AnalysisChoice(props: {
  chosen: readonly Analysis[]
  cost: SimulationCost | undefined
  onChange: (chosen: readonly Analysis[]) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { chosen, cost, onChange } = props
  return (
    <fieldset className={styles.checks}>
      <legend>{t('lab.analyses')}</legend>
      {offered.map((one) => {
        const passes = cost?.passes.analyses[one]
        return (
          <label key={one}>
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              onChange={() => onChange(offered.filter((other) => chosen.includes(other) !== (other === one)))}
            />
            <span>
              {t(`lab.analysis.${one}`)}
              {passes === undefined ? null : (
                <small> {t('lab.passes', { count: passes, shown: formatNumber(passes, lang, 0) })}</small>
              )}
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}
