import type { Catalogue, Dataset } from '../catalogue/catalogue.ts'
import { demandMay, mayDo } from '../catalogue/catalogue.ts'
import { type DatasetScope, datasetsFor, everyDataset } from '../catalogue/dataset-scope.ts'
import { ownerOf } from '../catalogue/rights.ts'
import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import type { StoredImport } from './store.ts'

/**
 * Which imports a list shows: those into datasets for which the caller imports, and of those that go into none yet the
 * caller's own, everybody's for the whole node.
 */
export interface ImportScope {
  datasets: DatasetScope
  /** User name; null for everybody. */
  createdBy: string | null
}

export const everyImport: ImportScope = { datasets: everyDataset, createdBy: null }

export function importScope(catalogue: Catalogue, caller: Caller): ImportScope {
  return {
    datasets: datasetsFor(catalogue, caller, 'imports.write'),
    createdBy: caller.holds('imports.write', null) ? null : caller.username,
  }
}

/** @throws 404 when the import is not one that the caller may see and change: its preview shows rows of the file */
export function demandImport(caller: Caller, known: StoredImport, dataset: Dataset | undefined): void {
  const own = known.createdBy === caller.username || caller.holds('imports.write', null)
  if (dataset ? mayDo(caller, 'imports.write', dataset) : own) return
  throw refuse(404, 'unknown-import', { params: { import: known.id } })
}

/** @throws unless the caller may import into the dataset that is named; one that is not there may be made later */
export function demandTarget(catalogue: Catalogue, caller: Caller, code: string | undefined): void {
  const dataset = code === undefined ? undefined : catalogue.dataset(code)
  if (dataset) demandMay(caller, 'imports.write', dataset)
}

/**
 * The unit that will own what a commit creates.
 *
 * @throws 403 unless the caller keeps the catalogue of the dataset, or of the unit that will own a new one
 */
export function demandCreation(caller: Caller, dataset: Dataset | undefined): string | null {
  if (!dataset) return ownerOf(caller, null)
  demandMay(caller, 'catalogue.write', dataset)
  return dataset.owner
}
