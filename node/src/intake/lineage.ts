import { uomById } from '@nhip/quantity/table'
import type { Decision, Origin } from '../observations/contract.ts'
import { factName } from '../observations/decisions/fact-name.ts'
import { decidedBy, decisionOf } from '../observations/decisions/next-version.ts'
import type { StoredObservation } from '../observations/observations.ts'
import { qualityBit, qualityCodes } from '../observations/quality.ts'
import type { FactVersions } from '../observations/read-fact.ts'
import { instantText } from '../observations/read-times.ts'
import type { Blobs } from '../records/blobs.ts'
import type { Records } from '../records/contract.ts'
import type { IntakeRooms } from './admit.ts'
import { findRow, type RowOfFile } from './find-row.ts'
import { type DecisionNote, findImport, readDecisionNotes, type StoredImport } from './store.ts'

export interface LineageRooms extends IntakeRooms {
  records: Records
  blobs: Blobs
  /** Folder for sheets written out as text. */
  scratch: string
}

/** Where each version of a fact came from: door, person, file and row, what was changed on the way, and why. */
export async function originsOf(rooms: LineageRooms, versions: FactVersions): Promise<Origin[]> {
  const notes = versions[0] ? await readDecisionNotes(rooms.records, factName(versions[0])) : []
  return Promise.all(versions.map((version, i) => originOf(rooms, version, versions[i + 1], notes)))
}

async function originOf(
  rooms: LineageRooms,
  version: FactVersions[number],
  before: StoredObservation | undefined,
  notes: readonly DecisionNote[],
): Promise<Origin> {
  const { door, who, importId } = sourceParts(version.source)
  const from = importId === null ? undefined : await findImport(rooms.records, importId)
  const row = door === 'file' && from ? await rowOf(rooms, from, version) : null
  const decision = decisionOf(version, before)
  const reason = decision && noteOf(notes, version, decision)?.reason
  return {
    seq: version.seq,
    current: version.current,
    door,
    source: version.source,
    actor: who ?? from?.createdBy ?? null,
    recorded: instantText(version.recordedAt),
    ...(version.publishedAt === undefined ? {} : { published: instantText(version.publishedAt) }),
    value: version.value,
    ...(version.num === undefined ? {} : { num: version.num }),
    ...(version.den === undefined ? {} : { den: version.den }),
    ...(version.text === undefined ? {} : { text: version.text }),
    status: version.status,
    quality: qualityCodes(version.quality),
    ...(decision === undefined ? {} : { decision }),
    ...(reason ? { reason } : {}),
    ...(from === undefined
      ? {}
      : {
          import: {
            id: from.id,
            file: from.fileName,
            sha256: from.sha256,
            line: row?.line ?? null,
            column: row?.column ?? null,
          },
        }),
    changes:
      (version.quality & qualityBit['uom-converted']) === 0
        ? []
        : [{ kind: 'uom-converted', from: row?.sent ?? null, to: uomById(version.uom)?.code ?? '1' }],
  }
}

/** A source says by its first word which door it came through. */
function sourceParts(source: string): { door: Origin['door']; who: string | null; importId: string | null } {
  const [word = '', ...rest] = source.split(':')
  const name = rest.join(':')
  switch (word) {
    case 'http':
    case 'mqtt':
    case 'feed':
      return { door: word, who: name, importId: null }
    case 'import':
      return { door: 'file', who: null, importId: idOf(name) }
    case 'undo':
      return { door: 'undo', who: null, importId: idOf(name) }
    case decidedBy.slice(0, -1):
      return { door: 'correction', who: name, importId: null }
    default:
      return { door: 'seed', who: null, importId: null }
  }
}

function idOf(text: string): string | null {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : null
}

async function rowOf(
  rooms: LineageRooms,
  from: StoredImport,
  version: StoredObservation,
): Promise<RowOfFile | null> {
  const dataset = rooms.catalogue.dataset(version.dataset)
  if (!dataset || !from.mapping) return null
  const file = {
    id: from.id,
    path: rooms.blobs.path(from.sha256),
    dataset,
    mapping: from.mapping,
    detected: from.detected,
    autoCreate: false,
  }
  return findRow(rooms, file, rooms.scratch, version)
}

/** The note that belongs to a version: the last of its kind that was made before it was stored. */
function noteOf(
  notes: readonly DecisionNote[],
  { recordedAt }: StoredObservation,
  decision: Decision,
): DecisionNote | undefined {
  return notes.findLast(
    ({ action, at }) => action === `observation.${decision}` && Date.parse(at) <= recordedAt,
  )
}
