import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { errorCode } from '@nhip/durable/file-system'
import { publicSettings, type Settings } from '../config.ts'
import type { NodeIdentity } from '../data-folder.ts'
import type { NodeLedger } from '../exchange/node-ledger.ts'
import type { FrozenLake } from '../observations/freeze.ts'
import type { ObservationStore } from '../observations/open.ts'
import type { Actor, FrozenRecords, Records, RecordsCopy } from '../records/contract.ts'
import { version } from '../version.ts'
import { BackupError } from './backup-error.ts'
import { copyLedger, type LedgerCopy } from './ledger-copy.ts'
import { FORMAT, type Manifest, OPENING, type Opening } from './manifest.ts'
import { bytesPart, filePart, filesUnder, tableParts } from './parts.ts'
import { type Part, writeArchive } from './write-archive.ts'

/** What a backup is made of. */
export interface BackupRooms {
  /** The data folder. */
  folder: string
  node: NodeIdentity
  records: Records
  observations: ObservationStore
  nodeLedger: NodeLedger
  now: () => number
}

/** A restored node knows nobody who is signed in: a copy of a node is not where they signed in. */
const LEFT_OUT = ['login']

/** What stands in a data folder. All else is named in the manifest as unknown, never passed over in silence. */
const KNOWN = new Set([
  'node-id',
  'nhip.json',
  'records',
  'observations',
  'ledger',
  'witness',
  'blobs',
  'populations',
  // Of this run, or made again from the rest.
  'lock',
  'node.json',
  'imports',
  'tmp',
  'records-snapshots',
])

const duckdb = (createRequire(import.meta.url)('@duckdb/node-api/package.json') as { version: string })
  .version

/** Makes backups of a node while it works, one at a time. */
export class Backups {
  readonly #rooms: BackupRooms
  #running = false

  constructor(rooms: BackupRooms) {
    this.#rooms = rooms
  }

  /**
   * The bytes of a backup, made as they are taken. What was acknowledged before the first byte is asked for is in it.
   * Ending the generator early ends the backup and removes what it made.
   *
   * @throws {BackupError} `backup-running`
   */
  async *create(actor: Actor, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    if (this.#running)
      throw new BackupError('backup-running', {
        vi: 'Một bản sao lưu khác đang được tạo; hãy chờ nó xong.',
        en: 'Another backup is being made; wait until it is done.',
      })
    this.#running = true
    const { node, folder } = this.#rooms
    const scratch = join(folder, 'tmp', `backup-${randomUUID()}`)
    let point: Point | undefined
    try {
      const createdAt = new Date(this.#rooms.now()).toISOString()
      await this.#audit(actor, 'backup.begin', { createdAt })
      point = await this.#freeze(scratch)
      signal?.throwIfAborted()
      const copy = await point.records.open()
      const opening: Opening = {
        format: FORMAT,
        program: version,
        node: node.id,
        profile: node.profile,
        createdAt,
        estimatedBytes: estimate(point, copy),
      }
      const found: Found = { rows: {}, missing: [], unknown: await unknownIn(folder) }
      const now = point
      let seal = ''
      const archive = writeArchive(
        this.#parts(opening, now, copy, found),
        (parts) => this.#manifest(opening, now, copy, found, parts),
        (sha256) => {
          seal = sha256
        },
      )
      for await (const chunk of archive) {
        signal?.throwIfAborted()
        yield chunk
      }
      const { lake, ledger } = point
      const reached = { outbox: copy.outbox, lastSeq: lake.lastSeq, ledger: ledger.size }
      await this.#audit(actor, 'backup.finish', { createdAt, ...reached, manifest: seal })
    } finally {
      try {
        await point?.records.end()
        await rm(scratch, { recursive: true, force: true })
      } finally {
        this.#running = false
      }
    }
  }

  async #audit(actor: Actor, action: string, after: Record<string, unknown>): Promise<void> {
    await this.#rooms.records.tx(actor, async (tx) => {
      tx.audit({ action, targetType: 'node', targetId: this.#rooms.node.id, after })
    })
  }

  /**
   * One moment of all stores. Appends to the observations and the ledger's pump stand still while the records are
   * frozen, so no import is known as done without its rows, no reading is there without its entity, and the ledger holds
   * exactly what the records say it does.
   */
  async #freeze(scratch: string): Promise<Point> {
    const { observations, nodeLedger, records, folder } = this.#rooms
    let frozen: FrozenRecords | undefined
    try {
      const { lake, meanwhile } = await observations.freeze(join(scratch, 'lake'), () =>
        nodeLedger.hold(async () => {
          frozen = await records.freeze(join(scratch, 'records'))
          return { records: frozen, ledger: await copyLedger(join(folder, 'ledger'), nodeLedger) }
        }),
      )
      return { lake, ...meanwhile }
    } catch (error) {
      await frozen?.end()
      throw error
    }
  }

  async *#parts(
    opening: Opening,
    { lake, ledger }: Point,
    copy: RecordsCopy,
    found: Found,
  ): AsyncGenerator<Part> {
    const { folder } = this.#rooms
    yield json(OPENING, opening)
    yield json('node-id', this.#rooms.node)
    const settings = await settingsOf(folder)
    if (settings) yield json('nhip.json', settings)
    for (const table of copy.tables) {
      found.rows[table] = 0
      if (LEFT_OUT.includes(table)) continue
      yield* tableParts(copy, table, (rows) => {
        found.rows[table] = (found.rows[table] ?? 0) + rows
      })
    }
    yield bytesPart('observations/manifest', lake.manifest)
    for (const { name, path } of lake.files) yield* demand(`observations/${name}`, path)
    yield* ledger.parts()
    yield* all(folder, 'witness')
    for (const { sha256 } of copy.blobs) {
      const name = `blobs/${sha256.slice(0, 2)}/${sha256}`
      const part = await filePart(name, join(folder, name))
      if (part) yield part
      else found.missing.push(name)
    }
    yield* populations(join(folder, 'populations'))
  }

  #manifest(
    opening: Opening,
    { lake, ledger }: Point,
    copy: RecordsCopy,
    found: Found,
    parts: Manifest['parts'],
  ): Manifest {
    const { driver, server, migrations, outbox } = copy
    return {
      ...opening,
      finishedAt: new Date(this.#rooms.now()).toISOString(),
      records: { driver, server, migrations, outbox, rows: found.rows, leftOut: LEFT_OUT },
      observations: { lastSeq: lake.lastSeq, segments: lake.files.length, duckdb },
      ledger: { size: ledger.size, origin: ledger.origin },
      blobs: copy.blobs.length - found.missing.length,
      missing: found.missing,
      unknown: found.unknown,
      parts,
    }
  }
}

/** The stores at the moment of a backup. */
interface Point {
  records: FrozenRecords
  lake: FrozenLake
  ledger: LedgerCopy
}

/** What is known only when all parts have gone by. */
interface Found {
  rows: Record<string, number>
  missing: string[]
  unknown: string[]
}

function json(name: string, content: unknown): Part {
  return bytesPart(name, new TextEncoder().encode(`${JSON.stringify(content)}\n`))
}

async function* demand(name: string, path: string): AsyncGenerator<Part> {
  const part = await filePart(name, path)
  if (!part) throw new Error(`the file "${path}" is gone`)
  yield part
}

async function* all(folder: string, inside: string): AsyncGenerator<Part> {
  for await (const path of filesUnder(join(folder, inside), (name) => !name.includes('.tmp-'))) {
    const part = await filePart(`${inside}/${path}`, join(folder, inside, path))
    if (part) yield part
  }
}

/**
 * Each finished population, whole: all its files are open before the first goes out, so that one which is replaced
 * meanwhile is still the old one. Samples are made again when somebody asks for them.
 */
async function* populations(folder: string): AsyncGenerator<Part> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.sort()) {
    if (name.startsWith('.') || name === 'samples') continue
    const parts: Part[] = []
    try {
      for await (const path of filesUnder(join(folder, name))) {
        const part = await filePart(`populations/${name}/${path}`, join(folder, name, path))
        if (part) parts.push(part)
      }
      yield* parts
    } finally {
      for (const part of parts) await part.close?.()
    }
  }
}

/** `nhip.json` without what is secret: whoever restores gives those again. */
async function settingsOf(folder: string): Promise<Record<string, unknown> | undefined> {
  try {
    return publicSettings(JSON.parse(await readFile(join(folder, 'nhip.json'), 'utf8')) as Settings)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Rows shrink to about a fifth; all else goes out as it is. */
function estimate({ lake }: Point, copy: RecordsCopy): number {
  const files = [...lake.files, ...copy.blobs].reduce((sum, { bytes }) => sum + bytes, 0)
  return Math.round(files + copy.bytes / 5)
}

/** Names in the data folder that this program does not know. */
export async function unknownIn(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => !KNOWN.has(name) && !name.startsWith('lock.stale-')).sort()
}
