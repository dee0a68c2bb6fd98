import { address } from '../api/client.ts'

/** A live figure that a page shows. */
export interface Interest {
  dataset: string
  property: string
}

/** What is told whatever a page shows: it is little. */
const always = ['catalogue', 'freshness', 'imports', 'jobs']

/** The address of the one stream that serves all these interests. */
export function streamAddress(interests: readonly Interest[]): string {
  const sorted = (values: string[]) => [...new Set(values)].sort().join(',')
  return address('/api/stream', {
    topics: sorted(interests.length > 0 ? [...always, 'observations'] : always),
    dataset: sorted(interests.map(({ dataset }) => dataset)),
    property: sorted(interests.map(({ property }) => property)),
  })
}
