import { Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import { compile, problemsOf } from '../http/validation.ts'
import type { FourEyes, FourEyesHandler } from '../identity/four-eyes.ts'
import {
  type Catalogue,
  type Dataset,
  demandMay,
  type Guarded,
  mayDo,
  mayRead,
  type Property,
} from './catalogue.ts'
import { DatasetClass } from './contract.ts'
import type { EntityDraft, OpenCatalogue } from './open.ts'

const restriction = { open: 0, shared: 1, restricted: 2 } as const

/** Whether a change lets more people read. */
export function isOpened(before: Guarded, after: Pick<Guarded, 'class' | 'personal'>): boolean {
  return restriction[after.class] < restriction[before.class] || (before.personal && !after.personal)
}

/**
 * The owner of a new dataset: the one named, else the only unit for which the caller keeps the catalogue.
 *
 * @throws 403 for a unit that is not the caller's, 422 when none is named and there are several
 */
export function ownerOf(caller: Caller, owner: string | null): string | null {
  if (owner === null && !caller.holds('catalogue.write', null)) {
    const own = new Set(
      caller.memberships.map(({ unit }) => unit).filter((unit) => caller.holds('catalogue.write', unit)),
    )
    const [only, ...others] = own
    if (only === undefined || others.length > 0) throw refuse(422, 'owner-missing')
    return only
  }
  if (!caller.holds('catalogue.write', owner))
    throw refuse(403, 'not-your-unit', { params: { unit: owner ?? '*' } })
  return owner
}

/** @throws unless the caller keeps the dataset, and its new owner where that changes; 409 when two persons are needed */
export async function demandChange(
  fourEyes: FourEyes,
  caller: Caller,
  before: Dataset,
  after: Pick<Guarded, 'owner' | 'class' | 'personal'>,
): Promise<void> {
  demandMay(caller, 'catalogue.write', before)
  if (after.owner !== before.owner && !caller.holds('catalogue.write', after.owner))
    throw refuse(403, 'not-your-unit', { params: { unit: after.owner ?? '*' } })
  if (isOpened(before, after)) await fourEyes.demand(caller, 'dataset.open', before.owner)
}

/** A property in use is changed by who keeps all datasets that have values of it: its meaning is theirs. */
export function demandProperty(catalogue: Catalogue, caller: Caller, property: Property): void {
  for (const code of property.datasets) {
    const dataset = catalogue.dataset(code)
    if (dataset && !mayDo(caller, 'catalogue.write', dataset))
      throw refuse(403, 'property-of-others', { params: { property: property.code } })
  }
}

/** @throws 403 unless the caller keeps the catalogue of the unit in which an entity lies */
export function demandEntityUnit(caller: Caller, unit: EntityDraft['unit']): void {
  if (!caller.holds('catalogue.write', unit ?? null))
    throw refuse(403, 'not-your-unit', { params: { unit: unit ?? '*' } })
}

/** A property without the datasets of which the caller shall not know. */
export function shownProperty(catalogue: Catalogue, caller: Caller, property: Property): Property {
  const shown = (code: string) => {
    const dataset = catalogue.dataset(code)
    return dataset !== undefined && mayRead(caller, dataset)
  }
  const { preferredDataset, datasets } = property
  return {
    ...property,
    datasets: datasets.filter(shown),
    preferredDataset: preferredDataset !== null && shown(preferredDataset) ? preferredDataset : null,
  }
}

const isOpening = compile(
  Type.Object(
    { class: Type.Optional(DatasetClass), personal: Type.Optional(Type.Boolean()) },
    { additionalProperties: false, minProperties: 1 },
  ),
  'body',
)

/** `dataset.open`: a dataset is made less restricted, or is said to hold no personal data. */
export function openingHandler(catalogue: OpenCatalogue): FourEyesHandler {
  const known = (code: string): Dataset => {
    const dataset = catalogue.dataset(code)
    if (!dataset) throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
    return dataset
  }
  return {
    permission: 'catalogue.write',
    async check(caller, code, change) {
      const dataset = known(code)
      demandMay(caller, 'catalogue.write', dataset)
      if (!isOpening(change))
        throw refuse(422, 'invalid-request', { errors: problemsOf(isOpening.errors, '/change') })
      const after = { class: dataset.class, personal: dataset.personal, ...change }
      if (after.personal && after.class === 'open') throw refuse(422, 'personal-not-open')
      const { owner: unit, class: level, personal, version } = dataset
      return { unit, before: { class: level, personal }, version }
    },
    // It replaces nothing but what it names, which has just been looked at.
    async apply(actor, code, change) {
      const { version: _version, properties: _properties, ...dataset } = known(code)
      await catalogue.saveDatasets(actor, [{ ...dataset, ...change }])
    },
  }
}
