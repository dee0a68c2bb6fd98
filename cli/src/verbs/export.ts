import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArguments } from '../flags.ts'
import { needed, reach, reachFlags, reachHelp } from '../reach.ts'
import { rowsHere, rowsThere, type SeriesRow } from '../series-rows.ts'
import { type Io, UsageError } from '../verb.ts'
import { csvOf, writeParquet } from '../write-series.ts'

export const summary = {
  vi: 'Xuất một chuỗi số liệu ra CSV hoặc Parquet',
  en: 'Export a series as CSV or Parquet',
}
export const help = {
  vi: `nhip export series --entity E --property P [--dataset MÃ --breakdown B --from T --to T] [--as-known D | --as-published D]
                   [--format csv|parquet] [--out TỆP]

T, D: thời điểm có múi giờ hoặc kỳ ISO (2026-07). --as-known: những gì nút này có tại D; --as-published: những gì nguồn đã công bố tới D.
Không nêu --out thì in ra stdout. Trong CSV, chữ mà bảng tính sẽ hiểu là công thức được đánh dấu nháy đơn ở đầu.
${reachHelp.vi}
Chưa có: SDMX-CSV.`,
  en: `nhip export series --entity E --property P [--dataset CODE --breakdown B --from T --to T] [--as-known D | --as-published D]
                   [--format csv|parquet] [--out FILE]

T, D: an instant with offset or an ISO period (2026-07). --as-known: what this node held on D; --as-published: what the source had said by D.
Without --out it goes to stdout. In CSV, text that a spreadsheet would take for a formula begins with an apostrophe.
${reachHelp.en}
Not yet: SDMX-CSV.`,
}

const own = {
  ...reachFlags,
  ...({ entity: 'value', property: 'value', dataset: 'value', breakdown: 'value' } as const),
  ...({ from: 'value', to: 'value', asKnown: 'value', asPublished: 'value' } as const),
  ...({ format: 'value', out: 'value' } as const),
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, own)
  const { format = 'csv', out, asKnown, asPublished } = args.own
  if (args.rest[0] !== 'series' || args.rest.length > 1)
    throw new UsageError({ vi: 'Dùng: nhip export series', en: 'Use: nhip export series' })
  if (format !== 'csv' && format !== 'parquet')
    throw new UsageError({ vi: '--format là csv hoặc parquet.', en: '--format is csv or parquet.' })
  if (asKnown !== undefined && asPublished !== undefined)
    throw new UsageError({
      vi: 'Chỉ nêu một trong --as-known và --as-published.',
      en: '--as-known and --as-published exclude one another.',
    })
  const { dataset, breakdown, from, to } = args.own
  const asked = {
    entity: needed(args.own.entity, '--entity'),
    property: needed(args.own.property, '--property'),
    dataset,
    breakdown,
    from,
    to,
    asKnown,
    asPublished,
  }
  const write = (rows: AsyncIterable<SeriesRow>) =>
    format === 'csv' ? writeCsv(rows, out, io) : putParquet(rows, out, io)
  await reach(args, io, {
    here: (node) => write(rowsHere(node, asked)),
    there: (remote) => write(rowsThere(remote, asked, io.lang)),
  })
  return 0
}

async function writeCsv(rows: AsyncIterable<SeriesRow>, out: string | undefined, io: Io): Promise<void> {
  if (out === undefined) {
    for await (const line of csvOf(rows)) if (!io.stdout.write(line)) await once(io.stdout, 'drain')
    return
  }
  await whole(out, (part) => pipeline(Readable.from(csvOf(rows)), createWriteStream(part)))
}

async function putParquet(rows: AsyncIterable<SeriesRow>, out: string | undefined, io: Io): Promise<void> {
  if (out !== undefined) return whole(out, async (part) => void (await writeParquet(rows, part)))
  const folder = await mkdtemp(join(tmpdir(), 'nhip-export-'))
  try {
    const file = join(folder, 'series.parquet')
    await writeParquet(rows, file)
    await pipeline(createReadStream(file), io.stdout, { end: false })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The file has its name only when it is whole. */
async function whole(out: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${out}.part`
  try {
    await write(part)
    await rename(part, out)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
