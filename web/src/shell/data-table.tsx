import type { ReactNode } from 'react'
import styles from './data-table.module.css'

/** The heading of a column; `number` aligns it with figures. */
export interface Column {
  name: string
  number?: boolean
}

/** A table that scrolls inside its frame, by keyboard too. The rows are its children. */
export function DataTable(props: {
  label: string
  columns: readonly Column[]
  children: ReactNode
  /** As high as its rows, for tables that are read as a whole. */
  whole?: boolean
  /** What follows the rows inside the frame. */
  foot?: ReactNode
}) {
  const frame = props.whole ? `${styles.scroll} ${styles.whole}` : styles.scroll
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={frame} tabIndex={0} aria-label={props.label}>
      <table>
        <caption>{props.label}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.name} scope="col" className={column.number ? styles.number : undefined}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
      {props.foot}
    </section>
  )
}
