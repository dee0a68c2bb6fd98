import type { Catalogue, Dataset } from '../catalogue/catalogue.ts'
import { demandMay, mayDo, mayRead } from '../catalogue/catalogue.ts'
import {
  both,
  type DatasetScope,
  datasetsFor,
  everyDataset,
  readableDatasets,
} from '../catalogue/dataset-scope.ts'
import { ownerOf } from '../catalogue/rights.ts'
import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import type { StoredImport } from './store.ts'

/**
 * Which imports a list shows: those into datasets that the caller imports into and may read; the caller's own into any
 * that they import into; and of those that go into no dataset yet the caller's own, everybody's for the whole node.
 */
export interface ImportScope {
  datasets: DatasetScope
  own: DatasetScope
  /** User name. */
  createdBy: string
  /** Also everybody's that go into no dataset yet. */
  all: boolean
}

export const everyImport: ImportScope = {
  datasets: everyDataset,
  own: everyDataset,
  createdBy: '',
  all: true,
}

export function importScope(catalogue: Catalogue, caller: Caller): ImportScope {
  const own = datasetsFor(catalogue, caller, 'imports.write')
  return {
    datasets: both(own, readableDatasets(catalogue, caller)),
    own,
    createdBy: caller.username,
    all: caller.holds('imports.write', null),
  }
}

/** @throws 404 when the import is not one that the caller may see and change: its preview shows rows of the file */
export function demandImport(caller: Caller, known: StoredImport, dataset: Dataset | undefined): void {
  const own = known.createdBy === caller.username
  const may = dataset
    ? mayDo(caller, 'imports.write', dataset) && (own || mayRead(caller, dataset))
    : own || caller.holds('imports.write', null)
  if (!may) throw refuse(404, 'unknown-import', { params: { import: known.id } })
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
