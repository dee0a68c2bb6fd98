import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Panel } from '../shell/panel.tsx'
import { Bars } from './bars.tsx'
import { billions, signed } from './money.ts'
import type { Names } from './names.ts'
import type { ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** What the change costs and brings in, line by line, for the period of the run. */
export function BudgetPanel({ result, names }: { result: ShownResult; names: Names }) {
  const { t } = useTranslation()
  const lang = language()
  // More revenue is good for the budget, more expenditure is not: the picture shows what the budget feels.
  const felt = ({ sign, difference }: ShownResult['budget'][number]) =>
    sign === 'expenditure' && difference !== 0 ? -difference : difference
  const balance = result.budget.reduce((sum, line) => sum + felt(line), 0)
  return (
    <Panel title={t('lab.budget', { period: result.period })} note={<SyntheticBadge />}>
      <p>
        {t('lab.balance')} <strong>{signed(balance, billions(balance, lang))}</strong>
      </p>
      <Bars
        title={t('lab.budgetPicture')}
        bars={result.budget.map((line) => ({
          label: names.variable(line.variable),
          value: felt(line),
          text: signed(felt(line), billions(felt(line), lang)),
        }))}
      />
      <TwinTable
        title={t('lab.budgetPicture')}
        columns={[t('lab.lineOf'), t('lab.before'), t('lab.after'), t('lab.difference')]}
        rows={result.budget.map((line) => ({
          key: line.variable,
          cells: [
            `${names.variable(line.variable)} (${t(`lab.sign.${line.sign}`)})`,
            billions(line.base, lang),
            billions(line.reform, lang),
            signed(line.difference, billions(line.difference, lang)),
          ],
        }))}
      />
    </Panel>
  )
}
