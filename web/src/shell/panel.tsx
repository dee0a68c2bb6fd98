import { type ReactNode, useId } from 'react'
import styles from './panel.module.css'

/** A titled part of a page. */
export function Panel(props: { title: string; note?: ReactNode; children: ReactNode; className?: string }) {
  const id = useId()
  return (
    <section className={`${styles.panel} ${props.className ?? ''}`} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {props.title}
        </h2>
        {props.note ? <div className={styles.note}>{props.note}</div> : null}
      </div>
      {props.children}
    </section>
  )
}
