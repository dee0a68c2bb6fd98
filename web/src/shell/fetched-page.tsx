import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../api/client.ts'
import { Fetched } from './fetched.tsx'
import { Pages } from './pages.tsx'

/** A page of a list that the node was asked for, with the way to its other pages; `none` when the list is empty. */
export function FetchedPage<T>(props: {
  query: UseQueryResult<Page<T>>
  none: ReactNode
  children: (items: T[]) => ReactNode
}) {
  return (
    <Fetched query={props.query}>
      {({ items, nextCursor }) =>
        items.length === 0 ? (
          props.none
        ) : (
          <>
            {props.children(items)}
            <Pages next={nextCursor} />
          </>
        )
      }
    </Fetched>
  )
}
