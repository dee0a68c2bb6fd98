import type { Analysis } from '@nhip/policy/simulate/simulate'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Badge, SyntheticBadge } from '../shell/badges.tsx'
import { Button } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './lab.module.css'
import type { HouseholdAsk } from './lab-messages.ts'
import type { Names } from './names.ts'
import type { ShownResult } from './plain.ts'
import { TwinTable } from './twin-table.tsx'

/** What the law promises and breaks, what in it has no effect, and who is alike and yet treated differently. */
export function FlawsPanel(props: {
  result: ShownResult
  analyses: readonly Analysis[]
  names: Names
  onSee: ((household: HouseholdAsk) => void) | undefined
}) {
  const { t } = useTranslation()
  const lang = language()
  const { result, analyses, names, onSee } = props
  const number = (value: number): string => formatNumber(value, lang, 0)
  const see = (witness: HouseholdAsk | null | undefined) =>
    witness && onSee ? (
      <Button kind="quiet" onClick={() => onSee(witness)}>
        {t('lab.seeHousehold')}
      </Button>
    ) : null
  const called = ({ kind, name }: ShownResult['dead'][number]): string =>
    kind === 'rule' ? name : kind === 'budget' ? names.variable(name) : names.parameter(name)
  const unequal = result.equal_treatment.filter(({ groups }) => groups > 0)
  return (
    <Panel title={t('lab.flaws.title')} note={<SyntheticBadge />}>
      {analyses.includes('invariants') ? (
        result.invariants.length === 0 ? (
          <p className={styles.note}>{t('lab.flaws.noInvariants')}</p>
        ) : (
          <ul className={styles.cliffs}>
            {result.invariants.map(({ id, ok, persons, witness, witnesses }) => (
              <li key={id}>
                <Badge tone={ok ? 'good' : 'bad'}>{t(ok ? 'lab.flaws.holds' : 'lab.flaws.broken')}</Badge>{' '}
                <code>{id}</code>
                {ok ? null : ` · ${t('lab.persons', { count: persons, shown: number(persons) })} `}
                {see(witness ?? witnesses[0]?.witness)}
              </li>
            ))}
          </ul>
        )
      ) : null}
      {analyses.includes('dead') ? (
        result.dead.length === 0 ? (
          <p className={styles.note}>{t('lab.flaws.noDead')}</p>
        ) : (
          <ul className={styles.cliffs} aria-label={t('lab.flaws.dead')}>
            {result.dead.map((one) => (
              <li key={`${one.kind} ${one.name} ${one.how}`}>
                {t(`lab.flaws.kind.${one.kind}`)} <strong>{called(one)}</strong>:{' '}
                {t(`lab.flaws.because.${one.how}`)}
              </li>
            ))}
          </ul>
        )
      ) : null}
      {analyses.includes('equal') ? (
        <>
          {unequal.length === 0 ? (
            <p className={styles.note}>{t('lab.flaws.noUnequal')}</p>
          ) : (
            <ul className={styles.cliffs}>
              {unequal.map(({ output, relevant, groups, persons, example }) => (
                <li key={output}>
                  {t('lab.flaws.unequal', {
                    output: names.variable(output),
                    relevant: relevant.map(names.variable).join('; '),
                    groups: number(groups),
                    rows: number(persons),
                  })}{' '}
                  {see(example?.[0])}
                </li>
              ))}
            </ul>
          )}
          {result.flips.length > 0 ? (
            <TwinTable
              title={t('lab.flaws.flips')}
              columns={[t('lab.flaws.flips'), t('lab.rates.persons')]}
              rows={result.flips.map(({ column, persons }) => ({
                key: column,
                cells: [names.variable(column), number(persons)],
              }))}
            />
          ) : null}
        </>
      ) : null}
    </Panel>
  )
}
