import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { syncFolder, writeFully } from '@nhip/durable/checked-write'
import { errorCode } from '@nhip/durable/file-system'
import { type FolderLock, FolderLocked, lockFolder } from '@nhip/durable/folder-lock'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { openObservations } from '../observations/open.ts'
import type { Actor } from '../records/contract.ts'
import { type CopiedRows, copyIn, isEmptyDatabase } from '../records/copy-in.ts'
import { openRecords } from '../records/open.ts'
import { syncTree } from '../records/wal-sync.ts'
import { builtCluster } from '../stores.ts'
import { altered, BackupError } from './backup-error.ts'
import { MANIFEST, type Manifest, OPENING, SEAL } from './manifest.ts'
import { readParts, text, verifyArchive } from './read-archive.ts'

export interface RestoreOptions {
  /** The backup. */
  file: string
  /** A folder that is empty or not there. */
  data: string
  /** An empty database for the records; without it they go into the folder, whatever they came from. */
  databaseUrl?: string
  /** A cluster with the schema of this program to begin from; default the one that the build leaves. */
  template?: string
  /** In whose name the restored node writes down that it was restored. */
  actor: Actor
  /** DuckDB memory limit, such as `1GB`. */
  memory?: string
  now?: () => number
  /** Told what is being done, and how much of it in bytes or rows; `total` 0 when nobody knows. */
  onProgress?: (step: RestoreStep, done: number, total: number) => void
}

export type RestoreStep = 'verify' | 'files' | 'observations' | 'records'

const decompress = promisify(gunzip)

const BATCH_ROWS = 1000
const BATCH_BYTES = 2 * 1024 ** 2

/** Parts that describe the archive and are no file of a node. */
const ABOUT = new Set([OPENING, MANIFEST, SEAL])

/**
 * Puts a backup into an empty folder, and its records into an empty database when one is given.
 *
 * Every hash is compared before anything is written. The node is built beside its place, under the name
 * `<folder>.restoring`, and moved there when it is whole and on disk; what a crash leaves is taken away by the next
 * attempt. On a server the rows are one transaction.
 *
 * @throws {BackupError} `backup-*` naming the part, `not-empty`, `restore-differs`; then nothing has changed
 */
export async function restoreBackup(options: RestoreOptions): Promise<Manifest> {
  const { file, databaseUrl, onProgress = () => undefined } = options
  const data = resolve(options.data)
  const size = await sizeOf(file)
  let read = 0
  const manifest = await verifyArchive(createReadStream(file), (part) => {
    read += part.bytes
    onProgress('verify', read, size)
  })
  await demandEmpty(data, databaseUrl)
  const draft = `${data}.restoring`
  const lock = await takeDraft(draft)
  try {
    await writeFiles(options, manifest, draft)
    await rebuildObservations(options, manifest, join(draft, 'observations'))
    // Last, because on a server it is what cannot be done twice.
    await fillRecords(options, manifest, draft)
    await lock.release()
    await syncTree(draft, 0)
    await rmdir(data).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error
    })
    await rename(draft, data)
    await syncFolder(nodeFileSystem, dirname(data))
    return manifest
  } catch (error) {
    await lock.release()
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function sizeOf(file: string): Promise<number> {
  const stat = await nodeFileSystem.stat(file)
  if (stat?.kind === 'file') return stat.size
  throw new BackupError('backup-format', {
    vi: `Không có tệp "${file}".`,
    en: `There is no file "${file}".`,
  })
}

async function demandEmpty(data: string, databaseUrl: string | undefined): Promise<void> {
  const inside = await readdir(data).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  })
  if (inside.length > 0)
    throw new BackupError('not-empty', {
      vi: `Thư mục "${data}" không trống (${inside.slice(0, 3).join(', ')}…). Hãy chọn một thư mục mới: khôi phục không bao giờ ghi đè.`,
      en: `Folder "${data}" is not empty (${inside.slice(0, 3).join(', ')}…). Choose a new one: a restore never overwrites.`,
    })
  if (databaseUrl !== undefined && !(await isEmptyDatabase(databaseUrl)))
    throw new BackupError('not-empty', {
      vi: 'Cơ sở dữ liệu ở DATABASE_URL đã có bảng. Hãy tạo một cơ sở dữ liệu mới, trống.',
      en: 'The database at DATABASE_URL holds tables already. Create a new, empty one.',
    })
}

/** The folder beside the place, for this process alone; what an earlier attempt left there is removed. */
async function takeDraft(draft: string): Promise<FolderLock> {
  await mkdir(draft, { recursive: true, mode: 0o700 })
  try {
    const lock = await lockFolder(draft, { program: 'nhip restore' })
    for (const name of await readdir(draft))
      if (name !== 'lock') await rm(join(draft, name), { recursive: true, force: true })
    return lock
  } catch (error) {
    if (!(error instanceof FolderLocked)) throw error
    throw new BackupError('not-empty', error.problem.message, {}, error)
  }
}

async function writeFiles(
  { file, onProgress }: RestoreOptions,
  manifest: Manifest,
  draft: string,
): Promise<void> {
  const total = manifest.parts.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  for await (const part of readParts(createReadStream(file))) {
    if (!ABOUT.has(part.name) && !part.name.startsWith('records/')) {
      const path = join(draft, safe(part.name))
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const written = await nodeFileSystem.open(path, 'create')
      try {
        let at = 0
        for await (const chunk of part.content) at += await writeFully(written, path, [chunk], at)
      } finally {
        await written.close()
      }
    }
    done += part.bytes
    onProgress?.('files', done, total)
  }
}

/** A name that stays inside the folder it is put in. */
function safe(name: string): string {
  if (/^(?!\.)[\w.@+-]+(\/(?!\.\.?(\/|$))[\w.@+-]+)*$/.test(name)) return name
  throw altered(name, { vi: 'tên không hợp lệ', en: 'the name is not allowed' })
}

/** The store makes its database from the lake when it is opened; every row is then compared with its segment. */
async function rebuildObservations(
  { memory, now, onProgress }: RestoreOptions,
  manifest: Manifest,
  folder: string,
): Promise<void> {
  const { lastSeq } = manifest.observations
  onProgress?.('observations', 0, lastSeq)
  const store = await openObservations({ folder, ...(memory ? { memory } : {}), ...(now ? { now } : {}) })
  try {
    const found = store.status().lastSeq
    if (found !== lastSeq) throw differs('observations', lastSeq, found)
    const { problems } = await store.verify()
    const [first] = problems
    if (first) throw new BackupError('restore-differs', first.message, first)
  } finally {
    await store.close()
  }
  onProgress?.('observations', lastSeq, lastSeq)
}

async function fillRecords(options: RestoreOptions, manifest: Manifest, draft: string): Promise<void> {
  const { databaseUrl, template = builtCluster, actor, onProgress, now = Date.now } = options
  const place = {
    folder: join(draft, 'records'),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  }
  const { rows: expected, migrations, leftOut } = manifest.records
  const total = Object.values(expected).reduce((sum, n) => sum + n, 0)
  let done = 0
  async function* rows(): AsyncGenerator<CopiedRows> {
    for await (const batch of rowsOf(options.file)) {
      done += batch.lines.length
      onProgress?.('records', done, total)
      yield batch
    }
  }
  await copyIn({
    ...place,
    template,
    migrations,
    rows: rows(),
    async beforeCommit(counts) {
      for (const [table, n] of Object.entries(expected))
        if (!leftOut.includes(table) && counts[table] !== n) throw differs(table, n, counts[table] ?? 0)
    },
  })
  const records = await openRecords({ ...place, now: () => new Date(now()) })
  try {
    await records.tx(actor, async (tx) => {
      const { node, createdAt, records: copied, observations } = manifest
      const after = { createdAt, outbox: copied.outbox, lastSeq: observations.lastSeq }
      tx.audit({ action: 'backup.restore', targetType: 'node', targetId: node, after })
    })
  } finally {
    await records.close()
  }
}

/** The rows of the archive, some at a time. */
async function* rowsOf(file: string): AsyncGenerator<CopiedRows> {
  for await (const part of readParts(createReadStream(file))) {
    const table = /^records\/([^/]+)\//.exec(part.name)?.[1]
    if (table === undefined) continue
    // Not by `readline`: it also breaks lines at U+2028, which may stand in a text.
    const rows = (await decompress(await text(part))).toString('utf8').split('\n')
    let batch: string[] = []
    let bytes = 0
    for (const row of rows) {
      if (row === '') continue
      batch.push(row)
      bytes += row.length
      if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue
      yield { table, lines: batch }
      batch = []
      bytes = 0
    }
    if (batch.length > 0) yield { table, lines: batch }
  }
}

function differs(what: string, expected: number, found: number): BackupError {
  return new BackupError(
    'restore-differs',
    {
      vi: `Khôi phục không khớp: "${what}" có ${found}, bản sao lưu ghi ${expected}. Chưa có gì được đưa vào sử dụng.`,
      en: `The restore does not agree: "${what}" has ${found}, the backup says ${expected}. Nothing was put in place.`,
    },
    { path: what },
  )
}
