import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Page, read, send } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { type JobItem, progressOf } from '../overview/jobs.ts'
import { Badge } from '../shell/badges.tsx'
import { Confirm } from '../shell/confirm.tsx'
import { Choice, ProgressBar } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { FetchedPage } from '../shell/fetched-page.tsx'
import { Panel } from '../shell/panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import { Empty } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './admin-page.module.css'

/** A job with who asked for it and how it went. */
interface JobOfNode extends JobItem {
  error: unknown
  createdAt: string
  finishedAt: string | null
  createdBy?: string
  cancelRequested?: boolean
}

const states = ['queued', 'running', 'done', 'dead', 'cancelled'] as const
const tones = { queued: 'plain', running: 'note', done: 'good', dead: 'bad', cancelled: 'warn' } as const

/** Long work of the node, newest first: how far it is, why it failed, and a way to stop it. */
export function JobsSection() {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const asked = { state: view.get('state'), cursor: view.get('cursor'), limit: 50 }
  const jobs = useQuery<Page<JobOfNode>>({
    queryKey: ['jobs', 'all', asked],
    refetchInterval: (query) => (query.state.data?.items.some(underWay) ? 2000 : 20_000),
    queryFn: ({ signal }) => read('/api/jobs', asked, signal),
  })
  const columns = [
    { name: t('admin.jobs.what') },
    { name: t('admin.jobs.state') },
    { name: t('admin.jobs.progress') },
    { name: t('admin.jobs.by') },
    { name: t('admin.jobs.began') },
    { name: t('admin.jobs.ended') },
    { name: t('admin.actions') },
  ]
  return (
    <Panel
      title={t('admin.section.jobs')}
      note={
        <Choice
          hideLabel
          label={t('admin.jobs.state')}
          value={view.get('state') ?? ''}
          onChange={(state) => change({ state, cursor: null })}
          options={[
            { value: '', label: t('admin.jobs.allStates') },
            ...states.map((state) => ({ value: state, label: t(`admin.jobs.states.${state}`) })),
          ]}
        />
      }
    >
      <FetchedPage query={jobs} none={<Empty title={t('admin.jobs.none')} />}>
        {(items) => (
          <DataTable label={t('admin.section.jobs')} columns={columns}>
            {items.map((job) => (
              <tr key={job.id}>
                <th scope="row" className={tableStyles.wrap}>
                  {job.message
                    ? nameIn(job.message, lang)
                    : t(`admin.jobs.kind.${job.kind}`, { defaultValue: job.kind })}
                  <Why error={job.error} />
                </th>
                <td>
                  <Badge tone={tones[job.state as keyof typeof tones] ?? 'plain'}>
                    {t(`admin.jobs.states.${job.state}`)}
                  </Badge>
                </td>
                <td className={styles.progress}>
                  <Progress job={job} />
                </td>
                <td>{job.createdBy === 'system' ? t('admin.system') : (job.createdBy ?? '')}</td>
                <td className={tableStyles.nowrap}>{formatInstant(job.createdAt, lang)}</td>
                <td className={tableStyles.nowrap}>{formatInstant(job.finishedAt, lang)}</td>
                <td>{underWay(job) ? <Cancel job={job} /> : null}</td>
              </tr>
            ))}
          </DataTable>
        )}
      </FetchedPage>
    </Panel>
  )
}

function underWay(job: JobOfNode): boolean {
  return job.state === 'queued' || job.state === 'running'
}

function Progress({ job }: { job: JobOfNode }) {
  const { t } = useTranslation()
  const lang = language()
  if (!job.total) return null
  const said = t('jobs.ofTotal', {
    done: formatNumber(job.done ?? 0, lang),
    total: formatNumber(job.total, lang),
  })
  return (
    <>
      {said}
      {job.state === 'running' ? <ProgressBar label={said} percent={progressOf(job)} /> : null}
    </>
  )
}

/** The error as the program kept it: a text, or an object with a message. */
function Why({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (error === null || error === undefined) return null
  const message =
    typeof error === 'object' && 'message' in error && typeof error.message === 'string'
      ? error.message
      : typeof error === 'string'
        ? error
        : JSON.stringify(error)
  return (
    <details className={styles.why}>
      <summary>{t('admin.jobs.why')}</summary>
      <code>{message}</code>
    </details>
  )
}

function Cancel({ job }: { job: JobOfNode }) {
  const { t } = useTranslation()
  const me = useMe()
  const queries = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => send('POST', `/api/jobs/${job.id}/cancel`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
  if (job.cancelRequested) return <span className={styles.faint}>{t('admin.jobs.stopping')}</span>
  const own = me.data?.username === job.createdBy
  if (!own && !me.data?.permissions.includes('jobs.cancel')) return null
  return (
    <>
      <Confirm
        kind="quiet"
        label={t('admin.jobs.cancel')}
        question={t('admin.jobs.cancelAsk')}
        yes={t('admin.jobs.cancelYes')}
        busy={cancel.isPending}
        onYes={() => cancel.mutate()}
      />
      <Refusal error={cancel.error} />
    </>
  )
}
