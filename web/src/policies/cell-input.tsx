import type { Problem } from '@nhip/canonical/problem'
import { type KeyboardEvent, useId } from 'react'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import styles from './editor.module.css'

/** One cell of a table that is edited in place. What is wrong with it stands under it and is read out with it. */
export function CellInput(props: {
  label: string
  value: string
  problems: readonly Problem[]
  onChange: (value: string) => void
  options?: readonly { value: string; label: string }[]
  /** How the value reads, when that is not how it is written. */
  echo?: string | undefined
  mono?: boolean
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement | HTMLSelectElement>) => void
}) {
  const id = useId()
  const lang = language()
  const wrong = props.problems.some(({ severity }) => severity === 'error')
  const common = {
    'aria-label': props.label,
    'aria-invalid': wrong || undefined,
    'aria-describedby': props.problems.length > 0 ? id : undefined,
    value: props.value,
    onKeyDown: props.onKeyDown,
    className: `${styles.input} ${props.mono ? styles.mono : ''} ${wrong ? styles.wrong : ''}`,
  }
  const known = props.options?.some(({ value }) => value === props.value) ?? true
  return (
    <div className={styles.cell}>
      {props.options ? (
        <select {...common} onChange={(event) => props.onChange(event.currentTarget.value)}>
          {known ? null : <option value={props.value}>{props.value}</option>}
          {props.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type="text"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
      {props.echo ? <span className={styles.echo}>{props.echo}</span> : null}
      {props.problems.length > 0 ? (
        <span id={id} className={styles.said}>
          {props.problems.map((problem) => (
            <span
              key={`${problem.code} ${problem.line} ${problem.column}`}
              className={styles[problem.severity]}
            >
              {nameIn(problem.message, lang)}
              {problem.hint ? ` (${nameIn(problem.hint, lang)})` : ''}
            </span>
          ))}
        </span>
      ) : null}
    </div>
  )
}
