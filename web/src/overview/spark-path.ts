/** Paths of a sparkline in a box; a missing value breaks the line. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number) {
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v))
  if (known.length < 2) return { line: '', area: '', last: null }
  const min = Math.min(...known)
  const max = Math.max(...known)
  const range = max - min || 1
  const pad = 4
  const at = (value: number, i: number): [number, number] => [
    round((i / (values.length - 1)) * width),
    round(height - pad - ((value - min) / range) * (height - 2 * pad)),
  ]
  let line = ''
  let area = ''
  let run: [number, number][] = []
  let last: [number, number] | null = null
  const close = () => {
    if (run.length > 0) {
      const d = run.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('')
      line += d
      area += `${d}L${run.at(-1)![0]} ${height}L${run[0]![0]} ${height}Z`
    }
    run = []
  }
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) close()
    else {
      last = at(value, i)
      run.push(last)
    }
  })
  close()
  return { line, area, last: last as [number, number] | null }
}

function round(x: number): number {
  return Math.round(x * 10) / 10
}
