import { type Catalogue, type Dataset, mayRead } from '../catalogue/catalogue.ts'
import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'

/** Whether a caller may send readings to a dataset. */
export function mayWrite(caller: Caller, dataset: Dataset): boolean {
  return dataset.retiredAt === null && mayRead(caller, dataset)
}

/**
 * The dataset that a program sends readings to. Every door for programs asks here, so that no door is wider than another.
 *
 * @throws a 404 problem for a dataset that is not there or not the caller's to write to
 */
export function writableDataset(catalogue: Catalogue, caller: Caller, code: string): Dataset {
  const dataset = catalogue.dataset(code)
  if (!dataset || !mayWrite(caller, dataset))
    throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
  return dataset
}
