import type { Message } from '@nhip/canonical/problem'
import { readSettings } from '@nhip/node/config'
import { newLog, openNode } from '@nhip/node/main'
import { Stop } from '@nhip/node/stop'
import { parseArguments } from '../flags.ts'
import type { Io } from '../verb.ts'

export const summary = {
  vi: 'Đọc mọi kho và nói điều gì sai, bước tiếp theo',
  en: 'Read every store and say what is wrong and what to do',
}
export const help = {
  vi: 'nhip doctor --data DIR\nNút phải dừng trước. Mã thoát: 0 không thấy gì sai · 1 có điều cần xử lý · 3 thư mục đang được dùng',
  en: 'nhip doctor --data DIR\nThe node must be stopped. Exit codes: 0 nothing found · 1 something needs care · 3 folder in use',
}

interface Line {
  ok: boolean
  what: Message
  next?: Message
}

export async function run(argv: string[], io: Io): Promise<number> {
  const settings = readSettings({ lang: io.lang, ...parseArguments(argv).settings }, process.env)
  const lines: Line[] = []
  try {
    const node = await openNode({ settings, log: newLog('error') })
    try {
      lines.push({ ok: true, what: { vi: 'Mở được mọi kho.', en: 'Every store opens.' } })
      const verified = await node.observations.verify()
      lines.push({
        ok: verified.ok,
        what: {
          vi: `Kho quan trắc: ${verified.segments.length} tệp niêm phong, ${verified.problems.length} sai. ${verified.problems.join('; ')}`,
          en: `Observations: ${verified.segments.length} sealed files, ${verified.problems.length} wrong. ${verified.problems.join('; ')}`,
        },
        next: { vi: 'Khôi phục các tệp đó từ bản sao lưu.', en: 'Restore those files from a backup.' },
      })
      const health = node.health()
      lines.push({
        ok: health.writable,
        what: {
          vi: `Ghi được: ${health.writable ? 'có' : 'không'}.`,
          en: `Writable: ${health.writable ? 'yes' : 'no'}.`,
        },
        next: { vi: 'Giải phóng chỗ trên đĩa rồi chạy lại.', en: 'Free disk space and run again.' },
      })
      const [dead] = await node.records.read<{ n: string }>((db) =>
        db
          .selectFrom('job')
          .select((eb) => eb.cast<string>(eb.fn.countAll(), 'text').as('n'))
          .where('state', '=', 'dead'),
      )
      lines.push({
        ok: Number(dead?.n) === 0,
        what: {
          vi: `Công việc không làm xong được: ${dead?.n}.`,
          en: `Jobs that could not be done: ${dead?.n}.`,
        },
        next: { vi: 'Xem GET /api/jobs?state=dead.', en: 'See GET /api/jobs?state=dead.' },
      })
    } finally {
      await node.close()
    }
  } catch (error) {
    if (!(error instanceof Stop) || error.exitCode === 3 || error.exitCode === 2) throw error
    lines.push({
      ok: false,
      what: error.text,
      next: { vi: 'Khôi phục từ bản sao lưu.', en: 'Restore from a backup.' },
    })
  }
  if (io.json) io.stdout.write(`${JSON.stringify(lines)}\n`)
  else
    for (const { ok, what, next } of lines)
      io.stdout.write(`${ok ? '✓' : '✗'} ${what[io.lang]}${!ok && next ? `\n  → ${next[io.lang]}` : ''}\n`)
  return lines.every(({ ok }) => ok) ? 0 : 1
}
