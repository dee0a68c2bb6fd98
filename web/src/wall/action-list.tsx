import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatAgo, formatClock } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useEntityName } from '../series/entity-name.ts'
import { Icon } from '../shell/icon.tsx'
import { Failure, Loading } from '../shell/states.tsx'
import { useNow } from '../shell/use-now.ts'
import styles from './action-list.module.css'
import type { Action } from './actions.ts'
import { mostFindings, useActions } from './use-actions.ts'

/** What needs action, the urgent on top; that there is nothing is said as clearly. */
export function ActionList({ most }: { most: number }) {
  const { t } = useTranslation()
  const { actions, error } = useActions()
  return (
    <section className={styles.panel} aria-labelledby="actions">
      <h2 id="actions" className={styles.title}>
        {t('wall.actions')}
        {actions && actions.length > 0 ? (
          <span className={actions[0]?.urgent ? styles.urgent : styles.warn}>{actions.length}</span>
        ) : null}
      </h2>
      {!actions ? (
        error ? (
          <Failure error={error} />
        ) : (
          <Loading lines={6} height="1.6rem" />
        )
      ) : actions.length === 0 ? (
        <p className={styles.calm}>
          <Icon name="check" size="1.6rem" />
          {t('wall.nothing')}
        </p>
      ) : (
        <ol className={styles.list}>
          {actions.slice(0, most).map((action) => (
            <li key={keyOf(action)} className={action.urgent ? styles.urgent : styles.warn}>
              <Line action={action} />
            </li>
          ))}
        </ol>
      )}
      {actions && actions.length > most ? (
        <p className={styles.more}>{t('wall.more', { count: actions.length - most })}</p>
      ) : null}
    </section>
  )
}

function keyOf(action: Action): string {
  if (action.kind === 'source') return `source ${action.dataset.code}`
  return action.kind === 'job' ? `job ${action.job.id}` : `findings ${action.dataset.code}`
}

function Line({ action }: { action: Action }) {
  const { t } = useTranslation()
  const lang = language()
  const now = useNow(60_000)
  if (action.kind === 'source') {
    const { counts, silent, dataset } = action
    const states = (['never', 'stale', 'late'] as const).filter((state) => counts[state] > 0)
    return (
      <>
        <strong>{nameIn(dataset.name, lang)}</strong>
        <span>{states.map((state) => t(`wall.${state}`, { count: counts[state] })).join(' · ')}</span>
        {silent.slice(0, 2).map(({ entity, property, breakdown, lastValid }) => (
          <span key={`${entity} ${property} ${breakdown}`} className={styles.detail}>
            <EntityName id={entity} />
            {lastValid ? `: ${formatAgo(Date.parse(lastValid), now, lang)}` : ''}
          </span>
        ))}
      </>
    )
  }
  if (action.kind === 'job') {
    const { message, finishedAt } = action.job
    return (
      <>
        <strong>{t('wall.failed', { what: message ? nameIn(message, lang) : t('jobs.other') })}</strong>
        {finishedAt ? <span>{t('wall.at', { time: formatClock(finishedAt) })}</span> : null}
      </>
    )
  }
  const { dataset, findings } = action
  return (
    <>
      <strong>{nameIn(dataset.name, lang)}</strong>
      <span>
        {t('wall.findings', {
          count: findings.length,
          number: findings.length < mostFindings ? findings.length : `${mostFindings}+`,
        })}
      </span>
      <span className={styles.detail}>{findings[0]?.message[lang]}</span>
    </>
  )
}

function EntityName({ id }: { id: string }) {
  return useEntityName(id)
}
