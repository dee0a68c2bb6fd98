import { type MeasureProblem, say } from '../problem.ts'
import { type FieldReport, Fields, isMapping } from './fields.ts'
import type { Framework } from './framework.ts'
import { readYamlSource } from './yaml-source.ts'

export const CROSSWALK_KINDS = ['same', 'narrower', 'broader', 'replaced', 'dropped', 'new'] as const

export type CrosswalkKind = (typeof CROSSWALK_KINDS)[number]

export interface CrosswalkRow {
  /** Null for what is new. */
  from: string | null
  /** Null for what was dropped. */
  to: string | null
  /** Only `same` links a time series without a mark; all else draws a break. */
  kind: CrosswalkKind
  note: string | null
}

/** What became of the nodes of one version in another. */
export interface Crosswalk {
  /** `code@version` of the two frameworks. */
  from: string
  to: string
  rows: CrosswalkRow[]
}

/** Reads `frameworks/crosswalk/<a>--<b>.yaml`: `{from, to, rows: [{from, to, kind, note}]}`. */
export function readCrosswalk(
  text: string,
  file: string,
): { crosswalk: Crosswalk | null; problems: MeasureProblem[] } {
  const { source, problems } = readYamlSource(text, file)
  if (!source) return { crosswalk: null, problems }
  const report: FieldReport = (code, path, value, vi, en) => {
    const shown = typeof value === 'string' || typeof value === 'number' ? { value: String(value) } : {}
    problems.push({
      severity: 'error',
      code,
      file,
      ...source.place(path),
      path,
      ...shown,
      message: say(vi, en),
    })
  }
  const fields = new Fields(source.value, '', report)
  const ends = ['from', 'to'].map((key) => {
    const ref = fields.text(key)
    if (ref === null || !/^[^@\s]+@[^@\s]+$/.test(ref)) {
      fields.wrong(key, `"${key}" có dạng bộ-chỉ-số@phiên-bản`, `"${key}" is written framework@version`)
    }
    return ref ?? ''
  })
  const list = fields.any('rows')
  if (!Array.isArray(list)) fields.wrong('rows', 'Thiếu danh sách "rows"', 'The list "rows" is missing')
  const rows = (Array.isArray(list) ? list : []).flatMap((raw, i) => {
    const row = readRow(raw, `rows[${i}]`, report)
    return row ? [row] : []
  })
  fields.finish()
  const broken = problems.some((p) => p.severity === 'error')
  return { crosswalk: broken ? null : { from: ends[0]!, to: ends[1]!, rows }, problems }
}

function readRow(raw: unknown, path: string, report: FieldReport): CrosswalkRow | null {
  if (!isMapping(raw)) {
    report('schema', path, raw, 'Một dòng có dạng {from, to, kind, note}', 'A row is {from, to, kind, note}')
    return null
  }
  const fields = new Fields(raw, path, report)
  const row: CrosswalkRow = {
    from: fields.text('from'),
    to: fields.text('to'),
    kind: fields.oneOf('kind', CROSSWALK_KINDS, 'replaced'),
    note: fields.text('note'),
  }
  if (!fields.has('kind')) fields.wrong('kind', 'Thiếu "kind"', '"kind" is missing')
  const wantsFrom = row.kind !== 'new'
  const wantsTo = row.kind !== 'dropped'
  if (wantsFrom !== (row.from !== null) || wantsTo !== (row.to !== null)) {
    fields.wrong(
      'kind',
      `"${row.kind}" ${wantsFrom ? 'cần' : 'không có'} "from" và ${wantsTo ? 'cần' : 'không có'} "to"`,
      `"${row.kind}" ${wantsFrom ? 'needs' : 'has no'} "from" and ${wantsTo ? 'needs' : 'has no'} "to"`,
    )
  }
  fields.finish()
  return row
}

/**
 * Codes of a crosswalk that its frameworks do not have (`crosswalk-unknown`), and nodes named twice.
 * @param from null when the framework of that side was not found
 */
export function checkCrosswalk(
  crosswalk: Crosswalk,
  from: Framework | null,
  to: Framework | null,
  file: string,
): MeasureProblem[] {
  const problems: MeasureProblem[] = []
  const complain = (path: string, value: string, vi: string, en: string) =>
    problems.push({ severity: 'error', code: 'crosswalk-unknown', file, path, value, message: say(vi, en) })
  for (const side of ['from', 'to'] as const) {
    const framework = side === 'from' ? from : to
    const ref = crosswalk[side]
    if (!framework || `${framework.code}@${framework.version}` !== ref) {
      complain(side, ref, `Không tìm thấy bộ chỉ số "${ref}"`, `The framework "${ref}" was not found`)
      continue
    }
    const codes = new Set(framework.nodes.map((n) => n.code))
    crosswalk.rows.forEach((row, i) => {
      const code = row[side]
      if (code !== null && !codes.has(code)) {
        complain(
          `rows[${i}].${side}`,
          code,
          `"${ref}" không có nút "${code}"`,
          `"${ref}" has no node "${code}"`,
        )
      }
    })
  }
  return problems
}
