import type { DatasetContract, PropertyTerms } from '@nhip/node/catalogue/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './contract-form.module.css'
import { DurationField } from './duration-field.tsx'
import { NumberField } from './number-field.tsx'
import { type ProblemsByPlace, step } from './pointer.ts'
import { useProperties } from './queries.ts'
import { nameIn } from './words.ts'

/** The limits on each property of a dataset; one without limits is left out of the contract. */
export function PropertyFields(props: {
  codes: readonly string[]
  value: DatasetContract['properties']
  problems: ProblemsByPlace
  onChange: (properties: DatasetContract['properties']) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const properties = useProperties()
  const codes = [...new Set([...props.codes, ...Object.keys(props.value)])]
  const set = (code: string, terms: PropertyTerms) => {
    const { [code]: _before, ...others } = props.value
    props.onChange(Object.keys(terms).length === 0 ? others : { ...others, [code]: terms })
  }
  if (codes.length === 0) return null
  return (
    <Panel title={t('catalogue.contract.terms')}>
      <p className={styles.explain}>{t('catalogue.contract.termsNote')}</p>
      {codes.map((code) => {
        const property = properties.data?.find((one) => one.code === code)
        const wrong = props.problems.within(`/properties${step(code)}`)
        return (
          <details key={code} className={styles.part} open={wrong > 0 || undefined}>
            <summary>
              {property ? nameIn(property.name, lang) : code}{' '}
              {wrong > 0 ? (
                <span className={styles.problem}>{t('catalogue.contract.problems', { count: wrong })}</span>
              ) : null}
            </summary>
            <Terms
              value={props.value[code] ?? {}}
              at={`/properties${step(code)}`}
              problems={props.problems}
              onChange={(terms) => set(code, terms)}
            />
          </details>
        )
      })}
    </Panel>
  )
}

function Terms(props: {
  value: PropertyTerms
  at: string
  problems: ProblemsByPlace
  onChange: (terms: PropertyTerms) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { value, at, problems } = props
  const problem = (path: string) => problems.words(`${at}/${path}`, lang)
  const set = (part: Partial<PropertyTerms>) => props.onChange(withoutEmpty({ ...value, ...part }))
  /** A part of the limits disappears with its last number. */
  const inside =
    <N extends 'range' | 'rate' | 'stuck' | 'neighbour'>(name: N) =>
    (field: string) =>
    (to: unknown) =>
      set({ [name]: withoutEmpty({ ...value[name], [field]: to }) } as Partial<PropertyTerms>)
  const range = inside('range')
  const rate = inside('rate')
  const stuck = inside('stuck')
  const neighbour = inside('neighbour')
  return (
    <>
      <h3>{t('catalogue.terms.rangeTitle')}</h3>
      <div className={styles.fields}>
        {(['hardMin', 'hardMax', 'softMin', 'softMax'] as const).map((name) => (
          <NumberField
            key={name}
            label={t(`catalogue.terms.range.${name}`)}
            value={value.range?.[name]}
            problem={problem(`range/${name}`)}
            onChange={range(name)}
          />
        ))}
      </div>
      <h3>{t('catalogue.terms.rateTitle')}</h3>
      <div className={styles.fields}>
        {(['rise', 'fall', 'agreeing'] as const).map((name) => (
          <NumberField
            key={name}
            label={t(`catalogue.terms.rates.${name}`)}
            value={value.rate?.[name]}
            problem={problem(`rate/${name}`)}
            onChange={rate(name)}
          />
        ))}
        <DurationField
          label={t('catalogue.terms.rates.perS')}
          value={value.rate?.perS}
          problem={problem('rate/perS')}
          onChange={rate('perS')}
        />
      </div>
      <h3>{t('catalogue.terms.stuckTitle')}</h3>
      <div className={styles.fields}>
        <NumberField
          label={t('catalogue.terms.stucks.times')}
          value={value.stuck?.times}
          problem={problem('stuck/times')}
          onChange={stuck('times')}
        />
        <DurationField
          label={t('catalogue.terms.stucks.forS')}
          value={value.stuck?.forS}
          problem={problem('stuck/forS')}
          onChange={stuck('forS')}
        />
        <NumberField
          label={t('catalogue.terms.stucks.minVariation')}
          value={value.stuck?.minVariation}
          problem={problem('stuck/minVariation')}
          onChange={stuck('minVariation')}
        />
        <ListField
          label={t('catalogue.terms.stucks.except')}
          value={value.stuck?.except?.map(String)}
          problem={problem('stuck/except')}
          onChange={(list) => stuck('except')(list?.map(Number))}
        />
      </div>
      <h3>{t('catalogue.terms.neighbourTitle')}</h3>
      <div className={styles.fields}>
        {(['nearest', 'z', 'minSpread'] as const).map((name) => (
          <NumberField
            key={name}
            label={t(`catalogue.terms.neighbours.${name}`)}
            value={value.neighbour?.[name]}
            problem={problem(`neighbour/${name}`)}
            onChange={neighbour(name)}
          />
        ))}
        <DurationField
          label={t('catalogue.terms.neighbours.withinS')}
          value={value.neighbour?.withinS}
          problem={problem('neighbour/withinS')}
          onChange={neighbour('withinS')}
        />
      </div>
      <h3>{t('catalogue.terms.schemaTitle')}</h3>
      <div className={styles.fields}>
        <ListField
          label={t('catalogue.terms.entityTypesField')}
          value={value.entityTypes}
          problem={problem('entityTypes')}
          onChange={(entityTypes) => set({ entityTypes })}
        />
        <ListField
          label={t('catalogue.terms.breakdownsField')}
          value={value.breakdowns}
          problem={problem('breakdowns')}
          onChange={(breakdowns) => set({ breakdowns })}
        />
      </div>
      <p className={styles.checks}>
        <label>
          <input
            type="checkbox"
            checked={value.required ?? false}
            onChange={(event) => set({ required: event.currentTarget.checked || undefined })}
          />
          {t('catalogue.terms.required')}
        </label>
      </p>
      {problems.words(at, lang) ? <p className={styles.problem}>{problems.words(at, lang)}</p> : null}
    </>
  )
}

/** Several words between semicolons. What is being typed stays as typed until the field is left. */
function ListField(props: {
  label: string
  value: readonly string[] | undefined
  problem: string | undefined
  onChange: (value: string[] | undefined) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState(props.value?.join('; ') ?? '')
  return (
    <TextField
      label={props.label}
      value={text}
      hint={t('catalogue.terms.listHint')}
      problem={props.problem}
      onChange={(to) => {
        setText(to)
        const words = to.split(';').map((word) => word.trim())
        props.onChange(to.trim() === '' ? undefined : words)
      }}
    />
  )
}

/** The object without the members that are not set; undefined when none is. */
function withoutEmpty<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, member]) =>
        member !== undefined &&
        !(
          typeof member === 'object' &&
          member !== null &&
          !Array.isArray(member) &&
          Object.keys(member).length === 0
        ),
    ),
  ) as T
}
