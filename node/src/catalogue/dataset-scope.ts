import type { Caller } from '../http/caller.ts'
import type { Permission } from '../identity/permissions.ts'
import { type Catalogue, mayDo, mayRead } from './catalogue.ts'

declare const made: unique symbol

/**
 * Datasets within which a query looks. Only the functions of this file make one, so that a list of what belongs to
 * datasets does not compile without saying whose eyes it is for.
 */
export interface DatasetScope {
  readonly [made]: 'datasets'
  /** Null for every dataset, also one that is not there any more. */
  readonly codes: readonly string[] | null
}

/** The datasets that a caller may read. */
export function readableDatasets(catalogue: Pick<Catalogue, 'datasets'>, caller: Caller): DatasetScope {
  return scope(
    catalogue
      .datasets()
      .filter((dataset) => mayRead(caller, dataset))
      .map(({ code }) => code),
  )
}

/** The datasets to which a caller may do something. */
export function datasetsFor(
  catalogue: Pick<Catalogue, 'datasets'>,
  caller: Caller,
  permission: Permission,
): DatasetScope {
  return scope(
    catalogue
      .datasets()
      .filter((dataset) => mayDo(caller, permission, dataset))
      .map(({ code }) => code),
  )
}

/** What lies in two scopes at once. */
export function both(one: DatasetScope, other: DatasetScope): DatasetScope {
  if (one.codes === null) return other
  return scope(one.codes.filter((code) => other.codes === null || other.codes.includes(code)))
}

/** For the program's own work and the command line beside the stores, never for an answer to a caller. */
export const everyDataset = scope(null)

function scope(codes: readonly string[] | null): DatasetScope {
  return { codes } as DatasetScope
}
