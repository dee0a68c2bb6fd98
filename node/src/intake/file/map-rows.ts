import { CalendarError } from '@nhip/calendar/calendar-error'
import { epochMilliseconds } from '@nhip/calendar/instant'
import { isPeriod, periodOf } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import { fold } from '@nhip/territory/name-key'
import { qualityBit } from '../../observations/quality.ts'
import { BadTime, type Candidate, publishedAt } from '../candidate.ts'
import { type ColumnMapping, longestIdentifier, type Mapping } from '../contract.ts'
import type { Row } from './csv-scanner.ts'
import { slug } from './guess.ts'
import { isBlank, parseNumber } from './number-format.ts'
import { parseTime, type Span, spanOf, type TimeFormat } from './time-format.ts'

/** What no quality bit can carry, to be listed on the dataset's page. */
export interface Finding {
  line: number
  column: string | null
  entity: string | null
  property: string | null
  rule: 'blank' | 'source-doubt' | 'total-row'
  value: string
  message: { vi: string; en: string }
}

/** What one row of a file comes to. */
export interface MappedRow {
  candidates: Candidate[]
  errors: Problem[]
  findings: Finding[]
  blank: number
}

interface Column {
  index: number
  name: string
  mapping: ColumnMapping
}

/** Characters of a cell in a message. */
const longestShown = 100

const totals = /^(tong( cong| so)?|cong|total|grand total|sum)$/
// Folding every cell of a large file would cost more than reading it.
const isTotal = (text: string) => text.length < 30 && /^\s*[tcgs]\D*$/i.test(text) && totals.test(fold(text))

/**
 * Reads rows as a mapping says. Built once for a file: everything that does not depend on the row is decided here.
 *
 * @param columns the names of the file's columns in order
 * @throws {MappingError} when the mapping names columns that are not there, or leaves open what must be said
 */
export function rowMapper(
  mapping: Mapping,
  columns: readonly string[],
  receivedAt: number,
): (row: Row) => MappedRow {
  const used = mapping.columns.map((one): Column => {
    const index = columns.indexOf(one.column)
    if (index < 0)
      throw new MappingError('column-unknown', one.column, {
        vi: `Tệp không có cột "${one.column}".`,
        en: `The file has no column "${one.column}".`,
      })
    return { index, name: one.column, mapping: one }
  })
  const of = (role: ColumnMapping['role']) => used.filter((column) => column.mapping.role === role)
  const one = (role: ColumnMapping['role']) => of(role)[0]
  const entity = one('entity')
  if (!entity && mapping.entity === undefined)
    throw new MappingError('entity-unmapped', '/mapping/columns', {
      vi: 'Chưa rõ số liệu thuộc về đối tượng nào: chọn cột đối tượng, hoặc nêu một đối tượng cho cả tệp.',
      en: 'It is open whom the figures belong to: choose the column of the entity, or one entity for the whole file.',
    })
  const values = [...of('value'), ...of('text').filter(({ mapping: m }) => m.property !== undefined)]
  const ratio = { num: one('num'), den: one('den') }
  if (values.length === 0 && !ratio.num)
    throw new MappingError('value-unmapped', '/mapping/columns', {
      vi: 'Chưa chọn cột giá trị nào.',
      en: 'No column of values is chosen.',
    })
  const property = one('property')
  for (const column of values)
    if (column.mapping.property === undefined && !property && mapping.property === undefined)
      throw new MappingError('property-unmapped', column.name, {
        vi: `Chưa rõ cột "${column.name}" là chỉ tiêu nào.`,
        en: `It is open which property the column "${column.name}" holds.`,
      })
  const figures = new Map<string, string>()
  for (const { name, mapping: m } of values) {
    const figure = [m.property, m.breakdown, m.period].join('\u0001')
    const other = figures.get(figure)
    if (other !== undefined)
      throw new MappingError('value-twice', name, {
        vi: `Cột "${name}" và cột "${other}" cùng là một chỉ tiêu: hãy bỏ qua một cột, hoặc nêu phân tổ hay kỳ khác nhau.`,
        en: `Columns "${name}" and "${other}" hold the same figure: ignore one, or give them different breakdowns or periods.`,
      })
    figures.set(figure, name)
  }
  const shared = {
    time: one('time'),
    end: one('time-end'),
    name: one('entity-name'),
    parent: one('entity-parent'),
    lat: one('lat'),
    lon: one('lon'),
    breakdown: one('breakdown'),
    uom: one('uom'),
    status: one('status'),
    published: one('published'),
    text: of('text').find(({ mapping: m }) => m.property === undefined),
  }
  const identifiers = [entity, property, shared.breakdown, shared.name, shared.parent].filter(
    (column) => column !== undefined,
  )
  const flags = of('quality-flag')
  const zone = mapping.zone ?? '+07:00'
  const timeOf = timeReader(shared.time, zone)
  const filePeriod = mapping.period === undefined ? null : fixedSpan(mapping.period, zone, undefined)
  const filePublished = publishedOfFile(mapping.published, receivedAt)
  const periods = new Map(
    values.flatMap(({ name, mapping: { period } }) =>
      period === undefined ? [] : [[period, fixedSpan(period, zone, name)] as const],
    ),
  )
  const skipTotals = mapping.skipTotals ?? true

  return (row) => {
    const mapped: MappedRow = { candidates: [], errors: [], findings: [], blank: 0 }
    const cell = (column: Column | undefined) => (column ? (row.cells[column.index] ?? '').trim() : '')
    const fail = (code: string, column: Column | undefined, value: string, vi: string, en: string) => {
      mapped.errors.push({
        severity: 'error',
        code,
        line: row.line,
        ...(column ? { column: column.index + 1, path: column.name } : {}),
        value: shown(value),
        message: { vi, en },
      })
      return mapped
    }
    if (row.cells.length !== columns.length && !onlyBlankDifference(row.cells, columns.length))
      return fail(
        'ragged-row',
        undefined,
        String(row.cells.length),
        `dòng ${row.line}: có ${row.cells.length} ô, cần ${columns.length}`,
        `line ${row.line}: ${row.cells.length} cells, expected ${columns.length}`,
      )
    if (skipTotals && row.cells.some(isTotal)) {
      mapped.findings.push(finding(row, null, null, null, 'total-row', row.cells.find(isTotal)!))
      return mapped
    }
    const who = mapping.entity ?? cell(entity)
    if (who === '')
      return fail(
        'entity-missing',
        entity,
        '',
        `dòng ${row.line}: thiếu đối tượng`,
        `line ${row.line}: the entity is missing`,
      )
    for (const column of identifiers)
      if (cell(column).length > longestIdentifier)
        return fail(
          'cell-too-long',
          column,
          cell(column),
          `dòng ${row.line}, cột "${column.name}": tên dài ${cell(column).length} ký tự, nhiều nhất là ${longestIdentifier}`,
          `line ${row.line}, column "${column.name}": a name of ${cell(column).length} characters, at most ${longestIdentifier} are taken`,
        )
    const time = spanOfRow()
    if (time === undefined) return mapped
    const published = publishedOfRow()
    if (published === undefined) return mapped
    const doubts = flags.flatMap((flag) => {
      const text = cell(flag)
      return text === '' || text === flag.mapping.okValue ? [] : [{ flag, text }]
    })
    for (const { flag, text } of doubts)
      mapped.findings.push(finding(row, flag, who, flag.mapping.property ?? null, 'source-doubt', text))

    const { lat, lon } = place()
    const status = cell(shared.status) || 'A'
    // Every field by its name, also those that are not there: candidates of one form are made several times as fast as
    // by spreading parts that differ from row to row, and a file has hundreds of thousands.
    const candidateOf = (code: string, of: Column): Candidate => ({
      entity: who,
      entityType: mapping.entityType || undefined,
      entityName: cell(shared.name) || undefined,
      parent: cell(shared.parent) || undefined,
      lat,
      lon,
      property: code,
      propertyName: undefined,
      breakdown,
      span: time,
      published,
      value: null,
      exact: undefined,
      num: undefined,
      den: undefined,
      text: undefined,
      uom: undefined,
      factor: undefined,
      status,
      quality: doubtOf(code),
      place: { line: row.line, column: of.index + 1 },
    })
    const breakdown = cell(shared.breakdown)
    const rowProperty = property ? cell(property) : mapping.property
    const doubtOf = (code: string) =>
      doubts.some(({ flag }) => flag.mapping.property === undefined || flag.mapping.property === code)
        ? qualityBit['source-doubt']
        : 0
    const reason = shared.text ? cell(shared.text) : ''
    const empty = status !== 'A' && /^[OMXQ]$/.test(status)

    for (const column of values) {
      const { mapping: m } = column
      const code = m.property ?? rowProperty ?? ''
      const text = cell(column)
      const isText = m.role === 'text'
      const candidate = candidateOf(code, column)
      candidate.propertyName = m.property === undefined ? code : column.name
      candidate.breakdown = m.breakdown ?? breakdown
      if (m.period !== undefined) candidate.span = periods.get(m.period)!
      candidate.uom = m.uom || cell(shared.uom) || undefined
      candidate.factor = m.factor
      if (isBlank(text)) {
        if (empty) {
          if (reason !== '') candidate.text = reason
          mapped.candidates.push(candidate)
          continue
        }
        mapped.blank += 1
        mapped.findings.push(finding(row, column, who, code, 'blank', text))
        continue
      }
      if (isText) {
        candidate.text = text
        mapped.candidates.push(candidate)
        continue
      }
      const number = parseNumber(text, m.decimal ?? '.')
      if (!number || !Number.isFinite(number.value * (m.factor ?? 1))) {
        fail(
          'not-a-number',
          column,
          text,
          `dòng ${row.line}, cột "${column.name}": "${shown(text)}" không phải là số`,
          `line ${row.line}, column "${column.name}": "${shown(text)}" is not a number`,
        )
        continue
      }
      candidate.value = number.value
      candidate.exact = number.text
      if (reason !== '') candidate.text = reason
      mapped.candidates.push(candidate)
    }
    if (ratio.num && ratio.den) addRatio(ratio.num, ratio.den)
    return mapped

    function addRatio(numColumn: Column, denColumn: Column) {
      const num = parseNumber(cell(numColumn), numColumn.mapping.decimal ?? '.')
      const den = parseNumber(cell(denColumn), denColumn.mapping.decimal ?? '.')
      const code = numColumn.mapping.property ?? rowProperty ?? ''
      if (!num || !den || (den.value !== 0 && !Number.isFinite(num.value / den.value))) {
        const bad = num ? denColumn : numColumn
        fail(
          'not-a-number',
          bad,
          cell(bad),
          `dòng ${row.line}, cột "${bad.name}": "${shown(cell(bad))}" không phải là số`,
          `line ${row.line}, column "${bad.name}": "${shown(cell(bad))}" is not a number`,
        )
        return
      }
      const candidate = candidateOf(code, numColumn)
      candidate.num = num.value
      candidate.den = den.value
      mapped.candidates.push(candidate)
    }

    /** Undefined after an error, null when the file says no time. */
    function spanOfRow(): Span | null | undefined {
      if (!shared.time) return filePeriod
      const text = cell(shared.time)
      const start = timeOf(text)
      if (!start) {
        fail(
          'time-unreadable',
          shared.time,
          text,
          `dòng ${row.line}, cột "${shared.time.name}": "${shown(text)}" không phải là thời gian`,
          `line ${row.line}, column "${shared.time.name}": "${shown(text)}" is not a time`,
        )
        return undefined
      }
      if (!shared.end || cell(shared.end) === '') return start
      const end = parseTime(cell(shared.end), formatOf(shared.end), zone)
      const until = end ? (end.to ?? end.from) : null
      if (until === null || until <= start.from) {
        fail(
          'time-unreadable',
          shared.end,
          cell(shared.end),
          `dòng ${row.line}, cột "${shared.end.name}": "${shown(cell(shared.end))}" không phải là thời điểm kết thúc`,
          `line ${row.line}, column "${shared.end.name}": "${shown(cell(shared.end))}" is not an end`,
        )
        return undefined
      }
      return { from: start.from, to: until }
    }

    function publishedOfRow(): number | null | undefined {
      const text = cell(shared.published)
      if (text === '') return filePublished
      const span = parseTime(text, formatOf(shared.published!), zone)
      if (!span || span.from > receivedAt) {
        fail(
          'published-unreadable',
          shared.published,
          text,
          `dòng ${row.line}, cột "${shared.published!.name}": "${shown(text)}" không phải là thời điểm đã công bố`,
          `line ${row.line}, column "${shared.published!.name}": "${shown(text)}" is not a past time of publication`,
        )
        return undefined
      }
      // A day, month or year of publication means the end of its last day.
      return span.to === null ? span.from : Math.min(span.to, receivedAt)
    }

    function place(): { lat?: number; lon?: number } {
      const lat = parseNumber(cell(shared.lat), shared.lat?.mapping.decimal ?? '.')?.value
      const lon = parseNumber(cell(shared.lon), shared.lon?.mapping.decimal ?? '.')?.value
      return lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180
        ? { lat, lon }
        : {}
    }
  }
}

/** What is wrong with a mapping as a whole, before any row is read. */
export class MappingError extends Error {
  readonly problem: Problem

  /** @param path name of a column, or the place in the mapping */
  constructor(code: string, path: string, message: { vi: string; en: string }) {
    super(message.en)
    this.problem = { severity: 'error', code, path, message }
  }
}

const formatOf = ({ mapping }: Column): TimeFormat => mapping.date ?? 'iso'

/** Reads the cells of a column of times. Neighbouring rows are mostly of the same time. */
function timeReader(column: Column | undefined, zone: string): (text: string) => Span | null {
  const format = column ? formatOf(column) : 'iso'
  let last: { text: string; span: Span | null } | null = null
  return (text) => {
    if (last?.text !== text) last = { text, span: parseTime(text, format, zone) }
    return last.span
  }
}

/** A time that the mapping itself names. @throws {MappingError} */
function fixedSpan(text: string, zone: string, column: string | undefined): Span {
  try {
    if (isPeriod(text)) return spanOf(periodOf(text))
    return { from: epochMilliseconds(text, { zone }), to: null }
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error
    throw new MappingError('period-unreadable', column ?? '/mapping/period', {
      vi: `"${shown(text)}" trong ánh xạ không phải là kỳ (2025, 2026-Q3, 2026-07-01) hay thời điểm.`,
      en: `"${shown(text)}" in the mapping is neither a period (2025, 2026-Q3, 2026-07-01) nor a time.`,
    })
  }
}

/** @throws {MappingError} for a text that is no time, or one after receipt */
function publishedOfFile(text: string | undefined, receivedAt: number): number | null {
  if (text === undefined) return null
  try {
    return publishedAt(text, receivedAt)
  } catch (error) {
    if (!(error instanceof BadTime)) throw error
    throw new MappingError('published-unreadable', '/mapping/published', {
      vi: `"${shown(text)}" trong ánh xạ không phải là thời điểm đã công bố.`,
      en: `"${shown(text)}" in the mapping is not a past time of publication.`,
    })
  }
}

/** A value as it stands in a message: whole when it is short. */
function shown(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}

/** Spreadsheets cut or add empty cells at the end of a row; anything else is a shifted row. */
function onlyBlankDifference(cells: readonly string[], width: number): boolean {
  return cells.length > width && cells.slice(width).every((cell) => cell.trim() === '')
}

function finding(
  row: Row,
  column: Column | null,
  entity: string | null,
  property: string | null,
  rule: Finding['rule'],
  value: string,
): Finding {
  const place = column
    ? { vi: `dòng ${row.line}, cột "${column.name}"`, en: `line ${row.line}, column "${column.name}"` }
    : { vi: `dòng ${row.line}`, en: `line ${row.line}` }
  const what = {
    blank: { vi: 'ô trống, không có số liệu', en: 'blank cell, no figure' },
    'source-doubt': {
      vi: `nguồn ghi nghi vấn "${shown(value)}"`,
      en: `the source doubts it: "${shown(value)}"`,
    },
    'total-row': { vi: `dòng tổng "${value}", không nhập`, en: `row of totals "${value}", left out` },
  }[rule]
  return {
    line: row.line,
    column: column?.name ?? null,
    entity: entity === null ? null : shown(entity),
    property: property === '' ? null : property,
    rule,
    value: shown(value),
    message: { vi: `${place.vi}: ${what.vi}`, en: `${place.en}: ${what.en}` },
  }
}

/** The code of a file's own entity, when no column names one: `metro-interstate-hourly.csv` → an entity of that name. */
export function entityOfFile(fileName: string): string {
  return `urn:nhip:Source:${slug(fileName.replace(/\.[a-z0-9]+$/i, '')).replaceAll('_', '-')}`
}
