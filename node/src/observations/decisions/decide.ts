import { type Catalogue, demandMay, mayRead } from '../../catalogue/catalogue.ts'
import type { Caller } from '../../http/caller.ts'
import { refuse } from '../../http/problem.ts'
import type { Actor, AuditEntry, Records } from '../../records/contract.ts'
import type { CorrectionRequest } from '../contract.ts'
import { sameContent } from '../fact.ts'
import { Lane } from '../lane.ts'
import type { NewObservation, Observations, StoredObservation } from '../observations.ts'
import { contentBits, contentLimits } from '../quality/content.ts'
import { resolveFindings } from '../quality/finding-store.ts'
import { qualityCodes } from '../quality.ts'
import { factName } from './fact-name.ts'
import { decidedBy, decisionOf, nextVersion } from './next-version.ts'

export interface DecidingRooms {
  catalogue: Catalogue
  observations: Observations
  records: Records
}

export interface Decided {
  version: StoredObservation
  unchanged: boolean
}

/** One decision at a time: a second person is to see what the first one decided. */
const lane = new Lane()

/**
 * Writes what a person says of a fact as its next version: the versions before it stay. Deciding the same again changes
 * nothing.
 *
 * @throws 404 for a row that is not there, 403 without the right to write the dataset, 409 when another version holds than
 *   the person has seen, 422 for a value that cannot be
 */
export function decide(
  rooms: DecidingRooms,
  caller: Caller,
  actor: Actor,
  request: CorrectionRequest,
): Promise<Decided> {
  return lane.run(async () => {
    const { catalogue, observations } = rooms
    const versions = await observations.fact(request.seq)
    const held = versions.find(({ current }) => current)
    const dataset = held && catalogue.dataset(held.dataset)
    const property = held && catalogue.property(held.property)
    // That there is such a row is itself a secret where its dataset is.
    if (!held || !dataset || !property || !mayRead(caller, dataset)) throw unknownObservation(request.seq)
    demandMay(caller, 'observations.write', dataset)
    const limits = contentLimits(catalogue, dataset.code, property)
    const next = (from: StoredObservation) =>
      nextVersion(from, request, property, `${decidedBy}${caller.username}`, (row) =>
        contentBits(row.value, limits, () => {
          const { type, unit } = catalogue.entity(row.entity) ?? { type: '', unit: null }
          return { ...row, entityType: type, unit }
        }),
      )
    const seen = versions.find(({ seq }) => seq === request.seq)!
    if (seen !== held) {
      const made = next(seen)
      const again = decisionOf(held, seen) === request.decision && !('severity' in made) && equal(held, made)
      if (again) return { version: held, unchanged: true }
      throw refuse(409, 'not-current', { params: { seq: held.seq } })
    }
    const row = next(held)
    if ('severity' in row) throw refuse(422, row.code, { errors: [row], message: row.message })
    if (equal(held, row)) return { version: held, unchanged: true }
    const seqs = versions.map(({ seq }) => seq)
    const version = await write(rooms, actor, request, { held, seqs }, row, dataset.personal)
    return { version, unchanged: false }
  })
}

function equal(held: StoredObservation, row: NewObservation): boolean {
  const bare = (one: NewObservation) => ({
    value: one.value,
    exact: one.exact ?? null,
    num: one.num ?? null,
    den: one.den ?? null,
    text: one.text ?? null,
    uom: one.uom,
    status: 0,
    quality: one.quality,
  })
  return held.status === row.status && sameContent(bare(held), bare(row))
}

/** The audit row comes first: a decision that nobody can trace must not be made. */
async function write(
  { observations, records }: DecidingRooms,
  actor: Actor,
  { decision, reason }: CorrectionRequest,
  { held, seqs }: { held: StoredObservation; seqs: readonly number[] },
  row: NewObservation,
  personal: boolean,
): Promise<StoredObservation> {
  const entry: AuditEntry = {
    action: `observation.${decision}`,
    targetType: 'observation',
    targetId: factName(held),
    before: { seq: held.seq, ...shown(held, personal) },
    after: shown(row, personal),
    reason,
  }
  await records.tx(actor, async (tx) => {
    tx.audit(entry)
    await resolveFindings(tx, seqs)
  })
  try {
    const { lastSeq } = await observations.append([row])
    const version = (await observations.fact(lastSeq)).find(({ seq }) => seq === lastSeq)
    if (!version) throw unknownObservation(lastSeq)
    return version
  } catch (error) {
    await records.tx(actor, async (tx) => void tx.audit({ ...entry, result: 'not-written' }))
    throw error
  }
}

/** A version as the audit tells it; of personal data only what was done, not the value. */
function shown({ value, num, den, text, status, quality }: NewObservation, personal: boolean): object {
  const content = personal
    ? {}
    : {
        value,
        ...(num === undefined ? {} : { num }),
        ...(den === undefined ? {} : { den }),
        ...(text === undefined ? {} : { text }),
      }
  return { ...content, status, quality: qualityCodes(quality) }
}

function unknownObservation(seq: number) {
  return refuse(404, 'unknown-observation', { params: { seq } })
}
