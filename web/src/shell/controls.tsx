import { type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode, useId } from 'react'
import styles from './controls.module.css'

/**
 * The controls that the first page needs, drawn with the browser's own elements: the component library with its
 * searchable lists is four times the size of this page and loads with the pages that use it.
 */

/** A button; `strong` for the one thing a page is for, `quiet` for what stands beside text. */
export function Button({
  kind = 'plain',
  busy = false,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { kind?: 'strong' | 'plain' | 'quiet'; busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
      className={`${styles.button} ${styles[kind]} ${rest.className ?? ''}`}
    >
      {children}
    </button>
  )
}

/** One of a short list. */
export function Choice(props: {
  label: string
  value: string
  options: readonly { value: string; label: string; group?: string }[]
  onChange: (value: string) => void
  hideLabel?: boolean
  className?: string
  disabled?: boolean
}) {
  const id = useId()
  const groups = [...new Set(props.options.map((option) => option.group ?? ''))]
  const items = (group: string): ReactNode =>
    props.options
      .filter((option) => (option.group ?? '') === group)
      .map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))
  return (
    <div className={`${styles.field} ${props.className ?? ''}`}>
      <label htmlFor={id} className={props.hideLabel ? styles.hidden : styles.label}>
        {props.label}
      </label>
      <select
        id={id}
        className={styles.select}
        value={props.value}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {groups.map((group) =>
          group === '' ? (
            items(group)
          ) : (
            <optgroup key={group} label={group}>
              {items(group)}
            </optgroup>
          ),
        )}
      </select>
    </div>
  )
}

/** A line of text; what helps to fill it in, or what is wrong with it, stands below. */
export function TextField({
  label,
  hideLabel = false,
  hint,
  problem,
  onChange,
  className,
  ...rest
}: Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'id'> & {
  label: string
  hideLabel?: boolean
  hint?: string | undefined
  problem?: string | undefined
  onChange?: (value: string) => void
}) {
  const id = useId()
  const below = problem ?? hint
  return (
    <div className={`${styles.field} ${className ?? ''}`}>
      <label htmlFor={id} className={hideLabel ? styles.hidden : styles.label}>
        {label}
      </label>
      <input
        type="text"
        autoComplete="off"
        {...rest}
        id={id}
        className={styles.select}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={below ? `${id}-below` : undefined}
        onChange={onChange && ((event) => onChange(event.currentTarget.value))}
      />
      {below ? (
        <p id={`${id}-below`} className={problem ? styles.problem : styles.hint}>
          {below}
        </p>
      ) : null}
    </div>
  )
}

/** A civil day. */
export function DayField(props: {
  label: string
  value: string
  onChange: (value: string) => void
  min?: string
  max?: string
}) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {props.label}
      </label>
      <input
        id={id}
        type="date"
        className={styles.select}
        value={props.value}
        min={props.min}
        max={props.max}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </div>
  )
}

/** One of two to four, all in sight. */
export function Segments(props: {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
}) {
  const name = useId()
  return (
    <fieldset className={styles.segments}>
      <legend className={styles.label}>{props.label}</legend>
      <div>
        {props.options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={props.value === option.value}
              onChange={() => props.onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** How far a job has come; `null` when its end is not known. */
export function ProgressBar({ label, percent }: { label: string; percent: number | null }) {
  return (
    <div
      className={styles.progress}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent === null ? undefined : Math.round(percent)}
    >
      <span
        className={`${styles.fill} ${percent === null ? styles.unknown : ''}`}
        style={{ width: `${percent ?? 100}%` }}
      />
    </div>
  )
}
