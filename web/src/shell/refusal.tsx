import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client.ts'
import { language } from '../i18n/language.ts'
import styles from './refusal.module.css'

/** Why a change was not made, in the node's own words, beside what was tried. Silent without an error. */
export function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const lang = language()
  return (
    <div role="alert" className={styles.place}>
      {error ? (
        <div className={styles.refusal}>
          <p>{reasonOf(error) ?? t('failure.other')}</p>
          {error instanceof ApiError && error.problem && error.problem.errors.length > 0 ? (
            <ul>
              {error.problem.errors.map((problem) => (
                <li key={`${problem.path} ${problem.code} ${problem.value}`}>{problem.message[lang]}</li>
              ))}
            </ul>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

function reasonOf(error: unknown): string | undefined {
  return error instanceof ApiError ? error.problem?.detail : undefined
}
