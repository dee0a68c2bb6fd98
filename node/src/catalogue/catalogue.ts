import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
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
   * The dataset that answers for a property: the one named, else the property's preferred one, else the only one.
   *
   * @throws a 404 problem for an unknown property or dataset, 400 `dataset-needed` when several could answer.
   */
  answering(property: string, dataset?: string): { property: Property; dataset: Dataset }
}

/** Terms that ask for nothing: those of a dataset nobody has made a contract for. */
export const noTerms: ContractTerms = { properties: {}, rules: [], arrival: {}, freshness: null }

/** The whole contract of a dataset, each of its properties named. */
export function contractOf(dataset: Dataset, terms: ContractTerms): DatasetContract {
  const { owner, class: kind, personal, licence, autoCreate } = dataset
  return { owner, class: kind, personal, licence, autoCreate, ...terms }
}

/** Whether a caller may read a dataset: `open` everybody, `shared` whoever signed in, `restricted` by permission. */
export function mayRead(caller: Caller, dataset: Pick<Dataset, 'class' | 'personal'>): boolean {
  if (dataset.personal) return caller.permissions.has('personal.read')
  if (dataset.class === 'open') return true
  if (dataset.class === 'shared') return caller.permissions.has('shared.read')
  return caller.permissions.has('restricted.read')
}

/**
 * Refuses a caller who may not read a dataset, as if there were none: that a restricted dataset exists is itself a secret.
 */
export function demandReadable(caller: Caller, dataset: Dataset): void {
  if (!mayRead(caller, dataset)) throw refuse(404, 'unknown-dataset', { params: { dataset: dataset.code } })
}
