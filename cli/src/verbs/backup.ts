import { saveArchive } from '@nhip/node/backup/save-archive'
import { backupStop } from '../backup-stop.ts'
import { parseArguments } from '../flags.ts'
import { ProgressLine } from '../progress.ts'
import { call, needed, operator, reach, reachFlags, reachHelp } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Sao lưu toàn bộ nút vào một tệp, cả khi nút đang chạy',
  en: 'Back up the whole node to one file, also while it runs',
}
export const help = {
  vi: `nhip backup --data DIR --out TỆP.tar

Một bản sao nhất quán của mọi kho tại một thời điểm: mọi điều đã được xác nhận trước khi lệnh bắt đầu đều có trong đó.
Tệp chỉ mang tên đã cho khi đã ghi đủ, đọc lại và đối chiếu mã băm; tệp cũ không bị ghi đè.
Bên trong có mã băm mật khẩu, dữ liệu cá nhân và khóa ký sổ cái: hãy giữ tệp như giữ chính thư mục dữ liệu.
Không có trong đó: phiên đăng nhập, DATABASE_URL, NHIP_BOOTSTRAP_TOKEN, NHIP_MQTT_URL, khóa TLS.
${reachHelp.vi}
Mã thoát: 0 xong · 1 thiếu tệp đính kèm hoặc hết chỗ trên đĩa · 2 dùng sai · 3 thư mục đang được dùng · 5 kho hỏng · 130 bị dừng`,
  en: `nhip backup --data DIR --out FILE.tar

A consistent copy of all stores at one moment: whatever was acknowledged before the command began is in it.
The file has its name only when it is whole, read back and compared with its hashes; an older file is never overwritten.
Inside are password hashes, personal data and the signing keys of the ledger: keep it as you keep the data folder.
Not inside: logins, DATABASE_URL, NHIP_BOOTSTRAP_TOKEN, NHIP_MQTT_URL, TLS keys.
${reachHelp.en}
Exit codes: 0 done · 1 evidence files are missing, or the disk is full · 2 usage · 3 folder in use · 5 store damaged · 130 stopped`,
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, { ...reachFlags, out: 'value' })
  if (args.rest.length > 0)
    throw new UsageError({ vi: 'Dùng: nhip backup --out TỆP', en: 'Use: nhip backup --out FILE' })
  const out = needed(args.own.out, '--out')
  const stop = new AbortController()
  const abort = () => stop.abort()
  process.once('SIGINT', abort)
  process.once('SIGTERM', abort)
  const line = new ProgressLine(io)
  const { signal } = stop
  const onProgress = (bytes: number) => line.show(io.lang === 'vi' ? 'Đã ghi' : 'Written', bytes, 0, 'bytes')
  try {
    const manifest = await reach(args, io, {
      here: (node) => saveArchive(node.backups.create(operator, signal), out, { signal, onProgress }),
      async there(remote) {
        const { body } = await call(remote, 'POST', '/api/backup', undefined, io.lang)
        return saveArchive(body as AsyncIterable<Uint8Array>, out, { signal, onProgress })
      },
    })
    line.end()
    const { records, observations, ledger, blobs, missing, unknown, createdAt } = manifest
    const rows = Object.values(records.rows).reduce((sum, n) => sum + n, 0)
    const kept = {
      file: out,
      createdAt,
      rows,
      observations: observations.lastSeq,
      ledger: ledger.size,
      blobs,
    }
    if (io.json) io.stdout.write(`${JSON.stringify({ ...kept, missing, unknown })}\n`)
    else {
      io.stdout.write(
        io.lang === 'vi'
          ? `${out}: ${kept.rows} dòng hồ sơ, ${kept.observations} quan trắc, ${kept.ledger} mục sổ cái, ${blobs} tệp, tại ${createdAt}\n`
          : `${out}: ${kept.rows} rows of records, ${kept.observations} observations, ${kept.ledger} ledger entries, ${blobs} files, at ${createdAt}\n`,
      )
      for (const name of missing)
        io.stderr.write(io.lang === 'vi' ? `Thiếu tệp: ${name}\n` : `Missing file: ${name}\n`)
      for (const name of unknown)
        io.stderr.write(
          io.lang === 'vi'
            ? `Không sao lưu, vì không biết là gì: ${name}\n`
            : `Left out, not known: ${name}\n`,
        )
    }
    return missing.length > 0 ? 1 : 0
  } catch (error) {
    line.end()
    throw backupStop(error)
  } finally {
    process.off('SIGINT', abort)
    process.off('SIGTERM', abort)
  }
}
