import { createWriteStream } from 'node:fs'
import { epochMilliseconds, formatInstant, startOfDay } from '@nhip/calendar/instant'
import { isPeriod, periodOf } from '@nhip/calendar/period'
import { readSettings } from '@nhip/node/config'
import { newLog, openNode } from '@nhip/node/main'
import { uomById } from '@nhip/quantity/table'
import { parseArguments } from '../flags.ts'
import { needed } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = { vi: 'Xuất một chuỗi số liệu ra CSV', en: 'Export a series as CSV' }
export const help = {
  vi: `nhip export series --entity E --property P [--dataset MÃ --breakdown B --from T --to T --as-known D --as-published D] [--out TỆP]

T, D: thời điểm có múi giờ hoặc kỳ ISO (2026-07). Làm việc trên thư mục dữ liệu (--data DIR), nút phải dừng trước.
Chưa có: định dạng Parquet và SDMX-CSV.`,
  en: `nhip export series --entity E --property P [--dataset CODE --breakdown B --from T --to T --as-known D --as-published D] [--out FILE]

T, D: an instant with offset or an ISO period (2026-07). Works on the data folder (--data DIR); the node must be stopped.
Not yet: Parquet and SDMX-CSV.`,
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, {
    entity: 'value',
    property: 'value',
    dataset: 'value',
    breakdown: 'value',
    from: 'value',
    to: 'value',
    asKnown: 'value',
    asPublished: 'value',
    format: 'value',
    out: 'value',
  })
  const { own } = args
  if (args.rest[0] !== 'series')
    throw new UsageError({ vi: 'Dùng: nhip export series', en: 'Use: nhip export series' })
  if ((own.format ?? 'csv') !== 'csv')
    throw new UsageError({ vi: 'Hiện chỉ xuất được CSV.', en: 'Only CSV can be exported for now.' })
  const entity = needed(own.entity, '--entity')
  const settings = readSettings({ lang: io.lang, ...args.settings }, process.env)
  const node = await openNode({ settings, log: newLog('warn') })
  try {
    const { property, dataset } = node.catalogue.answering(needed(own.property, '--property'), own.dataset)
    const rows = await node.observations.series({
      dataset: dataset.code,
      entity,
      property: property.code,
      breakdown: own.breakdown ?? '',
      resolution: 'raw',
      aggregation: property.overPeriods,
      maxPoints: 10_000_000,
      ...bound('from', own.from, 'start'),
      ...bound('to', own.to, 'end'),
      ...bound('asKnown', own.asKnown, 'end'),
      ...bound('asPublished', own.asPublished, 'end'),
    })
    const out = own.out === undefined ? io.stdout : createWriteStream(own.out)
    out.write('dataset,entity,property,breakdown,from,to,value,num,den,text,uom,status,published\r\n')
    for (const point of rows.points) {
      const cells = [
        dataset.code,
        entity,
        property.code,
        own.breakdown ?? '',
        formatInstant(point.from),
        point.to === null ? '' : formatInstant(point.to),
        point.exact ?? point.value ?? '',
        point.num ?? '',
        point.den ?? '',
        point.text ?? '',
        uomById(point.uom ?? 0)?.code ?? property.uom ?? '',
        point.status ?? '',
        point.publishedAt === undefined ? '' : formatInstant(point.publishedAt),
      ]
      out.write(`${cells.map(csvCell).join(',')}\r\n`)
    }
    if (out !== io.stdout) await new Promise<void>((resolve) => out.end(() => resolve()))
    return 0
  } finally {
    await node.close()
  }
}

function bound(name: string, text: string | undefined, edge: 'start' | 'end'): Record<string, number> {
  if (text === undefined) return {}
  if (!isPeriod(text)) return { [name]: epochMilliseconds(text) }
  const period = periodOf(text)
  return { [name]: startOfDay(edge === 'start' ? period.start : period.end) }
}

/** Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay as they are. */
function csvCell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+@\t]|^-(?!\d)/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
