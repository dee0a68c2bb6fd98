import type { ReactNode } from 'react'
import tableStyles from '../shell/data-table.module.css'
import styles from './lab.module.css'

export interface TwinRow {
  readonly key: string
  /** The first is the row's own name, the others are figures. */
  readonly cells: readonly ReactNode[]
}

/** The table that says the same as a picture, or stands for one; it scrolls by keyboard too. */
export function TwinTable(props: { title: string; columns: readonly string[]; rows: readonly TwinRow[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className={`${tableStyles.scroll} ${styles.twin}`} tabIndex={0} aria-label={props.title}>
      <table>
        <caption>{props.title}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, cells: [name, ...figures] }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {figures.map((figure, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its column
                <td key={i} className={tableStyles.number}>
                  {figure}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
