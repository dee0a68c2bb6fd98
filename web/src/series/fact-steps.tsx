import type { Point } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import { Button } from '../shell/controls.tsx'
import { neighbours } from './neighbours.ts'
import styles from './revisions.module.css'

/** From one value of a series to the one before or after it, without going back to the chart or the table. */
export function FactSteps(props: { points: readonly Point[]; at: string; onGo: (to: string) => void }) {
  const { t } = useTranslation()
  const { before, after } = neighbours(props.points, props.at)
  return (
    <p className={styles.steps}>
      <Button kind="quiet" disabled={!before} onClick={() => before && props.onGo(before.t)}>
        {t('series.before')}
      </Button>
      <Button kind="quiet" disabled={!after} onClick={() => after && props.onGo(after.t)}>
        {t('series.after')}
      </Button>
    </p>
  )
}
