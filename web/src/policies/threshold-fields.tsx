import { DEFAULT_THRESHOLD, type Threshold } from '@nhip/policy/simulate/request'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TextField } from '../shell/controls.tsx'

/** What the node takes (`threshold` of a simulation's request). */
const limits = {
  amount: { max: 1e12, step: 1 },
  percent: { max: 100, step: 0.1 },
} as const
type Part = keyof Threshold

/** From which change on somebody gains or loses: both must be reached. A wrong number is told at its field and changes nothing. */
export function ThresholdFields({
  value,
  onChange,
}: {
  value: Threshold
  onChange: (value: Threshold) => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<Partial<Record<Part, string>>>({})
  return (['amount', 'percent'] as const).map((part) => {
    const text = typed[part] ?? String(value[part])
    return (
      <TextField
        key={part}
        type="number"
        min={0}
        {...limits[part]}
        label={t(`lab.thresholdOf.${part}`)}
        value={text}
        problem={isPart(part, text) ? undefined : t('lab.thresholdWrong', { max: limits[part].max })}
        onChange={(to) => {
          setTyped({ ...typed, [part]: to })
          if (isPart(part, to)) onChange({ ...value, [part]: Number(to) })
        }}
      />
    )
  })
}

/** A threshold as a page's address has it; what is absent or wrong is the usual one. */
export function thresholdFrom(view: URLSearchParams): Threshold {
  const part = (name: Part): number => {
    const text = view.get(name) ?? ''
    return isPart(name, text) ? Number(text) : DEFAULT_THRESHOLD[name]
  }
  return { amount: part('amount'), percent: part('percent') }
}

function isPart(part: Part, text: string): boolean {
  const { max } = limits[part]
  return (part === 'amount' ? /^\d+$/ : /^\d+(\.\d)?$/).test(text) && Number(text) <= max
}
