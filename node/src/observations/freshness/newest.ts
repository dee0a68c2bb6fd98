import type { Head } from '../heads.ts'

/**
 * Of each dataset the series whose newest value that may be shown ends last; of several the one that was there first.
 * One walk over what is in memory, for all datasets together.
 */
export function newestByDataset(heads: Iterable<Readonly<Head>>): Map<string, Readonly<Head>> {
  const newest = new Map<string, { head: Readonly<Head>; end: number }>()
  for (const head of heads) {
    if (head.latest === null) continue
    const end = head.latest.to ?? head.latest.from
    const known = newest.get(head.key.dataset)
    if (known === undefined || end > known.end) newest.set(head.key.dataset, { head, end })
  }
  return new Map([...newest].map(([dataset, { head }]) => [dataset, head]))
}
