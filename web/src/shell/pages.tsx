import { useTranslation } from 'react-i18next'
import { Button } from './controls.tsx'
import styles from './pages.module.css'
import { useUrlView } from './url-view.ts'

/** On to the older part of a list, and back to its head. The address holds where the reader is (`cursor`). */
export function Pages({ next }: { next: string | null }) {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const cursor = view.get('cursor')
  if (cursor === null && next === null) return null
  return (
    <p className={styles.pages}>
      {cursor === null ? null : (
        <Button kind="quiet" onClick={() => change({ cursor: null }, { step: true })}>
          {t('pages.newest')}
        </Button>
      )}
      {next === null ? null : (
        <Button kind="quiet" onClick={() => change({ cursor: next }, { step: true })}>
          {t('pages.older')}
        </Button>
      )}
    </p>
  )
}
