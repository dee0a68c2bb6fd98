import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Badge } from '../shell/badges.tsx'
import { Button } from '../shell/controls.tsx'
import styles from './lab.module.css'
import type { HouseholdAsk } from './lab-messages.ts'
import { moneyText } from './money.ts'
import type { Names } from './names.ts'
import type { ShownCliff } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** Where one đồng more wage leaves a household less money: the exact threshold, who stands there, and the smallest such household. */
export function Cliffs(props: {
  cliffs: readonly ShownCliff[]
  /** Cliffs of the law before the change; null when there is only one law. */
  before: readonly ShownCliff[] | null
  names: Names
  onSee: ((household: HouseholdAsk) => void) | undefined
}) {
  const { t } = useTranslation()
  const lang = language()
  const { cliffs, before, names, onSee } = props
  const money = (value: number): string => moneyText(value, lang)
  if (cliffs.length === 0)
    return <p className={styles.note}>{t(before?.length ? 'lab.cliff.gone' : 'lab.cliff.none')}</p>
  return (
    <>
      <ul className={styles.cliffs}>
        {cliffs.map(({ path, persons, witness }) => (
          <li key={path}>
            {before && !before.some((one) => one.path === path) ? (
              <>
                <Badge tone="bad">{t('lab.cliff.new')}</Badge>{' '}
              </>
            ) : null}
            {t('lab.cliff.said', {
              path: names.variables(path),
              variable: names.variable(witness.variable),
              threshold: money(witness.threshold),
              before: money(witness.before),
              after: money(witness.after),
              persons: formatNumber(persons, lang, 0),
            })}{' '}
            {onSee ? (
              <Button kind="quiet" onClick={() => onSee(witness)}>
                {t('lab.seeHousehold')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <details className={styles.details}>
        <summary>{t('lab.cliff.asTable')}</summary>
        <TwinTable
          title={t('lab.cliff.title')}
          columns={[
            t('lab.cliff.path'),
            t('lab.cliff.lowest'),
            t('lab.cliff.highest'),
            t('lab.rates.persons'),
            t('lab.cliff.money'),
            t('lab.cliff.at'),
            t('lab.cliff.onePast'),
          ]}
          rows={cliffs.map(
            ({ path, lowest_threshold, highest_threshold, persons, money: lost, witness }) => ({
              key: path,
              cells: [
                names.variables(path),
                money(lowest_threshold),
                money(highest_threshold),
                formatNumber(persons, lang, 0),
                money(lost),
                money(witness.before),
                money(witness.after),
              ],
            }),
          )}
        />
      </details>
    </>
  )
}
