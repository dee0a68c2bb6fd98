import { type Catalogue, type Dataset, mayRead } from '../catalogue/catalogue.ts'
import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'

/**
 * The dataset that a program sends readings to. Every door for programs asks here, so that no door is wider than another.
 *
 * @throws a 404 problem for a dataset that is not there, is retired, or that the caller may not know of
 */
export function writableDataset(catalogue: Catalogue, caller: Caller, code: string): Dataset {
  const dataset = catalogue.dataset(code)
  if (!dataset || dataset.retiredAt !== null || !mayRead(caller, dataset))
    throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
  return dataset
}
