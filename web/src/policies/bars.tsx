import styles from './bars.module.css'

/** One line of a picture: what gains stands to the right of the middle, what loses to the left. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly text: string
}

/**
 * Bars to both sides of nought, or from the left edge where nothing is below it. The table that goes with them is their text twin, so
 * the picture is one image to a screen reader.
 */
export function Bars({
  bars,
  title,
  counts = false,
}: {
  bars: readonly Bar[]
  title: string
  counts?: boolean
}) {
  const most = Math.max(...bars.map(({ value }) => Math.abs(value)), 0)
  const share = (value: number): string =>
    `${most === 0 ? 0 : (Math.abs(value) / most) * (counts ? 100 : 50)}%`
  return (
    <div className={styles.bars} role="img" aria-label={title}>
      {bars.map(({ label, value, text }) => (
        <div key={label} className={styles.bar}>
          <span className={styles.label}>{label}</span>
          <span className={counts ? styles.plain : styles.track}>
            <span
              className={value < 0 ? styles.less : styles.more}
              style={{ [value < 0 ? 'right' : 'left']: counts ? 0 : '50%', width: share(value) }}
            />
          </span>
          <span className={styles.text}>{text}</span>
        </div>
      ))}
    </div>
  )
}
