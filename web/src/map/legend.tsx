import { useTranslation } from 'react-i18next'
import { formatShort } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import type { Drawing } from './drawn.ts'
import styles from './legend.module.css'
import { noData } from './palette.ts'

/** What the colours mean, with the number of units in each class. */
export function Legend({ drawing, symbol }: { drawing: Drawing; symbol: string }) {
  const { t } = useTranslation()
  const lang = language()
  const { classes, colours } = drawing
  if (!classes) return null
  const bounds = [classes.min, ...classes.breaks, classes.max]
  return (
    <div className={styles.legend}>
      {symbol ? <p className={styles.symbol}>{t('map.inUom', { uom: symbol })}</p> : null}
      <ul>
        {colours.map((colour, i) => (
          <li key={colour}>
            <span className={styles.swatch} style={{ background: colour }} />
            <span>
              {bounds[i] === bounds[i + 1]
                ? formatShort(bounds[i]!, lang)
                : `${formatShort(bounds[i]!, lang)} – ${formatShort(bounds[i + 1]!, lang)}`}
            </span>
            <span className={styles.count}>{t('map.units', { count: classes.counts[i] ?? 0 })}</span>
          </li>
        ))}
        {drawing.estimated > 0 ? (
          <li>
            <span
              className={`${styles.swatch} ${styles.hatched}`}
              style={{ backgroundColor: colours.at(-1) }}
            />
            <span>{t('map.estimated')}</span>
            <span className={styles.count}>{t('map.units', { count: drawing.estimated })}</span>
          </li>
        ) : null}
        {drawing.missing > 0 ? (
          <li>
            <span className={styles.swatch} style={{ background: noData }} />
            <span>{t('map.noData')}</span>
            <span className={styles.count}>{t('map.units', { count: drawing.missing })}</span>
          </li>
        ) : null}
      </ul>
    </div>
  )
}
