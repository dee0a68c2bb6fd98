import type { ReactNode } from 'react'
import tableStyles from '../shell/data-table.module.css'
import styles from './lab.module.css'

/** The table that says the same as a picture; it scrolls by keyboard too. */
export function TwinTable({ title, children }: { title: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className={`${tableStyles.scroll} ${styles.twin}`} tabIndex={0} aria-label={title}>
      <table>
        <caption>{title}</caption>
        {children}
      </table>
    </section>
  )
}
