import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import tableStyles from '../shell/data-table.module.css'
import { Panel } from '../shell/panel.tsx'
import { Bars } from './bars.tsx'
import type { Outline } from './lab-messages.ts'
import { billions, signed } from './money.ts'
import type { ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** What the change costs and brings in, line by line, for the period of the run. */
export function BudgetPanel({ result, outline }: { result: ShownResult; outline: Outline }) {
  const { t } = useTranslation()
  const lang = language()
  const name = (variable: string) =>
    nameIn(outline.variables[variable]?.title ?? { vi: variable, en: variable }, lang)
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
          label: name(line.variable),
          value: felt(line),
          text: signed(felt(line), billions(felt(line), lang)),
        }))}
      />
      <TwinTable title={t('lab.budgetPicture')}>
        <thead>
          <tr>
            <th scope="col">{t('lab.lineOf')}</th>
            <th scope="col">{t('lab.before')}</th>
            <th scope="col">{t('lab.after')}</th>
            <th scope="col">{t('lab.difference')}</th>
          </tr>
        </thead>
        <tbody>
          {result.budget.map((line) => (
            <tr key={line.variable}>
              <th scope="row" style={{ whiteSpace: 'normal' }}>
                {name(line.variable)} ({t(`lab.sign.${line.sign}`)})
              </th>
              <td className={tableStyles.number}>{billions(line.base, lang)}</td>
              <td className={tableStyles.number}>{billions(line.reform, lang)}</td>
              <td className={tableStyles.number}>
                {signed(line.difference, billions(line.difference, lang))}
              </td>
            </tr>
          ))}
        </tbody>
      </TwinTable>
    </Panel>
  )
}
