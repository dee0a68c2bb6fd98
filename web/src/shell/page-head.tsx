import { type ReactNode, useEffect } from 'react'
import styles from './page-head.module.css'

/** The title of a page, on it and in the browser's tab. */
export function PageHead({ title, lead, aside }: { title: string; lead?: ReactNode; aside?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Nhịp`
  }, [title])
  return (
    <div className={styles.head}>
      <div>
        <h1 className={styles.title}>{title}</h1>
        {lead ? <p className={styles.lead}>{lead}</p> : null}
      </div>
      {aside ? <div className={styles.aside}>{aside}</div> : null}
    </div>
  )
}
