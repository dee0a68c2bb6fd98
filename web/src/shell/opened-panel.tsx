import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './controls.tsx'
import styles from './opened-panel.module.css'
import { Panel } from './panel.tsx'

/** One thing of a list, opened above it: whoever chose it far below is led to it, and may close it again. */
export function OpenedPanel(props: { title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'start' })
    place.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div ref={place} tabIndex={-1} className={styles.place}>
      <Panel
        title={props.title}
        note={
          <Button kind="quiet" onClick={props.onClose}>
            {t('shell.close')}
          </Button>
        }
      >
        {props.children}
      </Panel>
    </div>
  )
}
