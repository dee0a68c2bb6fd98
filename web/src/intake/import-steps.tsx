import type { ImportItem } from '@nhip/node/intake/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address } from '../api/client.ts'
import { formatNumber } from '../i18n/format.ts'
import { type Language, language } from '../i18n/language.ts'
import { progressOf } from '../overview/jobs.ts'
import { Badge } from '../shell/badges.tsx'
import { Button, ProgressBar, Segments } from '../shell/controls.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Panel } from '../shell/panel.tsx'
import { Failure, Loading } from '../shell/states.tsx'
import { DetectedFacts } from './detected-facts.tsx'
import { Findings } from './findings.tsx'
import styles from './import-steps.module.css'
import { mappingOf, withoutColumns } from './mapping.ts'
import { MappingEditor } from './mapping-editor.tsx'
import { PreviewTable } from './preview-table.tsx'
import { ProblemLine } from './problem-line.tsx'
import { RowReport } from './row-report.tsx'
import { isWorking, useImport } from './use-import.ts'

const tones = {
  preview: 'plain',
  checking: 'warn',
  committing: 'warn',
  done: 'good',
  failed: 'bad',
  cancelled: 'plain',
  undone: 'plain',
} as const

/** The later steps of an import: how to read the file, what that gives, and taking it in. */
export function ImportSteps({ id }: { id: string }) {
  const { t } = useTranslation()
  const lang = language()
  const queries = useQueryClient()
  const { item, job, map, changing, check, commit, undo, cancel } = useImport(id)
  const [onError, setOnError] = useState<'abort' | 'skip'>('abort')
  const [asking, setAsking] = useState(false)
  const state = item.data?.state
  const before = useRef(state)

  useEffect(() => {
    if (before.current === 'committing' && state === 'done') void queries.invalidateQueries()
    before.current = state
  }, [state, queries])

  if (item.isPending) return <Loading lines={8} height="1.5rem" />
  if (item.error && !item.data) return <Failure error={item.error} retry={() => void item.refetch()} />
  const data = item.data as ImportItem
  // What was changed last is what the next change builds upon, also before the node has answered.
  const mapping = map.isPending ? map.variables : mappingOf(data)
  const open = data.problems.some((problem) => problem.severity === 'error')
  const report = data.report
  const editable = data.state === 'preview' || data.state === 'failed'
  const first = data.preview[0]

  return (
    <>
      <PageHead
        title={t('import.titleOf', { file: data.file })}
        lead={t('import.rows', { count: data.rows, n: formatNumber(data.rows, lang) })}
        aside={<Badge tone={tones[data.state]}>{t(`import.state.${data.state}`)}</Badge>}
      />
      <div className={styles.page}>
        {isWorking(data) ? (
          <Panel
            title={t(data.state === 'checking' ? 'import.checking' : 'import.takingIn')}
            note={job.data?.state === 'queued' ? t('jobs.state.queued') : undefined}
          >
            <ProgressBar
              label={t(data.state === 'checking' ? 'import.checking' : 'import.takingIn')}
              percent={job.data ? progressOf(job.data) : null}
            />
            <div className={styles.actions}>
              <Button kind="quiet" busy={cancel.isPending} onClick={() => cancel.mutate()}>
                {t('import.cancel')}
              </Button>
            </div>
            {cancel.error ? <Failure error={cancel.error} /> : null}
          </Panel>
        ) : null}

        {data.state === 'done' || data.state === 'undone' ? (
          <Panel title={t(data.state === 'done' ? 'import.doneTitle' : 'import.undoneTitle')}>
            <div className={styles.actions}>
              {data.state === 'done' && first ? (
                <Link
                  className={styles.onward}
                  href={address('/series', { property: first.property, dataset: data.dataset })}
                >
                  {t('import.seeSeries')}
                </Link>
              ) : null}
              {data.state === 'done' && first ? (
                <Link
                  className={styles.onward}
                  href={address('/map', { property: first.property, dataset: data.dataset })}
                >
                  {t('import.seeMap')}
                </Link>
              ) : null}
              <Link className={styles.onward} href="/import">
                {t('import.another')}
              </Link>
              {data.state === 'done' ? (
                asking ? (
                  <span className={styles.asking} role="alert">
                    {t('import.undoAsk')}
                    <Button kind="strong" busy={undo.isPending} onClick={() => undo.mutate()}>
                      {t('import.undoYes')}
                    </Button>
                    <Button onClick={() => setAsking(false)}>{t('import.undoNo')}</Button>
                  </span>
                ) : (
                  <Button onClick={() => setAsking(true)}>{t('import.undo')}</Button>
                )
              ) : null}
            </div>
            {data.undone ? <p>{t('import.undoneCounts', counted(data.undone, lang))}</p> : null}
            {undo.error ? <Failure error={undo.error} /> : null}
          </Panel>
        ) : null}

        {report ? <RowReport id={id} report={report} refused={data.state === 'failed'} /> : null}
        {data.state === 'done' ? <Findings importId={id} /> : null}

        {editable ? (
          <>
            <Panel title={t('import.detected')}>
              <DetectedFacts item={data} />
            </Panel>
            <Panel title={t('import.howToRead')} note={changing ? t('import.rereading') : undefined}>
              {data.mappingSaved ? (
                <p className={styles.missing}>
                  {t('import.mappingSaved')}{' '}
                  <Button
                    kind="quiet"
                    busy={map.isPending}
                    onClick={() => map.mutate(withoutColumns(mapping))}
                  >
                    {t('import.mappingGuess')}
                  </Button>
                </p>
              ) : null}
              <MappingEditor item={data} mapping={mapping} busy={changing} save={(to) => map.mutate(to)} />
              {map.error ? <Failure error={map.error} /> : null}
            </Panel>
            <Panel title={t('import.preview')} note={t('import.previewNote')}>
              <PreviewTable rows={data.preview} />
            </Panel>
            <Panel title={t('import.takeIn')} note={t('import.takeInNote')}>
              {mapping.dataset ? null : <p className={styles.missing}>{t('import.missingDataset')}</p>}
              {data.problems.map((problem) => (
                <div key={`${problem.code} ${problem.path ?? ''}`} className={styles.missing}>
                  <ProblemLine problem={problem} />
                </div>
              ))}
              <div className={styles.actions}>
                <Segments
                  label={t('import.onError')}
                  value={onError}
                  onChange={(to) => setOnError(to === 'skip' ? 'skip' : 'abort')}
                  options={[
                    { value: 'abort', label: t('import.abort') },
                    { value: 'skip', label: t('import.skip') },
                  ]}
                />
                <Button
                  busy={check.isPending}
                  disabled={!mapping.dataset || open || changing}
                  onClick={() => check.mutate(onError)}
                >
                  {t('import.check')}
                </Button>
                <Button
                  kind="strong"
                  busy={commit.isPending}
                  disabled={!mapping.dataset || open || changing}
                  onClick={() => commit.mutate(onError)}
                >
                  {t('import.commit')}
                </Button>
                <Button kind="quiet" busy={cancel.isPending} onClick={() => cancel.mutate()}>
                  {t('import.cancel')}
                </Button>
              </div>
              {check.error ? <Failure error={check.error} /> : null}
              {commit.error ? <Failure error={commit.error} /> : null}
            </Panel>
          </>
        ) : null}
        {data.state === 'cancelled' ? (
          <Link className={styles.onward} href="/import">
            {t('import.another')}
          </Link>
        ) : null}
      </div>
    </>
  )
}

/** Numbers of an undo as the reader's language writes them. */
function counted(undone: NonNullable<ImportItem['undone']>, lang: Language): Record<string, string> {
  return Object.fromEntries(Object.entries(undone).map(([name, n]) => [name, formatNumber(n, lang)]))
}
