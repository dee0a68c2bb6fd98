import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Choice, Segments } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Loading } from '../shell/states.tsx'
import { Curve } from './curve.tsx'
import { ExplanationTree } from './explanation-tree.tsx'
import styles from './lab.module.css'
import type { HouseholdAsk, Laws, Outline } from './lab-messages.ts'
import { moneyText, signed } from './money.ts'
import type { Names } from './names.ts'
import type { ShownResult } from './plain.ts'
import type { LabState } from './use-lab.ts'

const moments = ['largest_gain', 'largest_loss', 'median', 'first'] as const
/** The household that a finding states, among the choices. */
const statedOne = 'stated'

/** Which household is looked at, and a way to open it from elsewhere on the page. */
export function useAskedHousehold() {
  const [asked, ask] = useState<HouseholdAsk | null>(null)
  const opened = useRef<HouseholdAsk | null>(null)
  const see = ({ household, person, situation }: HouseholdAsk) => {
    opened.current = { household, person, situation }
    ask(opened.current)
  }
  return { asked, ask, opened, see }
}

/** One household: its curve, where the cliff is, and why it has what it has, down to the article. */
export function HouseholdPanel(props: {
  lab: LabState
  laws: Laws
  names: Names
  outline: Outline
  /** Households of the sample that stand for what changes. */
  paths: ShownResult['paths']
  looked: ReturnType<typeof useAskedHousehold>
}) {
  const { t } = useTranslation()
  const lang = language()
  const { lab, laws, names, outline, paths } = props
  const { asked, ask, opened } = props.looked
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (asked !== null && asked === opened.current) place.current?.focus()
  }, [asked, opened])
  const [law, setLaw] = useState<'base' | 'reform'>('reform')
  const found = new Map<number, string>()
  for (const path of paths)
    for (const moment of moments) {
      const one = path[moment]
      if (one && !found.has(one.household))
        found.set(
          one.household,
          `${t(`lab.moment.${moment}`)}: ${signed(one.change, moneyText(one.change, lang))}`,
        )
    }
  const [first] = found.keys()
  const one = asked ?? (first === undefined ? null : { household: first, person: null, situation: null })
  const shown = useQuery({
    queryKey: ['lab-household', lab.key, laws, one, lang],
    enabled: one !== null && lab.client !== null && lab.sample.data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () => (one ? lab.client?.ask('household', { ...laws, ...one, language: lang }) : undefined),
  })
  const view = shown.data
  const stated = one !== null && one.situation !== null
  const options = [...found].map(([id, label]) => ({ value: String(id), label }))
  if (one !== null && (stated || !found.has(one.household)))
    options.push({
      value: stated ? statedOne : String(one.household),
      label: t('lab.householdNumber', { number: one.household }),
    })
  return (
    <div ref={place} tabIndex={-1} className={styles.place}>
      <Panel title={t('lab.household')} note={<SyntheticBadge />}>
        <Choice
          label={t('lab.whichHousehold')}
          value={stated ? statedOne : String(one?.household ?? '')}
          options={options}
          onChange={(to) => {
            if (to !== statedOne) ask({ household: Number(to), person: null, situation: null })
          }}
        />
        {one === null ? (
          <Empty title={t('lab.nobodyMoves')} />
        ) : view ? (
          <>
            <ul className={styles.members}>
              {view.members.map((member) => (
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
                        `${names.variable(variable)} ${typeof value === 'number' && outline.variables[variable]?.uom === 'VND' ? moneyText(value, lang) : value === true ? t('lab.yes') : String(value)}`,
                    )
                    .join('; ')}
                </li>
              ))}
            </ul>
            <p>
              {names.variable(view.income.variable)}: {moneyText(view.income.base, lang)} →{' '}
              <strong>{moneyText(view.income.reform, lang)}</strong>
            </p>
            {view.curve ? (
              <Curve
                curve={view.curve}
                title={t('lab.curveTitle', {
                  what: names.variable(view.curve.variable),
                  who: view.curve.person,
                })}
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
            <ExplanationTree node={view.explanation[law]} sources={outline.sources} />
          </>
        ) : shown.error ? (
          <p className={styles.note}>{shown.error.message}</p>
        ) : (
          <Loading lines={6} />
        )}
      </Panel>
    </div>
  )
}
