import { TextField } from '../shell/controls.tsx'

/** A number, or nothing. */
export function NumberField(props: {
  label: string
  value: number | undefined
  problem?: string | undefined
  onChange: (value: number | undefined) => void
}) {
  return (
    <TextField
      label={props.label}
      type="number"
      step="any"
      value={props.value ?? ''}
      problem={props.problem}
      onChange={(text) => props.onChange(text === '' ? undefined : Number(text))}
    />
  )
}
