import type { ShownResult } from './plain.ts'

/** What a report says beside its figures, in the reader's language. */
export interface ReportWords {
  readonly synthetic: string
  readonly names: Readonly<Record<string, string>>
  readonly assumptions: readonly string[]
  readonly certificate: string
}

/**
 * The results as CSV (RFC 4180, UTF-8 with a byte order mark so that spreadsheets read Vietnamese). Each line says that it is synthetic,
 * since lines get copied out of files.
 */
export function reportCsv(result: ShownResult, words: ReportWords): string {
  const rows: (string | number)[][] = [
    [
      'section',
      'item',
      'base',
      'reform',
      'difference',
      'gain',
      'lose',
      'same',
      'period',
      'population',
      'label',
    ],
  ]
  const add = (section: string, item: string, values: (string | number)[]) =>
    rows.push([
      section,
      item,
      ...values,
      ...Array.from({ length: 6 - values.length }, () => ''),
      result.period,
      result.population.id,
      words.synthetic,
    ])
  for (const line of result.budget)
    add('budget', words.names[line.variable] ?? line.variable, [line.base, line.reform, line.difference])
  const { persons } = result.winners
  add('persons', 'all', ['', '', '', persons.gain, persons.lose, persons.same])
  for (const tenth of result.winners.by_decile)
    add('tenth', String(tenth.decile), ['', '', tenth.mean_change, tenth.gain, tenth.lose, tenth.same])
  for (const [column, groups] of Object.entries(result.winners.by))
    for (const [code, { gain, lose, same }] of Object.entries(groups))
      add(column, code, ['', '', '', gain, lose, same])
  add('gini', '', [result.inequality.gini.base ?? '', result.inequality.gini.reform ?? ''])
  for (const assumption of words.assumptions) add('assumption', assumption, [])
  add('certificate', words.certificate, [])
  return `\ufeff${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`
}

/** A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are left alone. */
function cellText(cell: string | number): string {
  if (typeof cell === 'number') return String(cell)
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
