import { Readable } from 'node:stream'
import { type Route, route } from '../http/declare.ts'
import { refuse } from '../http/problem.ts'
import { BackupError } from './backup-error.ts'
import type { Backups } from './create-backup.ts'

/** The door through which `nhip backup` reaches a node that runs. */
export function backupRoutes(backups: Backups): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/backup',
      summary: 'A backup of the whole node, as a tar file',
      description:
        'Made while it is read; closing the connection ends it. Holds every password hash, the personal data and the signing keys of the ledger, so it takes the key of this run or the bootstrap token, not an account.',
      permission: 'node.configure',
      audit: 'backup.begin',
      responses: {
        200: {
          description: 'The archive; whole only with its last part, manifest.sha256',
          type: 'application/x-tar',
        },
      },
      async handle({ caller, actor }) {
        if (caller.kind !== 'bootstrap')
          throw refuse(403, 'operator-only', {
            message: {
              vi: 'Bản sao lưu chứa mọi dữ liệu và khóa ký của nút: chỉ người vận hành máy chủ tạo được, bằng "nhip backup" trên máy đó hoặc bằng NHIP_BOOTSTRAP_TOKEN.',
              en: 'A backup holds all data and the signing keys of the node: only whoever operates the server makes one, with "nhip backup" there or with NHIP_BOOTSTRAP_TOKEN.',
            },
          })
        const bytes = backups.create(actor)
        // Until the first bytes are there, a refusal can still be an answer of its own.
        const first = await bytes.next().catch((error: unknown) => {
          if (error instanceof BackupError) throw refuse(409, error.code, { message: error.problem.message })
          throw error
        })
        const body = Readable.from(withFirst(first, bytes), { objectMode: false })
        // Of a reader who left before taking anything: a generator that has not begun ends nothing inside it. What could
        // not be removed lies in `tmp`, which the next start empties.
        body.once('close', () => void bytes.return(undefined).catch(() => undefined))
        return { status: 200, body }
      },
    }),
  ]
}

async function* withFirst(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!first.done) yield first.value
  yield* rest
}
