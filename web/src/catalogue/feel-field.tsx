import type { ProblemDocument } from '@nhip/node/http/contract'
import { useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import controls from '../shell/controls.module.css'
import { Button } from '../shell/controls.tsx'
import styles from './contract-form.module.css'
import { offsetOf, pointedAt } from './text-place.ts'

/** An expression in FEEL. What is wrong is shown under the line it is in, at its column, with a way to get there. */
export function FeelField(props: {
  label: string
  value: string
  problems: readonly ProblemDocument['errors'][number][]
  onChange: (text: string) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const goTo = (line: number, column: number) => {
    const at = offsetOf(props.value, line, column)
    area.current?.focus()
    area.current?.setSelectionRange(at, Math.min(at + 1, props.value.length))
  }
  return (
    <div>
      <label htmlFor={id} className={controls.label}>
        {props.label}
      </label>
      <textarea
        ref={area}
        id={id}
        className={styles.code}
        value={props.value}
        spellCheck={false}
        autoCapitalize="none"
        maxLength={4000}
        rows={2}
        required
        aria-invalid={props.problems.length > 0 || undefined}
        aria-describedby={`${id}-below`}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <div id={`${id}-below`} role="status">
        {props.problems.map(({ code, line, column, message, hint }) => (
          <div key={`${code} ${line} ${column}`}>
            {line !== undefined && column !== undefined ? (
              <pre className={styles.place} aria-hidden="true">
                {pointedAt(props.value, line, column)}
              </pre>
            ) : null}
            <p className={styles.problem}>
              {message[lang]} {hint?.[lang]}{' '}
              {line !== undefined && column !== undefined ? (
                <Button kind="quiet" onClick={() => goTo(line, column)}>
                  {t('catalogue.rule.goTo', { line, column })}
                </Button>
              ) : null}
            </p>
          </div>
        ))}
      </div>
    </div>
  )
}
