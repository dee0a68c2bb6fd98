import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import controls from '../shell/controls.module.css'

/** Whether a text is a month as ISO writes it: `2026-07`. */
export function isPeriod(text: string): boolean {
  return /^(19|20)\d\d-(0[1-9]|1[0-2])$/.test(text)
}

/** The month that is simulated. */
export function PeriodField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div className={controls.field}>
      <label htmlFor={id} className={controls.label}>
        {t('lab.period')}
      </label>
      <input
        id={id}
        type="month"
        className={controls.select}
        value={value}
        onChange={(event) => isPeriod(event.currentTarget.value) && onChange(event.currentTarget.value)}
      />
    </div>
  )
}
