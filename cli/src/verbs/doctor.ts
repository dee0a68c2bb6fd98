import { existsSync } from 'node:fs'
import { FolderLocked, lockFolder } from '@nhip/durable/folder-lock'
import { type Examined, examined, examineFolder, type Finding } from '@nhip/node/backup/doctor/examine-folder'
import { readSettings, type Settings } from '@nhip/node/config'
import { exitCodes, Stop } from '@nhip/node/stop'
import { type Arguments, parseArguments } from '../flags.ts'
import type { Io } from '../verb.ts'

export const summary = {
  vi: 'Đọc mọi kho và nói điều gì sai, bước tiếp theo',
  en: 'Read every store and say what is wrong and what to do',
}
export const help = {
  vi: `nhip doctor --data DIR

Đọc hết mọi kho: chỗ trống, đồng hồ, từng dòng và từng trang của hồ sơ, ràng buộc giữa các bảng, sổ cái và nhật ký đối chiếu
với nhau, tệp đính kèm, từng phân đoạn và từng dòng quan trắc, dân số tổng hợp. Chỉ sửa những gì suy ra được (bảng tổng hợp).
Nút phải dừng trước; muốn khám một nút đang chạy thì khôi phục một bản sao lưu của nó ở nơi khác rồi khám bản đó.
Mã thoát: 0 không thấy gì sai · 1 có điều cần xử lý · 2 dùng sai · 3 thư mục đang được dùng`,
  en: `nhip doctor --data DIR

Reads all of every store: free space, clock, every row and page of the records, constraints between tables, ledger and audit
against one another, evidence files, every segment and row of the observations, synthetic populations. Mends derived tables only.
The node must be stopped; to examine one that runs, restore a backup of it elsewhere and examine that.
Exit codes: 0 nothing found · 1 something needs care · 2 usage · 3 folder in use`,
}

const names: Record<Examined, { vi: string; en: string }> = {
  folder: { vi: 'Thư mục, ổ đĩa', en: 'Folder and disk' },
  records: { vi: 'Hồ sơ', en: 'Records' },
  ledger: { vi: 'Sổ cái và nhật ký', en: 'Ledger and audit' },
  blobs: { vi: 'Tệp đính kèm', en: 'Evidence files' },
  observations: { vi: 'Quan trắc', en: 'Observations' },
  populations: { vi: 'Dân số tổng hợp', en: 'Synthetic populations' },
}

export async function run(argv: string[], io: Io): Promise<number> {
  const found: Finding[] = []
  const args = parseArguments(argv)
  const settings = settingsOr(args, io, found)
  if (settings) {
    if (!existsSync(settings.data))
      throw new Stop(exitCodes.unusable, {
        vi: `Không có thư mục ${settings.data}.`,
        en: `There is no folder ${settings.data}.`,
      })
    const lock = await lockFolder(settings.data, { program: 'nhip doctor' }).catch((error: unknown) => {
      if (error instanceof FolderLocked) throw new Stop(exitCodes.folderInUse, error.problem.message, error)
      throw error
    })
    try {
      for await (const finding of examineFolder(settings)) found.push(finding)
    } finally {
      await lock.release()
    }
  }
  if (io.json) io.stdout.write(`${JSON.stringify(found)}\n`)
  else for (const part of examined) tell(part, found, io)
  return found.some(({ severity }) => severity === 'error') ? exitCodes.no : exitCodes.done
}

/** A `nhip.json` that cannot be read is a finding like any other; a wrong flag is not. */
function settingsOr(args: Arguments, io: Io, found: Finding[]): Settings | undefined {
  try {
    return readSettings({ lang: io.lang, ...args.settings }, process.env)
  } catch (error) {
    if (!(error instanceof Stop) || !error.text.en.includes('nhip.json')) throw error
    found.push({ of: 'folder', severity: 'error', code: 'settings', message: error.text })
    return undefined
  }
}

const marks = { error: '✗', warning: '!', info: '·' }

function tell(part: Examined, found: readonly Finding[], io: Io): void {
  const mine = found.filter(({ of }) => of === part)
  const sound = mine.every(({ severity }) => severity !== 'error')
  io.stdout.write(`${sound ? '✓' : '✗'} ${names[part][io.lang]}\n`)
  for (const { severity, message, hint } of mine)
    io.stdout.write(
      `  ${marks[severity]} ${message[io.lang]}${hint && severity !== 'info' ? `\n    → ${hint[io.lang]}` : ''}\n`,
    )
}
