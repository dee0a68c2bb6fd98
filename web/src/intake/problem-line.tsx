import type { ProblemDocument } from '@nhip/node/http/contract'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import styles from './problem-line.module.css'

type Problem = ProblemDocument['errors'][number]

/** One problem in the reader's language, with its hint. */
export function ProblemLine({ problem }: { problem: Problem }) {
  const lang = language()
  return (
    <p className={`${styles.line} ${styles[problem.severity]}`}>
      {nameIn(problem.message, lang)}
      {problem.hint ? <span className={styles.hint}> {nameIn(problem.hint, lang)}</span> : null}
    </p>
  )
}
