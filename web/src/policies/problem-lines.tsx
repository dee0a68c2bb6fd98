import type { Problem } from '@nhip/canonical/problem'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import styles from './editor.module.css'
import type { ShownFinding } from './lab-messages.ts'

/** Problems in the reader's language, each with its place and, where there is one, a case that shows it. */
export function ProblemLines(props: {
  problems: readonly (Problem & Partial<Pick<ShownFinding, 'witness' | 'proved'>>)[]
  onOpen?: (problem: Problem) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  return (
    <ul className={styles.problems}>
      {props.problems.map((problem) => (
        <li
          key={`${problem.code} ${problem.file} ${problem.line} ${problem.column} ${problem.message.en}`}
          className={styles[problem.severity]}
        >
          <span className={styles.severity}>{t(`lab.severity.${problem.severity}`)}</span>{' '}
          {nameIn(problem.message, lang)}
          {problem.hint ? <> → {nameIn(problem.hint, lang)}</> : null}
          {problem.proved === false ? <> · {t('lab.notProved')}</> : null}
          {problem.witness ? (
            <span className={styles.witness}>
              {t('lab.example')}{' '}
              {Object.entries(problem.witness)
                .map(([name, value]) => `${name} = ${String(value)}`)
                .join(', ')}
            </span>
          ) : null}
          {problem.file ? (
            <button
              type="button"
              className={styles.place}
              onClick={() => props.onOpen?.(problem)}
              disabled={!props.onOpen}
            >
              {problem.file}
              {problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`}
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
