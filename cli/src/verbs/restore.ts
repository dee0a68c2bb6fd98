import { type RestoreStep, restoreBackup } from '@nhip/node/backup/restore-backup'
import { readSettings } from '@nhip/node/config'
import { backupStop } from '../backup-stop.ts'
import { parseArguments } from '../flags.ts'
import { ProgressLine } from '../progress.ts'
import { operator } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Khôi phục một bản sao lưu vào một thư mục trống',
  en: 'Restore a backup into an empty folder',
}
export const help = {
  vi: `nhip restore TỆP --data DIR

Mọi mã băm được đối chiếu trước khi ghi bất cứ gì. DIR phải trống hoặc chưa có; có DATABASE_URL thì hồ sơ đi vào cơ sở dữ liệu
ấy (phải trống), dù bản sao lưu được tạo từ loại kho nào. Sau đó: nhip doctor --data DIR
Nếu nút cũ vẫn còn chạy thì không được cho bản khôi phục chạy cạnh nó: hai bên sẽ ký hai lịch sử khác nhau của cùng một sổ cái.
Mã thoát: 0 xong · 2 dùng sai, không phải bản sao lưu, nơi đến không trống · 4 khác phiên bản · 5 bản sao lưu hỏng`,
  en: `nhip restore FILE --data DIR

Every hash is compared before anything is written. DIR must be empty or not there; with DATABASE_URL the records go into that
database (empty too), whichever kind of store the backup came from. Afterwards: nhip doctor --data DIR
When the old node still runs, do not run the restored one beside it: they would sign two histories of one ledger.
Exit codes: 0 done · 2 usage, no backup, target not empty · 4 other version · 5 backup damaged`,
}

const steps: Record<RestoreStep, { vi: string; en: string }> = {
  verify: { vi: 'Đối chiếu mã băm', en: 'Comparing hashes' },
  files: { vi: 'Ghi tệp', en: 'Writing files' },
  observations: { vi: 'Dựng kho quan trắc', en: 'Building the observations' },
  records: { vi: 'Nạp hồ sơ', en: 'Loading the records' },
}

export async function run(argv: string[], io: Io): Promise<number> {
  const { rest, settings: flags } = parseArguments(argv)
  const [file, ...more] = rest
  if (file === undefined || more.length > 0)
    throw new UsageError({ vi: 'Cần đúng một tệp.', en: 'Exactly one file is needed.' })
  const settings = readSettings({ lang: io.lang, ...flags }, process.env)
  const line = new ProgressLine(io)
  try {
    const { records, observations, ledger, blobs, node, createdAt, missing } = await restoreBackup({
      file,
      data: settings.data,
      ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
      ...(settings.duckdbMemory ? { memory: settings.duckdbMemory } : {}),
      actor: operator,
      onProgress: (step, done, total) =>
        line.show(
          steps[step][io.lang],
          done,
          total,
          step === 'verify' || step === 'files' ? 'bytes' : 'rows',
        ),
    })
    line.end()
    const rows = Object.values(records.rows).reduce((sum, n) => sum + n, 0)
    const restored = {
      data: settings.data,
      node,
      createdAt,
      rows,
      observations: observations.lastSeq,
      ledger: ledger.size,
      blobs,
    }
    if (io.json) io.stdout.write(`${JSON.stringify({ ...restored, missing })}\n`)
    else
      io.stdout.write(
        io.lang === 'vi'
          ? `${settings.data}: nút ${node} như lúc ${createdAt}: ${rows} dòng hồ sơ, ${observations.lastSeq} quan trắc, ${ledger.size} mục sổ cái, ${blobs} tệp. Tiếp theo: nhip doctor --data ${settings.data}\n`
          : `${settings.data}: node ${node} as of ${createdAt}: ${rows} rows of records, ${observations.lastSeq} observations, ${ledger.size} ledger entries, ${blobs} files. Next: nhip doctor --data ${settings.data}\n`,
      )
    return 0
  } catch (error) {
    line.end()
    throw backupStop(error)
  }
}
