import type { SeriesAnswer } from '@nhip/node/observations/contract'

const columns = [
  'dataset',
  'entity',
  'property',
  'breakdown',
  'from',
  'to',
  'value',
  'uom',
  'min',
  'max',
  'n',
  'status',
  'quality',
  'source',
  'published',
  'recorded',
  'synthetic',
] as const

/** A series as CSV (RFC 4180, UTF-8 with a byte order mark so that spreadsheets read Vietnamese). */
export function csvText(answer: SeriesAnswer): string {
  const rows = answer.points.map((point) => [
    text(answer.dataset),
    text(answer.entity),
    text(answer.property),
    text(answer.breakdown),
    point.t,
    point.end ?? '',
    point.exact ?? point.value ?? '',
    text(answer.uom ?? ''),
    point.min ?? '',
    point.max ?? '',
    point.n ?? '',
    point.status ?? '',
    (point.quality ?? []).join(' '),
    text(point.source ?? ''),
    point.published ?? '',
    point.recorded ?? '',
    String(answer.synthetic),
  ])
  return `\ufeff${[columns, ...rows].map((row) => row.map((cell) => quoted(String(cell))).join(',')).join('\r\n')}\r\n`
}

/** A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are left alone. */
function text(value: string): string {
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
