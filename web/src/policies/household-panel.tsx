import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Button, Choice, Segments } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Loading } from '../shell/states.tsx'
import { Curve } from './curve.tsx'
import { ExplanationTree } from './explanation-tree.tsx'
import styles from './lab.module.css'
import type { Laws, Outline } from './lab-messages.ts'
import { moneyText, signed } from './money.ts'
import type { ShownResult } from './plain.ts'
import type { LabState } from './use-lab.ts'

const moments = ['largest_gain', 'largest_loss', 'median', 'first'] as const

/** One household of the sample: its curve, where the cliff is, and why it has what it has, down to the article. */
export function HouseholdPanel(props: { lab: LabState; laws: Laws; result: ShownResult; outline: Outline }) {
  const { t } = useTranslation()
  const lang = language()
  const { lab, laws, result, outline } = props
  const [chosen, setChosen] = useState<{ household: number; person: string | null } | null>(null)
  const [law, setLaw] = useState<'base' | 'reform'>('reform')
  const [searched, setSearched] = useState<Laws | null>(null)
  const cliffs = useQuery({
    queryKey: ['lab-cliffs', lab.key, laws],
    enabled: searched === laws && lab.ready && lab.client !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () => lab.client?.ask('run', { ...laws, analyses: ['paths', 'emtr'] }),
  })
  const found = new Map<number, string>()
  for (const path of result.paths)
    for (const moment of moments) {
      const one = path[moment]
      if (one && !found.has(one.household))
        found.set(
          one.household,
          `${t(`lab.moment.${moment}`)}: ${signed(one.change, moneyText(one.change, lang))}`,
        )
    }
  const emtr = cliffs.data?.result.emtr
  const rates = emtr?.reform ?? emtr?.base
  const witnesses = rates?.witnesses ?? []
  const [first] = found.keys()
  const household = chosen?.household ?? first
  const person = chosen?.person ?? null
  const shown = useQuery({
    queryKey: ['lab-household', lab.key, laws, household, person, lang],
    enabled: household !== undefined && lab.ready && lab.client !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () =>
      lab.client?.ask('household', { ...laws, household: household ?? 0, person, language: lang }),
  })
  const one = shown.data
  const name = (variable: string) =>
    nameIn(outline.variables[variable]?.title ?? { vi: variable, en: variable }, lang)
  if (household !== undefined && !found.has(household))
    found.set(household, t('lab.householdNumber', { number: household }))
  return (
    <Panel title={t('lab.household')} note={<SyntheticBadge />}>
      <div className={styles.row}>
        <Choice
          className={styles.grow}
          label={t('lab.whichHousehold')}
          value={household === undefined ? '' : String(household)}
          options={[...found].map(([id, label]) => ({ value: String(id), label }))}
          onChange={(to) => setChosen({ household: Number(to), person: null })}
        />
        <Button busy={cliffs.isFetching} onClick={() => setSearched(laws)}>
          {t('lab.findCliffs')}
        </Button>
      </div>
      {rates ? (
        witnesses.length === 0 ? (
          <p className={styles.note}>{t('lab.noCliffs')}</p>
        ) : (
          <ul className={styles.cliffs}>
            {witnesses.map((cliff) => (
              <li key={`${cliff.path} ${cliff.witness.household}`}>
                {t('lab.cliff', {
                  threshold: moneyText(cliff.witness.threshold, lang),
                  before: moneyText(cliff.witness.before, lang),
                  after: moneyText(cliff.witness.after, lang),
                  persons: formatNumber(cliff.persons, lang, 0),
                })}{' '}
                <Button
                  kind="quiet"
                  onClick={() =>
                    setChosen({ household: cliff.witness.household, person: cliff.witness.person })
                  }
                >
                  {t('lab.seeHousehold')}
                </Button>
              </li>
            ))}
          </ul>
        )
      ) : null}
      {household === undefined ? (
        <Empty title={t('lab.nobodyMoves')} />
      ) : one ? (
        <>
          <ul className={styles.members}>
            {one.members.map((member) => (
              <li key={member.id}>
                <strong>
                  {member.id} · {nameIn(member.role, lang)}
                </strong>
                {': '}
                {member.values
                  .filter(
                    ({ variable, value }) =>
                      variable in outline.variables &&
                      value !== 0 &&
                      value !== false &&
                      value !== null &&
                      value !== 'none',
                  )
                  .map(
                    ({ variable, value }) =>
                      `${name(variable)} ${typeof value === 'number' && outline.variables[variable]?.uom === 'VND' ? moneyText(value, lang) : value === true ? t('lab.yes') : String(value)}`,
                  )
                  .join('; ')}
              </li>
            ))}
          </ul>
          <p>
            {name(one.income.variable)}: {moneyText(one.income.base, lang)} →{' '}
            <strong>{moneyText(one.income.reform, lang)}</strong>
          </p>
          {one.curve ? (
            <Curve
              curve={one.curve}
              title={t('lab.curveTitle', { what: name(one.curve.variable), who: one.curve.person })}
            />
          ) : null}
          <Segments
            label={t('lab.why')}
            value={law}
            options={[
              { value: 'base', label: t('lab.before') },
              { value: 'reform', label: t('lab.after') },
            ]}
            onChange={(to) => setLaw(to === 'base' ? 'base' : 'reform')}
          />
          <ExplanationTree node={one.explanation[law]} sources={outline.sources} />
        </>
      ) : shown.error ? (
        <p className={styles.note}>{shown.error.message}</p>
      ) : (
        <Loading lines={6} />
      )}
    </Panel>
  )
}
