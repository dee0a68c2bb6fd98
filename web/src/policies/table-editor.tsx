import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../shell/controls.tsx'
import { CellInput } from './cell-input.tsx'
import styles from './editor.module.css'
import type { Checked } from './lab-messages.ts'
import { problemsOfFile, shareOut } from './places.ts'
import { ProblemLines } from './problem-lines.tsx'
import { tablesOf, withoutRule, withRule, withTableCell } from './table-text.ts'

/** The decision tables of a DMN file, edited in place. Up, down and Enter move along a column. */
export function TableEditor(props: {
  file: string
  text: string
  checked: Checked
  onChange: (text: string) => void
}) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const { file, text, checked, onChange } = props
  const tables = tablesOf(text)
  const placed = problemsOfFile([...checked.problems, ...checked.findings], file, text)
  const cells = tables.flatMap((table) => [
    table,
    ...table.rules.flatMap((rule) => [rule, ...rule.inputs, ...rule.outputs]),
  ])
  const { of, rest } = shareOut(placed, cells)

  const move = (event: KeyboardEvent<HTMLElement>, table: number, row: number, column: number) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' || event.key === 'Enter' ? 1 : 0
    if (by === 0) return
    event.preventDefault()
    box.current?.querySelector<HTMLElement>(`[data-cell="${table} ${row + by} ${column}"] input`)?.focus()
  }

  return (
    <div ref={box} className={styles.editor}>
      {rest.length > 0 ? <ProblemLines problems={rest} /> : null}
      {tables.map((table, n) => (
        <section key={table.decision} aria-label={table.decision}>
          <h3 className={styles.listTitle}>
            {table.decision} · {t(`lab.hitPolicy.${table.hitPolicy.replace(' ', '-')}`)}
          </h3>
          {of.get(table) ? <ProblemLines problems={of.get(table) ?? []} /> : null}
          <div className={styles.wide}>
            <table className={`${styles.table} ${styles.rules}`}>
              <thead>
                <tr>
                  <th scope="col">{t('lab.rule')}</th>
                  {table.inputs.map((input) => (
                    <th key={input.label} scope="col" title={input.expression}>
                      {input.label}
                    </th>
                  ))}
                  {table.outputs.map((output) => (
                    <th key={output.label} scope="col" className={styles.output}>
                      → {output.label}
                    </th>
                  ))}
                  <th scope="col">
                    <span className={styles.hidden}>{t('lab.column.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {table.rules.map((rule, row) => {
                  const where = t('lab.ruleNumber', { number: row + 1 })
                  const labels = [...table.inputs, ...table.outputs]
                  return (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no identity but its place
                    <tr key={row}>
                      <th scope="row">{row + 1}</th>
                      {[...rule.inputs, ...rule.outputs].map((cell, column) => (
                        <td
                          // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its place
                          key={column}
                          data-cell={`${n} ${row} ${column}`}
                          data-label={labels[column]?.label}
                        >
                          <CellInput
                            label={`${labels[column]?.label ?? ''}, ${where}`}
                            value={cell.text}
                            mono
                            problems={[
                              ...(of.get(cell) ?? []),
                              ...(column === 0 ? (of.get(rule) ?? []) : []),
                            ]}
                            onKeyDown={(event) => move(event, n, row, column)}
                            onChange={(typed) => onChange(withTableCell(text, cell, typed))}
                          />
                        </td>
                      ))}
                      <td className={styles.actions}>
                        <Button
                          kind="quiet"
                          aria-label={`${t('lab.double')}, ${where}`}
                          onClick={() => onChange(withRule(text, rule))}
                        >
                          {t('lab.double')}
                        </Button>
                        <Button
                          kind="quiet"
                          disabled={table.rules.length < 2}
                          aria-label={`${t('lab.remove')}, ${where}`}
                          onClick={() => onChange(withoutRule(text, table, rule))}
                        >
                          {t('lab.remove')}
                        </Button>
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
          <p className={styles.note}>{t('lab.keys')}</p>
        </section>
      ))}
    </div>
  )
}
