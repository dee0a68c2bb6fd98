import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { Button } from '../shell/controls.tsx'
import { CellInput } from './cell-input.tsx'
import styles from './editor.module.css'
import type { Checked, ParameterOutline } from './lab-messages.ts'
import { moneyText } from './money.ts'
import {
  type Column,
  columns,
  type DatedRow,
  datedLists,
  withCell,
  withoutRow,
  withRow,
} from './parameter-text.ts'
import { problemsOfFile, shareOut } from './places.ts'
import { ProblemLines } from './problem-lines.tsx'

const certainties = ['verbatim', 'verbatim-ocr', 'verbatim-earlier', 'secondary', 'unsourced'] as const

/** The dated values of one parameter: from when, how much, how sure, and the article it rests on. */
export function ParameterEditor(props: {
  parameter: ParameterOutline
  text: string
  checked: Checked
  period: string
  onChange: (text: string) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { parameter, text, checked, onChange } = props
  const lists = datedLists(text)
  const placed = problemsOfFile([...checked.problems, ...checked.findings], parameter.file, text)
  if (lists === null) return <ProblemLines problems={placed.map(({ problem }) => problem)} />
  const cells = lists.flatMap((list) =>
    list.rows.flatMap((row) => [row, ...columns.flatMap((column) => row.cells[column] ?? [])]),
  )
  const { of, rest } = shareOut(placed, cells)
  const sources = (checked.outline?.sources ?? []).map(({ id, title, number }) => ({
    value: id,
    label: number ? `${number} · ${nameIn(title, lang)}` : nameIn(title, lang),
  }))
  const optionsOf = (column: Column) => {
    if (column === 'source') return [{ value: '', label: t('lab.noSource') }, ...sources]
    if (column !== 'certainty') return undefined
    return [
      { value: '', label: '–' },
      ...certainties.map((value) => ({ value, label: t(`lab.certainty.${value}`) })),
    ]
  }
  const cell = (row: DatedRow, column: Column, where: string) => {
    const found = row.cells[column]
    // What is wrong with a line as a whole is told at its first cell.
    const problems = [...((found && of.get(found)) ?? []), ...(column === 'from' ? (of.get(row) ?? []) : [])]
    const options = optionsOf(column)
    return (
      <td key={column} data-label={t(`lab.column.${column}`)}>
        <CellInput
          label={`${t(`lab.column.${column}`)}, ${where}`}
          value={found?.text ?? ''}
          problems={problems}
          mono={column === 'from' || column === 'value'}
          echo={
            column === 'value' && parameter.uom === 'VND' && /^\d{4,}$/.test(found?.text ?? '')
              ? moneyText(Number(found?.text), lang)
              : undefined
          }
          {...(options ? { options } : {})}
          onChange={(typed) => onChange(withCell(text, row, column, typed))}
        />
      </td>
    )
  }
  return (
    <div className={styles.editor}>
      <p className={styles.about}>
        <code>{parameter.path}</code>
        {parameter.now === null
          ? null
          : ` · ${t('lab.now', {
              period: props.period,
              value: parameter.uom === 'VND' ? moneyText(Number(parameter.now), lang) : parameter.now,
            })}`}
        {parameter.unverified ? ` · ${t('lab.unverified')}` : ''}
      </p>
      {rest.length > 0 ? <ProblemLines problems={rest} /> : null}
      {lists.map((list) => {
        const [, number, kind] = /^brackets\/(\d+)\/(.*)$/.exec(list.path) ?? []
        const title =
          number === undefined
            ? t('lab.values')
            : t('lab.bracket', { number: Number(number) + 1, what: t(`lab.bracketPart.${kind}`) })
        return (
          <section key={list.path} aria-label={title}>
            {number === undefined ? null : <h3 className={styles.listTitle}>{title}</h3>}
            <table className={styles.table}>
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th key={column} scope="col">
                      {t(`lab.column.${column}`)}
                    </th>
                  ))}
                  <th scope="col">
                    <span className={styles.hidden}>{t('lab.column.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.rows.map((row, i) => {
                  const where = `${title} ${t('lab.line', { number: i + 1 })}`
                  return (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
                    <tr key={i}>
                      {columns.map((column) => cell(row, column, where))}
                      <td>
                        <Button
                          kind="quiet"
                          disabled={list.rows.length < 2}
                          aria-label={`${t('lab.remove')}, ${where}`}
                          onClick={() => onChange(withoutRow(text, list, row))}
                        >
                          {t('lab.remove')}
                        </Button>
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
            <Button
              kind="quiet"
              onClick={() => onChange(withRow(text, list, `${props.period.slice(0, 7).padEnd(7, '-01')}-01`))}
            >
              {t('lab.addValue')}
            </Button>
          </section>
        )
      })}
    </div>
  )
}
