import { readSettings } from '@nhip/node/config'
import { newLog, openNode } from '@nhip/node/main'
import { parseArguments } from '../flags.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Niêm phong, kiểm tra, dựng lại kho quan trắc',
  en: 'Seal, verify, rebuild the store of observations',
}
export const help = {
  vi: `nhip lake seal|verify|rebuild --data DIR

seal     niêm phong mọi ngày ghi nhận thành tệp Parquet
verify   tính lại mã băm của từng tệp
rebuild  bỏ và dựng lại các bảng suy ra, rồi so sánh
Nút phải dừng trước. Mã thoát: 0 đúng · 1 có sai khác · 3 thư mục đang được dùng · 5 kho hỏng`,
  en: `nhip lake seal|verify|rebuild --data DIR

seal     seals every recorded day as Parquet files
verify   computes the hash of each file anew
rebuild  drops the derived tables, makes them again and compares
The node must be stopped. Exit codes: 0 right · 1 differences · 3 folder in use · 5 store damaged`,
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv)
  const [action] = args.rest
  if (action !== 'seal' && action !== 'verify' && action !== 'rebuild')
    throw new UsageError({
      vi: 'Dùng: nhip lake seal|verify|rebuild',
      en: 'Use: nhip lake seal|verify|rebuild',
    })
  const settings = readSettings({ lang: io.lang, ...args.settings }, process.env)
  const node = await openNode({ settings, log: newLog('warn') })
  try {
    const { observations } = node
    if (action === 'seal') {
      const segments = await observations.seal({ all: true })
      if (io.json) io.stdout.write(`${JSON.stringify(segments)}\n`)
      else for (const { file, rows, sha256 } of segments) io.stdout.write(`${file}\t${rows}\t${sha256}\n`)
      return 0
    }
    if (action === 'verify') {
      const answer = await observations.verify()
      if (io.json) io.stdout.write(`${JSON.stringify(answer)}\n`)
      else {
        for (const problem of answer.problems) io.stdout.write(`${problem}\n`)
        io.stdout.write(
          `${answer.segments.length} ${io.lang === 'vi' ? 'tệp' : 'files'}: ${answer.ok ? '✓' : '✗'}\n`,
        )
      }
      return answer.ok ? 0 : 1
    }
    const answer = await observations.rebuild()
    const hash = await observations.contentHash()
    if (io.json) io.stdout.write(`${JSON.stringify({ ...answer, contentHash: hash })}\n`)
    else {
      for (const difference of answer.differences) io.stdout.write(`${difference}\n`)
      io.stdout.write(`${answer.equal ? '✓' : '✗'} ${hash}\n`)
    }
    return answer.equal ? 0 : 1
  } finally {
    await node.close()
  }
}
