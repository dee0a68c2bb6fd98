import { join } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import type { Records } from '../../records/contract.ts'
import { hasCluster } from '../../records/new-cluster.ts'
import { badPages } from '../../records/page-checksum.ts'
import { selfCheck } from '../../records/self-check.ts'
import { restoreNode } from './hints.ts'

/** Says of a store of records that is open what in it cannot be. */
export async function* examineRecords(records: Records, now: number): AsyncGenerator<Problem> {
  for await (const problem of selfCheck(records)) yield { hint: restoreNode, ...problem }
  const [newest] = await records.read((db) =>
    db.selectFrom('audit').select('at').orderBy('outbox', 'desc').limit(1),
  )
  const ahead = newest ? Date.parse(newest.at) - now : 0
  if (ahead > 1000)
    yield {
      severity: 'warning',
      code: 'clock-behind',
      value: newest?.at,
      message: {
        vi: `Đồng hồ của máy này chậm hơn dòng nhật ký mới nhất (${newest?.at}) ${Math.round(ahead / 1000)} giây.`,
        en: `The clock of this computer is ${Math.round(ahead / 1000)} s behind the newest line of the audit (${newest?.at}).`,
      },
      hint: {
        vi: 'Đồng bộ đồng hồ (NTP) trước khi chạy nút.',
        en: 'Set the clock (NTP) before the node runs.',
      },
    }
  const dead = await records.read((db) =>
    db.selectFrom('job').select(['id', 'kind']).where('state', '=', 'dead').limit(20),
  )
  for (const { id, kind } of dead)
    yield {
      severity: 'warning',
      code: 'job-dead',
      path: id,
      message: {
        vi: `Công việc "${kind}" (${id}) đã thử hết số lần mà không xong.`,
        en: `Job "${kind}" (${id}) was tried as often as it may be and is not done.`,
      },
      hint: { vi: 'Xem lỗi của nó: GET /api/jobs/<id>.', en: 'See its error: GET /api/jobs/<id>.' },
    }
}

/** Every page of the closed cluster against its checksum. */
export async function* examineCluster(data: string): AsyncGenerator<Problem> {
  const cluster = join(data, 'records')
  if (!hasCluster(cluster)) return
  let n = 0
  for await (const { file, page } of badPages(cluster)) {
    if (++n > 20) return
    yield {
      severity: 'error',
      code: 'records-page',
      file: join(cluster, file),
      message: {
        vi: `Tệp "${join('records', file)}": trang ${page} khác với mã kiểm tra của nó.`,
        en: `File "${join('records', file)}": page ${page} is not what its checksum says.`,
      },
      hint: restoreNode,
    }
  }
}
