import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { ProgressBar } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { progressOf, useJobs } from './jobs.ts'
import styles from './jobs-panel.module.css'

/** Long work that is going on; nothing when there is none. */
export function JobsPanel() {
  const { t } = useTranslation()
  const jobs = useJobs()
  const lang = language()
  const active = (jobs.data ?? []).filter((job) => job.state === 'queued' || job.state === 'running')
  if (active.length === 0) return null
  return (
    <Panel title={t('jobs.title')} className={styles.panel}>
      <ul className={styles.list}>
        {active.map((job) => {
          const part = progressOf(job)
          const name = job.message ? nameIn(job.message, lang) : t('jobs.other')
          return (
            <li key={job.id}>
              <span>{name}</span>
              <span className={styles.amount}>
                {job.total
                  ? t('jobs.ofTotal', {
                      done: formatNumber(job.done ?? 0, lang),
                      total: formatNumber(job.total, lang),
                    })
                  : t(`jobs.state.${job.state}`)}
              </span>
              <div className={styles.bar}>
                <ProgressBar label={name} percent={part} />
              </div>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
