import { type Catalogue, type Dataset, demandMay, mayDo } from '../catalogue/catalogue.ts'
import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'

/** Whether a caller may send readings to a dataset. */
export function mayWrite(caller: Caller, dataset: Dataset): boolean {
  return dataset.retiredAt === null && mayDo(caller, 'observations.write', dataset)
}

/**
 * The dataset that a program sends readings to. Every door for programs asks here, so that no door is wider than another.
 *
 * @throws a 404 problem for a dataset that is not there or not the caller's to see, 403 for one that is another unit's
 */
export function writableDataset(catalogue: Catalogue, caller: Caller, code: string): Dataset {
  const dataset = catalogue.dataset(code)
  if (!dataset || dataset.retiredAt !== null)
    throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
  demandMay(caller, 'observations.write', dataset)
  return dataset
}
