import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import { Bars } from './bars.tsx'
import styles from './lab.module.css'
import { billions, signed } from './money.ts'
import type { Names } from './names.ts'
import type { ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** Lines of the picture; the table has them all. */
const shown = 10

/** What one step of each number of the law does to the budget, the strongest first. */
export function SensitivityPanel({ result, names }: { result: ShownResult; names: Names }) {
  const { t } = useTranslation()
  const lang = language()
  const { sensitivity, budget } = result
  const amount = (value: number | undefined): string =>
    value === undefined ? '–' : signed(value, billions(value, lang))
  const balance = (up: ShownResult['sensitivity'][number]['up']): number =>
    budget.reduce(
      (sum, { variable, sign }) => sum + (sign === 'expenditure' ? -1 : 1) * (up?.budget[variable] ?? 0),
      0,
    )
  const called = ({ parameter, step }: ShownResult['sensitivity'][number]): string =>
    `${names.parameter(parameter)} (+${step.replace('.', lang === 'vi' ? ',' : '.')})`
  return (
    <Panel title={t('lab.sensitivity.title')} note={<SyntheticBadge />}>
      {sensitivity.length === 0 ? (
        <Empty title={t('lab.sensitivity.none')} />
      ) : (
        <>
          <p className={styles.note}>{t('lab.sensitivity.note')}</p>
          <Bars
            title={t('lab.sensitivity.picture')}
            bars={sensitivity.slice(0, shown).map((line) => ({
              label: called(line),
              value: balance(line.up),
              text: amount(balance(line.up)),
            }))}
          />
          <details className={styles.details}>
            <summary>{t('lab.sensitivity.asTable', { number: sensitivity.length })}</summary>
            <TwinTable
              title={t('lab.sensitivity.picture')}
              columns={[
                t('lab.parameter'),
                t('lab.sensitivity.income'),
                ...budget.map(({ variable }) => names.variable(variable)),
              ]}
              rows={sensitivity.map((line) => ({
                key: line.parameter,
                cells: [
                  called(line),
                  amount(line.up?.income),
                  ...budget.map(({ variable }) => amount(line.up?.budget[variable])),
                ],
              }))}
            />
          </details>
        </>
      )}
    </Panel>
  )
}
