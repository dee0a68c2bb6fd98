import { accessSync, constants, openAsBlob, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import { everyDataset } from '@nhip/node/catalogue/dataset-scope'
import type { ImportItem, Mapping } from '@nhip/node/intake/contract'
import { fileContent } from '@nhip/node/intake/imports'
import type { OpenNode } from '@nhip/node/main'
import { type Arguments, parseArguments } from '../flags.ts'
import { call, needed, operator, type Remote, reach, reachFlags, reachHelp } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = { vi: 'Nhập một tệp CSV vào một bộ dữ liệu', en: 'Import a CSV file into a dataset' }

export const help = {
  vi: `nhip import TỆP --dataset MÃ [--map ÁNH-XẠ.json] [--on-error abort|skip] [--dry-run]

  --map F              ánh xạ cột (JSON); các phần không nêu được đoán từ tệp
  --entity URN         một đối tượng cho cả tệp          --period KỲ   một kỳ cho cả tệp, ví dụ 2025-07-01, 2026-Q3
  --on-error abort     có dòng lỗi thì không ghi gì (mặc định); skip: bỏ dòng lỗi, ghi các dòng còn lại
  --dry-run            chỉ đọc thử và báo cáo
${reachHelp.vi}
Bộ dữ liệu, đối tượng, chỉ tiêu chưa có sẽ được tạo. Mã thoát: 0 đã nhập · 1 có dòng lỗi · 2 không đọc được tệp hay ánh xạ`,
  en: `nhip import FILE --dataset CODE [--map MAP.json] [--on-error abort|skip] [--dry-run]

  --map F              mapping of columns (JSON); what it leaves out is guessed from the file
  --entity URN         one entity for the whole file     --period P    one period for the whole file: 2025-07-01, 2026-Q3
  --on-error abort     with a refused row nothing is stored (default); skip: the other rows are
  --dry-run            read and report only
${reachHelp.en}
Dataset, entities and properties that are new are created. Exit codes: 0 imported · 1 refused rows · 2 unusable file or mapping`,
}

interface Report {
  file: string
  import: string | null
  rows: number
  accepted: number
  unchanged: number
  rejected: number
  flagged: number
  blank: number
  findings: number
  stored: boolean
  errors: Problem[]
  mapping: Mapping | null
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, {
    ...reachFlags,
    dataset: 'value',
    map: 'value',
    entity: 'value',
    period: 'value',
    onError: 'value',
    dryRun: 'switch',
  })
  const [file, ...more] = args.rest
  if (file === undefined || more.length > 0)
    throw new UsageError({ vi: 'Cần đúng một tệp.', en: 'Exactly one file is needed.' })
  const job = {
    file,
    dataset: needed(args.own.dataset, '--dataset'),
    mapping: mappingOf(args),
    onError: onErrorOf(args.own.onError),
    dryRun: args.own.dryRun !== undefined,
  }
  demandReadable(file)
  const report = await reach(args, io, {
    here: (node) => importHere(node, job),
    there: (remote) => importThere(remote, job, io),
  })
  if (io.json) io.stdout.write(`${JSON.stringify(report)}\n`)
  else tell(report, io)
  return report.rejected > 0 ? 1 : 0
}

interface Job {
  file: string
  dataset: string
  mapping: Mapping | undefined
  onError: 'abort' | 'skip'
  dryRun: boolean
}

async function importHere(node: OpenNode, job: Job): Promise<Report> {
  const { imports } = node
  const id = await imports.preview(operator, {
    name: basename(job.file),
    content: fileContent(job.file),
    dataset: job.dataset,
    by: operator.id,
    offered: everyDataset,
    ...(job.mapping ? { mapping: job.mapping } : {}),
  })
  const options = { onError: job.onError, autoCreate: true, owner: null }
  const { rows, mapping } = await imports.item(id)
  const known = { file: job.file, import: id, rows, mapping }
  if (job.dryRun) {
    const { found: _found, ...report } = await imports.dryRun(id, options)
    await imports.cancel(operator, id)
    return { ...known, ...report, stored: false }
  }
  const report = await imports.commitNow(operator, id, options)
  const { state, report: written } = await imports.item(id)
  return { ...known, ...report, stored: state === 'done', errors: written?.errors ?? [] }
}

async function importThere(remote: Remote, job: Job, io: Io): Promise<Report> {
  const form = new FormData()
  form.set('dataset', job.dataset)
  if (job.mapping) form.set('mapping', JSON.stringify(job.mapping))
  form.set('file', await openAsBlob(job.file), basename(job.file))
  const made = (await (await call(remote, 'POST', '/api/imports', form, io.lang)).json()) as ImportItem
  if (job.dryRun) {
    await call(remote, 'DELETE', `/api/imports/${made.id}`, undefined, io.lang)
    throw new UsageError({
      vi: '--dry-run chỉ dùng khi không có nút nào chạy trên thư mục dữ liệu.',
      en: '--dry-run works only when no node runs on the data folder.',
    })
  }
  await call(
    remote,
    'POST',
    `/api/imports/${made.id}/commit`,
    { onError: job.onError, autoCreate: true },
    io.lang,
  )
  for (;;) {
    const now = (await (
      await call(remote, 'GET', `/api/imports/${made.id}`, undefined, io.lang)
    ).json()) as ImportItem
    if (now.state !== 'committing' || now.report) {
      const found = await call(remote, 'GET', `/api/findings?import=${made.id}&limit=1`, undefined, io.lang)
      const { total } = (await found.json()) as { total: number }
      const report = now.report ?? {
        accepted: 0,
        unchanged: 0,
        rejected: 0,
        flagged: 0,
        blank: 0,
        errors: [],
      }
      return {
        file: job.file,
        import: made.id,
        rows: now.rows,
        mapping: now.mapping,
        ...report,
        findings: total,
        stored: now.state === 'done',
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function mappingOf(args: Arguments): Mapping | undefined {
  const { map, entity, period } = args.own
  if (map === undefined && entity === undefined && period === undefined) return undefined
  let given: Mapping = { columns: [] }
  if (map !== undefined) {
    try {
      given = { ...given, ...(JSON.parse(readFileSync(map, 'utf8')) as Mapping) }
    } catch (cause) {
      throw new UsageError({
        vi: `Không đọc được ánh xạ ${map}: ${(cause as Error).message}`,
        en: `Cannot read the mapping ${map}: ${(cause as Error).message}`,
      })
    }
  }
  return {
    ...given,
    ...(entity === undefined ? {} : { entity }),
    ...(period === undefined ? {} : { period }),
  }
}

function onErrorOf(text: string | undefined): 'abort' | 'skip' {
  if (text === undefined || text === 'abort' || text === 'skip') return text ?? 'abort'
  throw new UsageError({ vi: '--on-error là abort hoặc skip.', en: '--on-error is abort or skip.' })
}

function demandReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (cause) {
    throw new UsageError({
      vi: `Không đọc được tệp ${file}: ${(cause as Error).message}`,
      en: `Cannot read the file ${file}: ${(cause as Error).message}`,
    })
  }
}

function tell(report: Report, io: Io): void {
  const vi = io.lang === 'vi'
  const lines = [
    vi
      ? `${report.file}: ${report.rows} dòng · ${report.accepted} giá trị ${report.stored ? 'đã ghi' : 'hợp lệ'} · ${report.unchanged} đã có sẵn · ${report.rejected} bị từ chối`
      : `${report.file}: ${report.rows} rows · ${report.accepted} values ${report.stored ? 'stored' : 'valid'} · ${report.unchanged} already there · ${report.rejected} refused`,
    vi
      ? `  nghi vấn ${report.flagged} · ô trống ${report.blank} · ghi chú ${report.findings}${report.import ? ` · lượt nhập ${report.import}` : ''}`
      : `  doubtful ${report.flagged} · blank ${report.blank} · findings ${report.findings}${report.import ? ` · import ${report.import}` : ''}`,
    ...report.errors
      .slice(0, 20)
      .map(
        (error) =>
          `  ${error.line && !error.message[io.lang].startsWith(vi ? 'dòng' : 'line') ? `${vi ? 'dòng' : 'line'} ${error.line}: ` : ''}${error.message[io.lang]}`,
      ),
  ]
  if (report.errors.length > 20)
    lines.push(vi ? `  … và ${report.rejected - 20} lỗi nữa` : `  … and ${report.rejected - 20} more`)
  if (!report.stored) lines.push(vi ? '  Chưa ghi gì.' : '  Nothing was stored.')
  io.stdout.write(`${lines.join('\n')}\n`)
}
