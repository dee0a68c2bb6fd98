import { once } from 'node:events'
import { constants } from 'node:fs'
import { cp } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import { PGlite, protocol } from '@electric-sql/pglite'
import { ABORTED, type DatabaseRefusal } from './database-error.ts'
import type { PgliteOpening, PgliteReply, PgliteRequest, PgliteRows } from './pglite-protocol.ts'
import { syncTree, WalSync } from './wal-sync.ts'

// PGlite runs inside this thread and blocks it; here it blocks nobody else. One request is worked on at a time, in
// the order of arrival; only the waiting for the disk after a commit goes on beside the next request.

const SEGMENT_BYTES = 16 * 1024 ** 2
/** When what opening changed is synced, if no commit has asked for it before. */
const SETTLE_MS = 2000

const port = parentPort
if (!port) throw new Error('pglite.worker.ts is started by pglite.ts, as a worker thread')

function reply(message: PgliteReply): void {
  port?.postMessage(message)
}

class Refused extends Error {
  readonly refusal: DatabaseRefusal
  constructor(refusal: DatabaseRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

const [{ folder, engine }] = (await once(port, 'message')) as [PgliteOpening]

/** Changes of files before this moment are on disk; a cluster that recovers from a crash changes many by opening. */
let checkpointed = Date.now()
const db = await PGlite.create({
  dataDir: folder,
  pgliteWasmModule: engine,
  // The catalogue and the work of one node fit many times over; the engine's own 128 MB would stay resident for ever.
  startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
})

/** One extended-protocol round: all values as text, so that types are read by the same code as on a server. */
async function run(sql: string, parameters: (string | null)[]): Promise<PgliteRows> {
  const { serialize } = protocol
  const parts = [
    serialize.parse({ text: sql }),
    serialize.bind({ values: parameters }),
    serialize.describe({ type: 'P' }),
    serialize.execute({}),
    serialize.sync(),
  ]
  const { messages } = await db.execProtocol(Buffer.concat(parts), { throwOnError: false, syncToFs: false })
  const answer: PgliteRows = { columns: [], rows: [], affected: undefined, tag: '' }
  for (const message of messages) {
    switch (message.name) {
      case 'rowDescription':
        answer.columns = (message as InstanceType<typeof protocol.messages.RowDescriptionMessage>).fields.map(
          (field) => ({
            name: field.name,
            type: field.dataTypeID,
          }),
        )
        break
      case 'dataRow':
        answer.rows.push((message as InstanceType<typeof protocol.messages.DataRowMessage>).fields)
        break
      case 'commandComplete': {
        answer.tag = (message as InstanceType<typeof protocol.messages.CommandCompleteMessage>).text
        const count = /(\d+)$/.exec(answer.tag)
        if (count) answer.affected = Number(count[1])
        break
      }
      case 'error': {
        const {
          code,
          message: text,
          detail,
          constraint,
          table,
        } = message as InstanceType<typeof protocol.messages.DatabaseError>
        throw new Refused({ code, message: text, detail, constraint, table })
      }
    }
  }
  return answer
}

async function segmentNow(): Promise<string> {
  const { rows } = await run('SELECT pg_walfile_name(pg_current_wal_insert_lsn())', [])
  return rows[0]?.[0] as string
}

/** Position of a log file in the sequence: the name is timeline, high and low part, 8 hexadecimal digits each. */
function segmentNumber(name: string): number {
  return Number.parseInt(name.slice(8, 16), 16) * 256 + Number.parseInt(name.slice(16), 16)
}

const firstSegment = await segmentNow()
let checkpointSegment = segmentNumber(firstSegment)
const wal = new WalSync(folder, firstSegment)

async function checkpoint(): Promise<void> {
  const since = checkpointed
  const started = Date.now()
  await run('CHECKPOINT', [])
  // Modification times may be coarse, so look a little further back than the last checkpoint.
  await syncTree(folder, since - 2000)
  checkpointed = started
  checkpointSegment = segmentNumber(await segmentNow())
}

/**
 * Resolves when what opening changed is on disk; before that no commit counts as durable. Looking at every file of a
 * cluster takes a tenth of a second, which a start need not wait for.
 */
const settled = (() => {
  const opened = checkpointed
  let synced: Promise<unknown> | undefined
  return () => (synced ??= syncTree(folder, opened - 2000))
})()
setTimeout(() => {
  settled().catch((error: unknown) => reply({ kind: 'broken', message: String(error) }))
}, SETTLE_MS).unref()

async function work(request: PgliteRequest): Promise<void> {
  const { id } = request
  switch (request.kind) {
    case 'query':
      reply({ id, kind: 'rows', answer: await run(request.sql, request.parameters) })
      return
    case 'commit': {
      const { tag } = await run('COMMIT', [])
      if (tag !== 'COMMIT') throw new Refused(ABORTED)
      const segment = await segmentNow()
      reply({ id, kind: 'committed', walBytes: (segmentNumber(segment) - checkpointSegment) * SEGMENT_BYTES })
      Promise.all([settled(), wal.durable(segment)]).then(
        () => reply({ id, kind: 'durable' }),
        (error: unknown) => reply({ id, kind: 'broken', message: String(error) }),
      )
      return
    }
    case 'checkpoint':
      await checkpoint()
      reply({ id, kind: 'done' })
      return
    case 'snapshot': {
      await checkpoint()
      const bytes = new Uint8Array(await (await db.dumpDataDir('gzip')).arrayBuffer())
      port?.postMessage({ id, kind: 'done', bytes } satisfies PgliteReply, [bytes.buffer])
      return
    }
    case 'copy':
      await checkpoint()
      // Nothing runs in the engine meanwhile: one request is worked on at a time.
      try {
        await cp(folder, request.to, { recursive: true, mode: constants.COPYFILE_FICLONE })
      } catch (error) {
        // The copy failed, the store did not.
        const { code, message } = error as NodeJS.ErrnoException
        throw new Refused({ code: code === 'ENOSPC' ? '53100' : '58030', message })
      }
      reply({ id, kind: 'done' })
      return
    case 'close':
      await checkpoint()
      await db.close()
      await syncTree(folder, checkpointed - 2000)
      reply({ id, kind: 'done' })
      port?.close()
  }
}

let last: Promise<void> = Promise.resolve()
port.on('message', (request: PgliteRequest) => {
  last = last.then(async () => {
    try {
      await work(request)
    } catch (error) {
      if (error instanceof Refused) reply({ id: request.id, kind: 'refused', refusal: error.refusal })
      // Anything else is not an answer of the database but a fault of the engine under it, or of the disk.
      else reply({ id: request.id, kind: 'broken', message: String(error) })
    }
  })
})

reply({ kind: 'ready' })
