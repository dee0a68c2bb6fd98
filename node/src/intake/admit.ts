import type { Problem } from '@nhip/canonical/problem'
import { converter } from '@nhip/quantity/convert'
import { QuantityError } from '@nhip/quantity/quantity-error'
import type { Uom } from '@nhip/quantity/uom'
import { isUom, uom as parseUom } from '@nhip/quantity/uom-text'
import type { Dataset, Property } from '../catalogue/catalogue.ts'
import type { PropertyTerms } from '../catalogue/contract.ts'
import type { EntityDraft, OpenCatalogue, PropertyDraft } from '../catalogue/open.ts'
import { problemItem } from '../http/problem.ts'
import type { Units } from '../identity/units.ts'
import { type Status, statuses } from '../observations/contract.ts'
import type { NewObservation, Observations } from '../observations/observations.ts'
import { type ContentLimits, contentBits, contentLimits } from '../observations/quality/content.ts'
import { qualityBit } from '../observations/quality.ts'
import type { Actor } from '../records/contract.ts'
import type { Candidate } from './candidate.ts'
import type { Admitted } from './contract.ts'
import { fitTerms, type Subject } from './fit-terms.ts'
import { EntityResolver } from './resolve-entity.ts'

/** What every door ends in. */
export interface Batch {
  dataset: Dataset
  /** Who said it: `http:<user>`, `import:<id>`, `demo`. */
  source: string
  door: 'http' | 'file' | 'mqtt' | 'feed'
  receivedAt: number
  candidates: readonly Candidate[]
  /** Store the valid ones although others are not. */
  partial: boolean
  /** Create entities and properties that are unknown; by default what the dataset's contract says. */
  autoCreate?: boolean
}

/** The rooms that admitting needs. */
export interface IntakeRooms {
  catalogue: OpenCatalogue
  observations: Observations
  units: Units
}

const bit = qualityBit

/** Without a wish of the contract: readings from beyond this are of the future, older ones than two intervals late. */
const futureByDefaultS = 300
const lateIntervals = 2
const noValue: ReadonlySet<string> = new Set(['O', 'M', 'X', 'Q'])
const knownStatus: ReadonlySet<string> = new Set(statuses)
const mostErrors = 1000

/**
 * Judges candidates and stores the valid ones; resolves after they are on disk. All or nothing unless `partial`.
 * Invalid = cannot be stored; doubtful = stored with a quality bit.
 */
export async function admit(rooms: IntakeRooms, batch: Batch, actor: Actor): Promise<Admitted> {
  const verdict = judgeFor(rooms, batch)(batch.candidates)
  const refused = { accepted: 0, unchanged: 0, flagged: 0, firstSeq: null, lastSeq: null }
  const errors = verdict.errors.slice(0, mostErrors)
  const rejected = verdict.errors.length
  if (rejected > 0 && !batch.partial) return { ...refused, rejected, errors }
  if (verdict.rows.length === 0) return { ...refused, rejected, errors }
  await prepareCatalogue(rooms.catalogue, batch.dataset, verdict, actor)
  const { firstSeq, lastSeq, unchanged, flagged } = await rooms.observations.append(verdict.rows)
  const stored = verdict.rows.length - unchanged
  return {
    accepted: stored,
    unchanged,
    rejected,
    flagged: verdict.flagged + flagged,
    firstSeq: stored > 0 ? firstSeq : null,
    lastSeq: stored > 0 ? lastSeq : null,
    errors,
  }
}

/** What judging candidates comes to; nothing has been stored or created yet. */
export interface Verdict {
  rows: NewObservation[]
  errors: Problem[]
  flagged: number
  newEntities: Map<string, EntityDraft>
  newProperties: Map<string, PropertyDraft>
  newLinks: Set<string>
}

/** Judges candidates one group after another, remembering what names and units of measure have turned out to mean. */
export type Judge = (candidates: readonly Candidate[]) => Verdict

export function judgeFor(rooms: IntakeRooms, batch: Omit<Batch, 'candidates' | 'partial'>): Judge {
  const judgeOne = judgeOneFor(rooms, batch)
  return (candidates) => {
    const verdict: Verdict = {
      rows: [],
      errors: [],
      flagged: 0,
      newEntities: new Map(),
      newProperties: new Map(),
      newLinks: new Set(),
    }
    for (const candidate of candidates) {
      const problem = judgeOne(candidate, verdict)
      if (problem) verdict.errors.push({ ...problem, ...candidate.place })
    }
    return verdict
  }
}

/** Creates what the valid rows need: entities, properties, and the note that the dataset has values of them. */
export async function prepareCatalogue(
  catalogue: OpenCatalogue,
  dataset: Dataset,
  verdict: Pick<Verdict, 'newEntities' | 'newProperties' | 'newLinks'>,
  actor: Actor,
): Promise<void> {
  if (verdict.newProperties.size > 0)
    await catalogue.saveProperties(actor, [...verdict.newProperties.values()])
  // Rows judged before the first of them was stored name an entity as new again and again.
  const entities = [...verdict.newEntities.values()].filter(({ id }) => !catalogue.entity(id))
  if (entities.length > 0) await catalogue.saveEntities(actor, entities)
  if (verdict.newLinks.size > 0) await catalogue.link(actor, dataset.code, [...verdict.newLinks])
}

function judgeOneFor(
  { catalogue, units }: IntakeRooms,
  batch: Omit<Batch, 'candidates' | 'partial'>,
): (candidate: Candidate, verdict: Verdict) => Problem | null {
  const { dataset, receivedAt, source } = batch
  const autoCreate = batch.autoCreate ?? dataset.autoCreate
  const resolver = new EntityResolver(catalogue, units.territory(), autoCreate)
  const linked = new Set(dataset.properties)
  const terms = new Map<string, Term | Problem>()
  const drafted = new Map<string, PropertyDraft>()
  const live = batch.door === 'http' || batch.door === 'mqtt'
  const arrival = arrivalOf(catalogue, dataset.code, receivedAt)
  let last: { property: string; uom: string | undefined; term: Term | Problem } | null = null

  return (candidate, verdict) => {
    const { property: asked, uom } = candidate
    // Most batches are about one property.
    if (last === null || last.property !== asked || last.uom !== uom) {
      const key = `${asked}\u0001${uom ?? ''}`
      const found = terms.get(key) ?? termOf(catalogue, dataset, candidate, autoCreate, drafted)
      terms.set(key, found)
      last = { property: asked, uom, term: found }
    }
    const { term } = last
    if ('severity' in term) return term
    const { property, limits, terms: agreed } = term
    const status = candidate.status
    if (!knownStatus.has(status))
      return problemItem('unknown-status', { status, allowed: statuses.join(', ') }, { value: status })
    const span = candidate.span ?? { from: receivedAt, to: null }
    const wrong = wrongValue(candidate, property)
    if (wrong) return wrong
    const answer = resolver.resolve(candidate, span.from)
    if ('problem' in answer) return answer.problem
    const breakdown = candidate.breakdown.normalize('NFC')
    const subject = (): Subject => answer.draft ?? catalogue.entity(answer.id)!
    const unfit = fitTerms(agreed, property.code, breakdown, subject)
    if (unfit) return unfit
    const empty = noValue.has(status)
    const value = empty ? null : measured(candidate.value, candidate, term)
    let quality = candidate.quality | (candidate.span === null ? bit['no-time'] : 0)
    if (term.converted) quality |= bit['uom-converted']
    if (span.from > arrival.futureFrom && status !== 'F') quality |= bit.future
    // Files bring history, where being late means nothing.
    if (live && (span.to ?? span.from) < arrival.lateBefore) quality |= bit.late
    const row: NewObservation = {
      dataset: dataset.code,
      entity: answer.id,
      property: property.code,
      breakdown,
      from: span.from,
      to: span.to,
      value,
      uom: term.uomId,
      status: status as Status,
      quality,
      source,
      door: live ? 'live' : 'file',
    }
    if (!empty) {
      if (candidate.num !== undefined) row.num = term.convert(candidate.num)
      if (candidate.den !== undefined) row.den = candidate.den
      const exact = exactOf(candidate, term)
      if (exact !== undefined) row.exact = exact
    }
    if (candidate.text !== undefined) row.text = candidate.text.normalize('NFC')
    if (candidate.published !== null) row.publishedAt = candidate.published
    row.quality |= contentBits(value, limits, () => {
      const { type, unit = null } = subject()
      return { ...row, entityType: type, unit }
    })
    if (row.quality !== 0) verdict.flagged += 1
    if (answer.draft) verdict.newEntities.set(answer.id, answer.draft)
    if (!linked.has(property.code)) {
      linked.add(property.code)
      verdict.newLinks.add(property.code)
      const draft = drafted.get(property.code)
      if (draft) verdict.newProperties.set(property.code, draft)
    }
    verdict.rows.push(row)
    return null
  }
}

/** A property together with the conversion from the unit of measure that was sent. */
interface Term {
  property: Pick<Property, 'code' | 'kind' | 'range'>
  limits: ContentLimits
  terms: PropertyTerms
  uomId: number
  converted: boolean
  convert: (value: number) => number
}

function termOf(
  catalogue: OpenCatalogue,
  dataset: Dataset,
  candidate: Candidate,
  autoCreate: boolean,
  drafted: Map<string, PropertyDraft>,
): Term | Problem {
  const sent = candidate.uom === undefined || candidate.uom === '' ? null : parseUom(candidate.uom)
  if (sent !== null && !isUom(sent)) return sent
  const known = catalogue.property(candidate.property) ?? drafted.get(candidate.property)
  if (!known) {
    if (!autoCreate || !/^[a-z0-9][a-z0-9:_.-]*$/.test(candidate.property))
      return problemItem('unknown-property', { property: candidate.property }, { value: candidate.property })
    const draft = draftOf(candidate, sent)
    drafted.set(draft.code, draft)
    return {
      property: draft,
      limits: contentLimits(catalogue, dataset.code, draft),
      terms: {},
      uomId: sent?.id ?? 0,
      converted: false,
      convert: (value) => value,
    }
  }
  if (!autoCreate && !dataset.properties.includes(known.code))
    return problemItem(
      'property-not-in-dataset',
      { property: known.code, dataset: dataset.code },
      { value: known.code },
    )
  const own = known.uom === undefined || known.uom === null ? null : parseUom(known.uom)
  const stored = own !== null && isUom(own) ? own : null
  const judged = {
    property: known,
    limits: contentLimits(catalogue, dataset.code, known),
    terms: catalogue.terms(dataset.code).properties[known.code] ?? {},
  }
  if (sent === null || stored === null || sent.code === stored.code)
    return {
      ...judged,
      uomId: stored?.id ?? sent?.id ?? 0,
      converted: false,
      convert: (value) => value,
    }
  try {
    return { ...judged, uomId: stored.id ?? 0, converted: true, convert: converter(sent, stored) }
  } catch (error) {
    if (error instanceof QuantityError) return error.problem
    throw error
  }
}

function draftOf(candidate: Candidate, sent: Uom | null): PropertyDraft {
  const name = candidate.propertyName ?? candidate.property
  const isText = candidate.value === null && candidate.text !== undefined && candidate.num === undefined
  return {
    code: candidate.property,
    name: { vi: name, en: name },
    kind: isText ? 'text' : candidate.den !== undefined ? 'ratio' : 'number',
    uom: sent?.code ?? null,
    overPeriods: isText ? 'last' : candidate.den !== undefined ? 'ratio' : 'mean',
    overUnits: candidate.den !== undefined ? 'ratio' : 'none',
  }
}

function wrongValue(candidate: Candidate, property: Term['property']): Problem | null {
  const { value, num, den, text, status } = candidate
  if (noValue.has(status))
    return value === null ? null : problemItem('value-not-allowed', { status }, { value: String(value) })
  if (value !== null && !Number.isFinite(value))
    return problemItem('not-a-number', { value: String(value) }, { value: String(value) })
  if (property.kind === 'ratio') {
    if (num === undefined || den === undefined) return problemItem('ratio-incomplete')
    if (den === 0) return problemItem('ratio-by-zero', {}, { value: `${num}/0` })
    return null
  }
  if (num !== undefined || den !== undefined) {
    if (num === undefined || den === undefined) return problemItem('ratio-incomplete')
    if (den === 0) return problemItem('ratio-by-zero', {}, { value: `${num}/0` })
    if (value !== null) return null
  }
  if (value === null && (text === undefined || text === '') && num === undefined)
    return problemItem('value-missing')
  return null
}

function measured(value: number | null, { num, den, factor }: Candidate, term: Term): number | null {
  if (value === null) return num !== undefined && den !== undefined ? term.convert(num) / den : null
  return term.convert(factor === undefined ? value : rounded(value * factor))
}

/** A product with a factor such as 1000 without the dust of binary fractions. */
function rounded(value: number): number {
  return Number(value.toPrecision(15))
}

/** Decimal text only where a double loses digits: money beyond 2^53, long decimals. */
function exactOf({ exact, factor }: Candidate, term: Term): string | undefined {
  // Whatever the signs among them, so few characters are no more digits than a double keeps.
  if (exact === undefined || exact.length <= 15 || term.converted || factor !== undefined) return undefined
  const [whole = '', fraction = ''] = exact.replace('-', '').split('.')
  // The store keeps 38 digits, 6 of them behind the point; what is longer is no more exact than a double.
  if (/e/i.test(exact) || fraction.length > 6 || whole.length > 32) return undefined
  return (whole + fraction).replace(/^0+/, '').length > 15 ? exact : undefined
}

/** Bounds of time that a batch is judged by, epoch milliseconds. */
function arrivalOf(catalogue: OpenCatalogue, dataset: string, receivedAt: number) {
  const { arrival, freshness } = catalogue.terms(dataset)
  const { futureAfterS = futureByDefaultS } = arrival
  const lateAfterS =
    arrival.lateAfterS ?? (freshness?.kind === 'interval' ? lateIntervals * freshness.everyS : Infinity)
  return { futureFrom: receivedAt + futureAfterS * 1000, lateBefore: receivedAt - lateAfterS * 1000 }
}
