import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failure, Loading } from './states.tsx'

/** What a question to the node has brought: its answer, why there is none, or that it is on its way. */
export function Fetched<T>(props: {
  query: UseQueryResult<T>
  lines?: number
  children: (data: T) => ReactNode
}) {
  const { query } = props
  // An older answer stays in sight when asking again fails; the head of the page says that the node is away.
  if (query.data !== undefined) return props.children(query.data)
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />
  return <Loading lines={props.lines ?? 6} height="1.6rem" />
}
