import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { formatHead } from '@nhip/ledger/checkpoint'
import { opens, parseEnvelope } from '@nhip/ledger/envelope'
import { folderReader } from '@nhip/ledger/folder'
import { leafHash } from '@nhip/ledger/merkle'
import { formatVerifierKey } from '@nhip/ledger/note'
import { parseTilePath } from '@nhip/ledger/tile-path'
import { Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Route, route } from '../http/declare.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import type { AuditScope } from '../identity/audit-scope.ts'
import type { Records } from '../records/contract.ts'
import { LedgerEntryDetail, LedgerEntryItem, LedgerState } from './contract.ts'
import type { KeptHeads } from './kept-heads.ts'
import { type NodeLedger, payloadOf } from './node-ledger.ts'
import type { Stamper } from './stamp.ts'
import { type IndexedAuditRow, latestStamp, rowAt, searchEntries } from './store.ts'
import type { WitnessClient } from './witness-client.ts'

const closed = { additionalProperties: false } as const
const TEXT = 'text/plain; charset=utf-8'
const BYTES = 'application/octet-stream'

export interface ExchangeRooms {
  records: Records
  nodeLedger: NodeLedger
  heads: KeptHeads
  stamper: Stamper | undefined
  witnesses: WitnessClient | undefined
  authorities: number
  /** `DIR/ledger` */
  folder: string
  /** Which rows of the audit, and so which entries, a caller may read. */
  scopeOf(caller: Caller): Promise<AuditScope>
}

export function exchangeRoutes(rooms: ExchangeRooms): Route[] {
  return [stateRoute(rooms), searchRoute(rooms), detailRoute(rooms), receiptRoute(rooms), ...readSide(rooms)]
}

function stateRoute({ records, nodeLedger, heads, stamper, witnesses, authorities }: ExchangeRooms): Route {
  return route({
    method: 'GET',
    path: '/api/ledger',
    summary: 'Size, key and stamps of the ledger',
    permission: 'public',
    responses: { 200: { description: 'The ledger as it stands', body: LedgerState } },
    async handle() {
      const stamp = await latestStamp(records)
      const since = stamper?.pendingSince ?? null
      return {
        status: 200,
        body: {
          origin: nodeLedger.ledger.origin,
          vkey: nodeLedger.vkey,
          ...nodeLedger.ledger.state(),
          waiting: await nodeLedger.waiting(),
          stamps: {
            authorities,
            latestSize: stamp?.size ?? null,
            latestTime: stamp?.time ?? null,
            pendingSince: since === null ? null : new Date(since).toISOString(),
            clockDifferenceS:
              stamper?.clockDifferenceMs == null ? null : Math.round(stamper.clockDifferenceMs / 1000),
          },
          witnesses: {
            guarded: witnesses ? witnesses.guarded : null,
            list: (witnesses?.statuses ?? []).map(({ name, state, size, time }) => ({
              name,
              state,
              size,
              time,
            })),
          },
          heartbeat: heads.heartbeat === null ? null : new Date(heads.heartbeat * 1000).toISOString(),
          cosigner: {
            witness: formatVerifierKey(nodeLedger.keys.witness),
            heartbeat: formatVerifierKey(nodeLedger.keys.heartbeat),
          },
        },
      }
    },
  })
}

function searchRoute({ records, scopeOf }: ExchangeRooms): Route {
  const Word = Type.Optional(Type.String({ minLength: 1, maxLength: 300 }))
  return route({
    method: 'GET',
    path: '/api/ledger/entries',
    summary: 'Entries of the ledger, newest first: by who, object, purpose, action and time',
    query: Type.Object(
      {
        ...Paging,
        who: Word,
        object: Type.Optional(
          Type.String({ minLength: 1, maxLength: 300, description: 'type, type:id or id' }),
        ),
        purpose: Word,
        action: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 100,
            description: 'beginning of the action, such as `unit.`',
          }),
        ),
        from: Type.Optional(Type.String({ format: 'date-time' })),
        to: Type.Optional(Type.String({ format: 'date-time' })),
      },
      closed,
    ),
    permission: 'audit.read',
    responses: { 200: { description: 'A page of entries', body: Page(LedgerEntryItem) } },
    async handle(request) {
      const { limit = 50, cursor: _, ...search } = request.query
      const before = request.cursor()
      const rows = await searchEntries(records, await scopeOf(request.caller), {
        ...search,
        limit: limit + 1,
        ...(typeof before === 'number' ? { before } : {}),
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        status: 200,
        body: {
          items: page.map(itemOf),
          nextCursor: rows.length > limit && last ? request.nextCursor(Number(last.outbox)) : null,
        },
      }
    },
  })
}

const ByIndex = Type.Object({ index: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) })

function detailRoute({ records, nodeLedger, heads, scopeOf }: ExchangeRooms): Route {
  return route({
    method: 'GET',
    path: '/api/ledger/entries/{index}',
    summary: 'One entry opened: its payload, its proof, its head',
    params: ByIndex,
    permission: 'audit.read',
    responses: { 200: { description: 'The entry', body: LedgerEntryDetail } },
    async handle({ params: { index }, caller }) {
      const row = await rowAt(records, await scopeOf(caller), index)
      if (!row) throw unknownEntry(index)
      const { ledger } = nodeLedger
      const entry = await ledger.entry(index)
      const head = await soon(ledger.covered(index))
      const envelope = parseEnvelope(entry)
      const commitment = envelope?.object.commitment
      return {
        status: 200,
        body: {
          ...itemOf(row),
          envelope: envelope ?? null,
          bytes: Buffer.from(entry).toString('base64'),
          leafHash: Buffer.from(leafHash(entry)).toString('hex'),
          before: row.before ?? null,
          after: row.after ?? null,
          opens: commitment !== undefined && opens(commitment, payloadOf(row), row.salt),
          head: { size: head.size, root: Buffer.from(head.root).toString('base64'), note: formatHead(head) },
          path: (await ledger.inclusion(index, head.size)).map((hash) =>
            Buffer.from(hash).toString('base64'),
          ),
          witnesses:
            heads.cosigned && index < heads.cosigned.head.size
              ? heads.cosigned.by.map(({ key, time }) => ({
                  name: key.name,
                  time: new Date(time * 1000).toISOString(),
                }))
              : [],
        },
      }
    },
  })
}

function receiptRoute({ records, nodeLedger, heads, scopeOf }: ExchangeRooms): Route {
  return route({
    method: 'GET',
    path: '/api/ledger/receipts/{index}',
    summary: 'A receipt (tlog-proof) that anybody can check off line',
    params: ByIndex,
    permission: 'audit.read',
    responses: { 200: { description: 'The receipt', type: TEXT } },
    async handle({ params: { index }, caller }) {
      if (index >= nodeLedger.ledger.state().size) throw unknownEntry(index)
      // What has no row any more, or none yet, is for who reads the whole audit.
      const scope = await scopeOf(caller)
      if (scope.within !== null && !(await rowAt(records, scope, index))) throw unknownEntry(index)
      await soon(nodeLedger.ledger.covered(index))
      const body = await heads.receipt(index)
      return {
        status: 200,
        body,
        headers: { 'content-disposition': `attachment; filename="so-cai-${index}.tlog-proof"` },
      }
    },
  })
}

/** C2SP tlog-tiles: the head and the tiles for everybody, bundles of entries for auditors: they name people and purposes. */
function readSide({ folder, heads, scopeOf }: ExchangeRooms): Route[] {
  const reader = folderReader(nodeFileSystem, folder)
  const checkpoint = route({
    method: 'GET',
    path: '/ledger/checkpoint',
    summary: 'The signed head of the ledger (C2SP tlog-checkpoint)',
    permission: 'public',
    responses: { 200: { description: 'A signed note', type: TEXT } },
    async handle() {
      const note = heads.note()
      if (!note)
        throw refuse(404, 'no-such-address', { params: { method: 'GET', path: '/ledger/checkpoint' } })
      return { status: 200, body: Buffer.from(note), headers: { 'cache-control': 'max-age=1' } }
    },
  })
  const readsAll = async (caller: Caller) =>
    caller.permissions.has('audit.read') && (await scopeOf(caller)).within === null
  const parts = ['a', 'b', 'c', 'd', 'e', 'f']
  const tiles = parts.slice(1).map((_, depth) => {
    const names = parts.slice(0, depth + 2)
    return route({
      method: 'GET',
      path: `/ledger/tile/${names.map((name) => `{${name}}`).join('/')}`,
      summary: 'A tile of hashes, or (auditors) a bundle of entries (C2SP tlog-tiles)',
      params: Type.Object(Object.fromEntries(names.map((name) => [name, Type.String({ maxLength: 20 })]))),
      permission: 'public',
      responses: { 200: { description: 'Bytes of the tile', type: BYTES } },
      async handle({ params, caller }) {
        const path = `tile/${names.map((name) => (params as Record<string, string>)[name]).join('/')}`
        const tile = parseTilePath(path)
        if (!tile) throw refuse(404, 'no-such-address', { params: { method: 'GET', path } })
        if (tile.kind === 'entries' && !(await readsAll(caller))) {
          throw caller.kind === 'anonymous'
            ? refuse(401, 'sign-in-required')
            : refuse(403, 'not-permitted', { params: { permission: 'audit.read' } })
        }
        const bytes = await reader.read(path)
        if (!bytes) throw refuse(404, 'no-such-address', { params: { method: 'GET', path } })
        const cache = path.includes('.p/') ? 'max-age=1' : 'public, max-age=31536000, immutable'
        return {
          status: 200,
          body: Buffer.from(bytes),
          headers: { 'cache-control': tile.kind === 'entries' ? 'private, no-store' : cache },
        }
      },
    })
  })
  return [checkpoint, ...tiles]
}

function itemOf(row: IndexedAuditRow): LedgerEntryItem {
  return {
    index: row.log_index === null ? null : Number(row.log_index),
    id: row.id,
    time: row.at,
    who: row.actor,
    whoName: row.who_name,
    onBehalfOf: row.on_behalf,
    action: row.action,
    object: { type: row.target_type, id: row.target_id, version: row.target_version },
    purpose: row.purpose,
    legalBasis: row.legal_basis,
    result: row.result,
    reason: row.reason,
    stampedAt: row.stamped_at,
  }
}

function unknownEntry(index: number) {
  return refuse(404, 'unknown-entry', {
    message: { vi: `Sổ cái không có mục ${index}.`, en: `The ledger has no entry ${index}.` },
  })
}

/** Waits a little for a head that covers an entry; heads come each second. */
async function soon<T>(head: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          refuse(503, 'no-head-yet', {
            message: {
              vi: 'Chưa có đầu sổ nào phủ mục này; hãy thử lại sau giây lát.',
              en: 'No head covers this entry yet; try again in a moment.',
            },
            headers: { 'retry-after': '1' },
          }),
        ),
      2000,
    )
  })
  try {
    return await Promise.race([head, late])
  } finally {
    clearTimeout(timer)
  }
}
