import { type LakeAction, lakeWork } from '@nhip/node/observations/lake-routes'
import type { SegmentInfo } from '@nhip/node/observations/observations'
import { exitCodes, Stop } from '@nhip/node/stop'
import { parseArguments } from '../flags.ts'
import { call, type Remote, reach, reachFlags, reachHelp } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Niêm phong, kiểm tra, dựng lại kho quan trắc',
  en: 'Seal, verify, rebuild the store of observations',
}
export const help = {
  vi: `nhip lake seal|verify|rebuild --data DIR

seal     niêm phong mọi ngày ghi nhận thành tệp Parquet
verify   tính lại mã băm của từng tệp và so từng dòng
rebuild  bỏ và dựng lại các bảng suy ra, rồi so sánh
${reachHelp.vi}
Mã thoát: 0 đúng · 1 có sai khác · 3 thư mục đang được dùng · 5 kho hỏng`,
  en: `nhip lake seal|verify|rebuild --data DIR

seal     seals every recorded day as Parquet files
verify   computes the hash of each file anew and compares each row
rebuild  drops the derived tables, makes them again and compares
${reachHelp.en}
Exit codes: 0 right · 1 differences · 3 folder in use · 5 store damaged`,
}

interface Verified {
  ok: boolean
  problems: { message: { vi: string; en: string } }[]
  segments: SegmentInfo[]
}
interface Rebuilt {
  equal: boolean
  differences: string[]
  contentHash: string
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, reachFlags)
  const [action] = args.rest
  if ((action !== 'seal' && action !== 'verify' && action !== 'rebuild') || args.rest.length > 1)
    throw new UsageError({
      vi: 'Dùng: nhip lake seal|verify|rebuild',
      en: 'Use: nhip lake seal|verify|rebuild',
    })
  const answer = await reach(args, io, {
    here: (node) => lakeWork(node.observations, action),
    there: (remote) => askJob(remote, action, io.lang),
  })
  if (io.json) io.stdout.write(`${JSON.stringify(answer)}\n`)
  if (action === 'seal') {
    if (!io.json)
      for (const { file, rows, sha256 } of answer as SegmentInfo[])
        io.stdout.write(`${file}\t${rows}\t${sha256}\n`)
    return exitCodes.done
  }
  if (action === 'verify') {
    const { ok, problems, segments } = answer as Verified
    if (!io.json) {
      for (const { message } of problems) io.stdout.write(`${message[io.lang]}\n`)
      io.stdout.write(`${segments.length} ${io.lang === 'vi' ? 'tệp' : 'files'}: ${ok ? '✓' : '✗'}\n`)
    }
    return ok ? exitCodes.done : exitCodes.no
  }
  const { equal, differences, contentHash } = answer as Rebuilt
  if (!io.json) {
    for (const difference of differences) io.stdout.write(`${difference}\n`)
    io.stdout.write(`${equal ? '✓' : '✗'} ${contentHash}\n`)
  }
  return equal ? exitCodes.done : exitCodes.no
}

interface Job {
  id: string
  state: string
  result: unknown
  error: { detail?: string } | null
}

async function askJob(remote: Remote, action: LakeAction, lang: string): Promise<unknown> {
  let job = (await (await call(remote, 'POST', `/api/lake/${action}`, undefined, lang)).json()) as Job
  while (job.state === 'queued' || job.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 200))
    job = (await (await call(remote, 'GET', `/api/jobs/${job.id}`, undefined, lang)).json()) as Job
  }
  if (job.state === 'done') return job.result
  const reason = job.error?.detail ?? job.state
  throw new Stop(exitCodes.no, {
    vi: `Nút không làm xong: ${reason}`,
    en: `The node could not do it: ${reason}`,
  })
}
