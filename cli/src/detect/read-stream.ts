import { readFileSync } from 'node:fs'
import type { Problem } from '@nhip/canonical/problem'
import { secondsOf } from '@nhip/forecast/grid'
import { problem } from '../forecast/problems.ts'
import { csvCells } from '../forecast/read-series.ts'

/** A file of times and values, in the order of its rows. Values that are missing are NaN. */
export interface Stream {
  readonly stamps: readonly string[]
  readonly times: Float64Array
  readonly values: Float64Array
  /** A further column, if asked for; NaN where it is not a number. */
  readonly extra: Float64Array | null
}

/** Seconds of a date-time, or of the start of a day or month. NaN for anything else. */
export function timeOf(text: string): number {
  const t = secondsOf(text)
  if (!Number.isNaN(t)) return t
  const m = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text)
  return m ? Date.UTC(Number(m[1]), Number(m[2] ?? 1) - 1, Number(m[3] ?? 1)) / 1000 : Number.NaN
}

/** Reads a CSV with a header. Time and value columns by name, else `timestamp`/`time` and `value`, else the first two. */
export function readStream(
  file: string,
  names: { time?: string; value?: string; extra?: string },
): { stream: Stream | null; problems: Problem[] } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (e) {
    return {
      stream: null,
      problems: [
        problem(
          'file-unreadable',
          {
            vi: `không đọc được tệp: ${(e as Error).message}`,
            en: `cannot read the file: ${(e as Error).message}`,
          },
          { file },
        ),
      ],
    }
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const head = csvCells(lines[0] ?? '').map((c) => c.trim())
  const place = (wanted: string | undefined, usual: readonly string[], fallback: number): number =>
    wanted !== undefined
      ? head.indexOf(wanted)
      : (usual.map((u) => head.indexOf(u)).find((i) => i >= 0) ?? fallback)
  const at = {
    time: place(names.time, ['timestamp', 'time'], 0),
    value: place(names.value, ['value'], 1),
    extra: names.extra === undefined ? -1 : head.indexOf(names.extra),
  }
  const problems: Problem[] = []
  for (const [name, i] of [
    [names.time ?? 'timestamp', at.time],
    [names.value ?? 'value', at.value],
    [names.extra ?? '', names.extra === undefined ? 0 : at.extra],
  ] as const)
    if (i < 0 || i >= head.length)
      problems.push(
        problem(
          'column-missing',
          {
            vi: `không có cột "${name}"; các cột: ${head.join(', ')}`,
            en: `there is no column "${name}"; columns: ${head.join(', ')}`,
          },
          { file, line: 1, value: name },
        ),
      )
  if (problems.length) return { stream: null, problems }
  const stamps: string[] = []
  const times: number[] = []
  const values: number[] = []
  const extra: number[] = []
  for (let i = 1; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue
    const cells = csvCells(lines[i]!)
    const stamp = (cells[at.time] ?? '').trim()
    const time = timeOf(stamp)
    const raw = (cells[at.value] ?? '').trim()
    const value = raw === '' || raw === 'NA' || raw === 'NaN' || raw === 'null' ? Number.NaN : Number(raw)
    if (Number.isNaN(time))
      problems.push(
        problem(
          'time-invalid',
          { vi: `"${stamp}" không phải là thời điểm`, en: `"${stamp}" is not a time` },
          { file, line: i + 1, column: at.time + 1, value: stamp },
        ),
      )
    else if (Number.isNaN(value) && /[^\s]/.test(raw) && !/^(NA|NaN|null)$/.test(raw))
      problems.push(
        problem(
          'not-a-number',
          { vi: `"${raw}" không phải là số`, en: `"${raw}" is not a number` },
          { file, line: i + 1, column: at.value + 1, value: raw },
        ),
      )
    stamps.push(stamp)
    times.push(time)
    values.push(value)
    if (at.extra >= 0) extra.push(Number(cells[at.extra]))
    if (problems.length >= 100) break
  }
  if (problems.length) return { stream: null, problems }
  return {
    stream: {
      stamps,
      times: Float64Array.from(times),
      values: Float64Array.from(values),
      extra: at.extra >= 0 ? Float64Array.from(extra) : null,
    },
    problems,
  }
}
