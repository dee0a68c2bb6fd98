import { type Static, Type } from 'typebox'
import { compile } from '../http/validation.ts'

/** The shape of a backup that this program writes and reads. A later one that cannot be read gets another number. */
export const FORMAT = 1

const closed = { additionalProperties: false } as const
const Count = Type.Integer({ minimum: 0 })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** First part of a backup: whose it is. It comes before anything is known of what follows. */
export const Opening = Type.Object(
  {
    format: Type.Integer(),
    program: Type.String(),
    node: Type.String(),
    profile: Type.Enum(['demo', 'empty'] as const),
    createdAt: Type.String(),
    /** About how long the archive will be, for a progress bar. */
    estimatedBytes: Count,
  },
  closed,
)
export type Opening = Static<typeof Opening>

/** Last part but one: every part with its hash, and what the stores held at the point of the backup. */
export const Manifest = Type.Object(
  {
    ...Opening.properties,
    finishedAt: Type.String(),
    records: Type.Object(
      {
        driver: Type.Enum(['pglite', 'postgres'] as const),
        server: Type.String(),
        /** Steps of the schema that had run, in order. */
        migrations: Type.Array(Type.Object({ name: Type.String(), sha256: Sha256 }, closed)),
        /** Rows by table. */
        rows: Type.Record(Type.String(), Count),
        /** Tables whose rows are not in the backup. */
        leftOut: Type.Array(Type.String()),
        /** Number of the newest audit row. */
        outbox: Count,
      },
      closed,
    ),
    observations: Type.Object({ lastSeq: Count, segments: Count, duckdb: Type.String() }, closed),
    ledger: Type.Object({ size: Count, origin: Type.String() }, closed),
    blobs: Count,
    /** Files that the records name and that were not there. */
    missing: Type.Array(Type.String()),
    /** Files and folders of the data folder that are not in the backup although nobody said why. */
    unknown: Type.Array(Type.String()),
    parts: Type.Array(Type.Object({ name: Type.String(), bytes: Count, sha256: Sha256 }, closed)),
  },
  closed,
)
export type Manifest = Static<typeof Manifest>

export const OPENING = 'nhip-backup.json'
export const MANIFEST = 'manifest.json'
/** The hash of the manifest, so that no byte of an archive is without one. */
export const SEAL = 'manifest.sha256'

const isOpening = compile(Opening, 'body')
const isManifest = compile(Manifest, 'body')

/** What a part says, or undefined when it is not of that shape. */
export function parseOpening(bytes: Uint8Array): Opening | undefined {
  return parse(bytes, isOpening)
}

export function parseManifest(bytes: Uint8Array): Manifest | undefined {
  return parse(bytes, isManifest)
}

function parse<T>(bytes: Uint8Array, is: (value: unknown) => boolean): T | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return is(value) ? (value as T) : undefined
  } catch {
    return undefined
  }
}
