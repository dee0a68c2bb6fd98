import type { Problem } from '@nhip/canonical/problem'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { Badge } from '../shell/badges.tsx'
import { Button, Choice, Segments } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import type { ViewChange } from '../shell/url-view.ts'
import styles from './lab.module.css'
import type { Checked, Files } from './lab-messages.ts'
import { ParameterEditor } from './parameter-editor.tsx'
import { ProblemLines } from './problem-lines.tsx'
import { TableEditor } from './table-editor.tsx'

/** The law as it can be changed here: dated parameters and decision tables. */
export function EditorPanel(props: {
  checked: Checked
  texts: Files
  edited: Files
  period: string
  view: URLSearchParams
  change: (parts: ViewChange) => void
  onEdit: (edited: Files) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { checked, texts, edited, view, change } = props
  const { outline } = checked
  const parameters = outline?.parameters ?? []
  const decisions = outline?.decisions ?? []
  const tab = view.get('edit') === 'table' && decisions.length > 0 ? 'table' : 'parameter'
  const parameter =
    parameters.find(({ path }) => path === view.get('parameter')) ??
    parameters.find(({ path }) => path === 'tax.self_deduction') ??
    parameters[0]
  const table = decisions.find((file) => file === view.get('table')) ?? decisions[0]
  const file = tab === 'parameter' ? parameter?.file : table
  const text = file === undefined ? undefined : (edited[file] ?? texts[file])
  const all = [...checked.problems, ...checked.findings]
  const mark = (path: string) =>
    `${all.some((one) => one.file === path && one.severity === 'error') ? '⚠ ' : ''}${path in edited ? '● ' : ''}`
  const groupOf = (path: string) => {
    const folders = path.split('.').slice(0, -1)
    return folders
      .map((_, i) => outline?.folders[folders.slice(0, i + 1).join('.')])
      .flatMap((title) => (title ? [nameIn(title, lang)] : []))
      .join(' › ')
  }
  const put = (path: string, to: string) => {
    const { [path]: _, ...others } = edited
    props.onEdit(texts[path] === to ? others : { ...others, [path]: to })
  }
  const open = (problem: Problem) => {
    const found = parameters.find((one) => one.file === problem.file)
    if (found) change({ edit: null, parameter: found.path })
    else if (problem.file && decisions.includes(problem.file)) change({ edit: 'table', table: problem.file })
  }
  const errors = all.filter(({ severity }) => severity === 'error').length
  return (
    <Panel
      title={t('lab.editor')}
      note={
        <Badge tone={errors > 0 ? 'bad' : 'good'}>
          {errors > 0 ? t('lab.errors', { count: errors }) : t('lab.noErrors')}
        </Badge>
      }
    >
      <div className={styles.row}>
        <Segments
          label={t('lab.what')}
          value={tab}
          options={[
            { value: 'parameter', label: t('lab.parameters') },
            { value: 'table', label: t('lab.tables') },
          ]}
          onChange={(to) => change({ edit: to === 'table' ? 'table' : null })}
        />
        {tab === 'parameter' ? (
          <Choice
            className={styles.grow}
            label={t('lab.parameter')}
            value={parameter?.path ?? ''}
            options={parameters.map(({ path, file: of, title }) => ({
              value: path,
              label: `${mark(of)}${nameIn(title, lang)}`,
              group: groupOf(path),
            }))}
            onChange={(to) => change({ parameter: to })}
          />
        ) : (
          <Choice
            className={styles.grow}
            label={t('lab.table')}
            value={table ?? ''}
            options={decisions.map((path) => ({ value: path, label: `${mark(path)}${path}` }))}
            onChange={(to) => change({ table: to })}
          />
        )}
      </div>
      {file === undefined || text === undefined ? null : tab === 'parameter' && parameter ? (
        <ParameterEditor
          key={file}
          parameter={parameter}
          text={text}
          checked={checked}
          period={props.period}
          onChange={(to) => put(file, to)}
        />
      ) : (
        <TableEditor key={file} file={file} text={text} checked={checked} onChange={(to) => put(file, to)} />
      )}
      <div className={styles.row}>
        <Button
          disabled={file === undefined || !(file in edited)}
          onClick={() => file !== undefined && put(file, texts[file] ?? '')}
        >
          {t('lab.restoreOne')}
        </Button>
        <Button disabled={Object.keys(edited).length === 0} onClick={() => props.onEdit({})}>
          {t('lab.restoreAll')}
        </Button>
      </div>
      <details className={styles.details} open={errors > 0}>
        <summary>{t('lab.problems', { number: all.length })}</summary>
        {all.length === 0 ? (
          <p className={styles.note}>{t('lab.noProblems')}</p>
        ) : (
          <ProblemLines problems={all} onOpen={open} />
        )}
      </details>
    </Panel>
  )
}
