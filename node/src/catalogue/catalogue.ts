import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import type { Permission } from '../identity/permissions.ts'
import type { ContractTerms, DatasetContract, DatasetItem, EntityItem, PropertyItem } from './contract.ts'
import type { CompiledRule } from './quality-rule.ts'

/** A dataset as it is stored; `version` is its ETag. */
export interface Dataset extends Omit<DatasetItem, 'observations'> {
  version: number
}

export interface Property extends Omit<PropertyItem, 'uomSymbol'> {
  version: number
}

export interface Entity extends EntityItem {
  version: number
}

/**
 * What is known about data, held in memory so that a door can check 60,000 readings a second against it.
 * The tables in records are the truth; this picture follows each change of them in the same process.
 */
export interface Catalogue {
  dataset(code: string): Dataset | undefined
  datasets(): readonly Dataset[]
  /** What the values of a dataset are judged by; of an unknown one nothing. */
  terms(dataset: string): ContractTerms
  /** The dataset's own rules, ready to be asked. */
  rules(dataset: string): readonly CompiledRule[]
  property(code: string): Property | undefined
  properties(): readonly Property[]
  /** Entities of the catalogue and administrative units alike (type `unit`). */
  entity(id: string): Entity | undefined
  /** Entities of the catalogue, without the units, in order of id. */
  entities(filter: { type?: string; unit?: string }): readonly Entity[]
  /**
   * The dataset that answers for a property: the one named, whoever may read it; else of those `among` the property's
   * preferred one, else the only one.
   *
   * @throws a 404 problem for an unknown property or dataset, 400 `dataset-needed` when several could answer.
   */
  answering(
    property: string,
    dataset?: string,
    among?: (dataset: Dataset) => boolean,
  ): { property: Property; dataset: Dataset }
}

/** Terms that ask for nothing: those of a dataset nobody has made a contract for. */
export const noTerms: ContractTerms = { properties: {}, rules: [], arrival: {}, freshness: null }

/** The whole contract of a dataset, each of its properties named. */
export function contractOf(dataset: Dataset, terms: ContractTerms): DatasetContract {
  const { owner, class: kind, personal, licence, autoCreate } = dataset
  return { owner, class: kind, personal, licence, autoCreate, ...terms }
}

/** What rights on a dataset depend on; `identity/RIGHTS.md` says how. */
export type Guarded = Pick<Dataset, 'code' | 'owner' | 'class' | 'personal'>

/**
 * Whether a caller may read a dataset: `open` everybody; `shared` every organisation on the node; `restricted` whoever
 * holds that right over the unit that owns it; personal data besides by the right to them over that unit.
 */
export function mayRead(caller: Caller, dataset: Guarded): boolean {
  if (dataset.class === 'open' && !dataset.personal) return true
  if (!caller.within(dataset)) return false
  if (dataset.personal && !caller.holds('personal.read', dataset.owner)) return false
  if (dataset.class === 'shared') return caller.permissions.has('shared.read')
  return caller.holds('restricted.read', dataset.owner)
}

/**
 * Refuses a caller who may not read a dataset, as if there were none: that a restricted dataset exists is itself a secret.
 */
export function demandReadable(caller: Caller, dataset: Guarded): void {
  if (!mayRead(caller, dataset)) throw refuse(404, 'unknown-dataset', { params: { dataset: dataset.code } })
}

/** Whether a caller may do something to a dataset: write values, import files, change its contract. The owner's unit decides. */
export function mayDo(caller: Caller, permission: Permission, dataset: Guarded): boolean {
  return caller.within(dataset) && caller.holds(permission, dataset.owner)
}

/** Refuses a caller who may not: with 403 where the dataset may at least be read, else as if there were none. */
export function demandMay(caller: Caller, permission: Permission, dataset: Guarded): void {
  if (mayDo(caller, permission, dataset)) return
  demandReadable(caller, dataset)
  throw refuse(403, 'not-your-dataset', { params: { dataset: dataset.code, permission } })
}
