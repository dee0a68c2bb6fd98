import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import controls from '../shell/controls.module.css'
import { type DurationUnit, durationUnits, inSeconds, inUnits } from './duration.ts'
import styles from './duration-field.module.css'

/** A length of time: an amount and its unit. The value is in seconds; `undefined` leaves it to what the node takes by default. */
export function DurationField(props: {
  label: string
  value: number | undefined
  problem?: string | undefined
  onChange: (seconds: number | undefined) => void
}) {
  const { t } = useTranslation()
  const id = useId()
  const shown = props.value === undefined ? null : inUnits(props.value)
  const [chosen, setChosen] = useState<DurationUnit>(shown?.unit ?? 'minute')
  // While the amount is being typed it may fit a longer unit: the reader's unit stays.
  const amount = props.value === undefined ? '' : props.value / inSeconds(1, chosen)
  return (
    <div className={controls.field}>
      <label htmlFor={id} className={controls.label}>
        {props.label}
      </label>
      <div className={styles.pair}>
        <input
          id={id}
          type="number"
          min={0}
          step="any"
          className={controls.select}
          value={amount}
          aria-invalid={props.problem !== undefined || undefined}
          aria-describedby={props.problem ? `${id}-below` : undefined}
          onChange={({ currentTarget }) =>
            props.onChange(
              currentTarget.value === '' ? undefined : inSeconds(Number(currentTarget.value), chosen),
            )
          }
        />
        <select
          className={controls.select}
          aria-label={t('catalogue.duration.unit', { what: props.label })}
          value={chosen}
          onChange={({ currentTarget }) => {
            const unit = currentTarget.value as DurationUnit
            setChosen(unit)
            if (amount !== '') props.onChange(inSeconds(amount, unit))
          }}
        >
          {durationUnits.map(({ code }) => (
            <option key={code} value={code}>
              {t(`catalogue.duration.${code}`)}
            </option>
          ))}
        </select>
      </div>
      {props.problem ? (
        <p id={`${id}-below`} className={controls.problem}>
          {props.problem}
        </p>
      ) : null}
    </div>
  )
}
