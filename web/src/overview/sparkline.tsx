import { sparkPath } from './spark-path.ts'
import styles from './sparkline.module.css'

/** The course of a figure without axes; the card's words say the rest. */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const { line, area, last } = sparkPath(values, 200, 48)
  if (line === '') return <div className={styles.none} />
  return (
    <svg
      className={styles.spark}
      viewBox="0 0 200 48"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={area} className={styles.area} />
      <path d={line} className={styles.line} vectorEffect="non-scaling-stroke" />
      {last ? (
        <path d={`M${last[0]} ${last[1]}h0`} className={styles.last} vectorEffect="non-scaling-stroke" />
      ) : null}
    </svg>
  )
}
