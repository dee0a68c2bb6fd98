import type { ContractItem, PropertyTerms } from '@nhip/node/catalogue/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { UnitName } from '../identity/unit-name.tsx'
import { Badge } from '../shell/badges.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Facts } from '../shell/facts.tsx'
import { Panel } from '../shell/panel.tsx'
import { inUnits } from './duration.ts'
import { promiseWords } from './promise-words.ts'
import { useProperties } from './queries.ts'
import { nameIn } from './words.ts'

/** A contract as it stands, in words. */
export function ContractView({ contract, note }: { contract: ContractItem; note: ReactNode }) {
  const { t } = useTranslation()
  const lang = language()
  const properties = useProperties()
  const duration = useDurationWords()
  const { arrival } = contract
  const terms = Object.entries(contract.properties).filter(([, limits]) => Object.keys(limits).length > 0)
  return (
    <>
      <Panel title={t('catalogue.contract.title', { version: contract.version })} note={note}>
        <Facts
          of={[
            {
              name: t('catalogue.owner'),
              value: contract.owner ? <UnitName id={contract.owner} /> : t('catalogue.noOwner'),
            },
            { name: t('catalogue.classTitle'), value: t(`catalogue.class.${contract.class}`) },
            {
              name: t('catalogue.personal'),
              value: t(contract.personal ? 'catalogue.yes' : 'catalogue.no'),
            },
            { name: t('catalogue.licence'), value: contract.licence ?? t('catalogue.noLicence') },
            { name: t('figure.expected'), value: promiseWords(t, contract.freshness) },
            { name: t('catalogue.contract.lateAfter'), value: duration(arrival.lateAfterS) },
            { name: t('catalogue.contract.futureAfter'), value: duration(arrival.futureAfterS) },
            { name: t('catalogue.contract.clockDrift'), value: duration(arrival.clockSkew?.driftS) },
            {
              name: t('catalogue.contract.autoCreate'),
              value: t(contract.autoCreate ? 'catalogue.yes' : 'catalogue.no'),
            },
          ]}
        />
      </Panel>
      {terms.length > 0 ? (
        <Panel title={t('catalogue.contract.terms')}>
          <DataTable
            label={t('catalogue.contract.terms')}
            columns={[{ name: t('figure.property') }, { name: t('catalogue.contract.limits') }]}
          >
            {terms.map(([code, limits]) => {
              const property = properties.data?.find((one) => one.code === code)
              return (
                <tr key={code}>
                  <th scope="row">{property ? nameIn(property.name, lang) : code}</th>
                  <td className={tableStyles.wrap}>
                    <Terms terms={limits} />
                  </td>
                </tr>
              )
            })}
          </DataTable>
        </Panel>
      ) : null}
      <Panel title={t('catalogue.contract.rules')}>
        {contract.rules.length === 0 ? (
          <p>{t('catalogue.contract.noRules')}</p>
        ) : (
          <DataTable
            label={t('catalogue.contract.rules')}
            columns={[
              { name: t('catalogue.rule.code') },
              { name: t('catalogue.rule.when') },
              { name: t('catalogue.rule.message') },
            ]}
          >
            {contract.rules.map((rule) => (
              <tr key={rule.code}>
                <th scope="row">
                  <Badge
                    tone={rule.severity === 'error' ? 'bad' : rule.severity === 'warning' ? 'warn' : 'plain'}
                  >
                    {rule.code}
                  </Badge>
                </th>
                <td className={tableStyles.wrap}>
                  <code>{rule.when}</code>
                </td>
                <td className={tableStyles.wrap}>{nameIn(rule.message, lang)}</td>
              </tr>
            ))}
          </DataTable>
        )}
      </Panel>
    </>
  )
}

/** The limits of one property, one line each. */
function Terms({ terms }: { terms: PropertyTerms }) {
  const { t } = useTranslation()
  const lang = language()
  const duration = useDurationWords()
  const number = (value: number | undefined) => formatNumber(value, lang)
  const { range, rate, stuck, neighbour } = terms
  const lines = [
    range && (range.hardMin !== undefined || range.hardMax !== undefined)
      ? t('catalogue.terms.hard', { from: number(range.hardMin), to: number(range.hardMax) })
      : null,
    range && (range.softMin !== undefined || range.softMax !== undefined)
      ? t('catalogue.terms.soft', { from: number(range.softMin), to: number(range.softMax) })
      : null,
    rate
      ? t('catalogue.terms.rate', {
          rise: number(rate.rise),
          fall: number(rate.fall),
          span: duration(rate.perS ?? 1),
        })
      : null,
    stuck ? t('catalogue.terms.stuck', { count: stuck.times, n: number(stuck.times) }) : null,
    neighbour
      ? t('catalogue.terms.neighbour', { nearest: number(neighbour.nearest), z: number(neighbour.z) })
      : null,
    terms.entityTypes ? t('catalogue.terms.entityTypes', { list: terms.entityTypes.join(', ') }) : null,
    terms.breakdowns
      ? t('catalogue.terms.breakdowns', {
          list: terms.breakdowns.map((one) => one || t('figure.whole')).join(', '),
        })
      : null,
    terms.required ? t('catalogue.terms.required') : null,
  ].filter((line) => line !== null)
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

/** A length of time in words; nothing for one that is not set. */
function useDurationWords(): (seconds: number | undefined) => string | null {
  const { t } = useTranslation()
  const lang = language()
  return (seconds) => {
    if (seconds === undefined) return null
    const { amount, unit } = inUnits(seconds)
    return `${formatNumber(amount, lang)} ${t(`catalogue.duration.${unit}`)}`
  }
}
