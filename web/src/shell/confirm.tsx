import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './confirm.module.css'
import { Button } from './controls.tsx'

/** A change that is hard to take back: the button first asks, then does. */
export function Confirm(props: {
  label: string
  question: string
  yes: string
  busy?: boolean
  kind?: 'plain' | 'quiet'
  onYes: () => void
}) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const keep = useRef<HTMLButtonElement>(null)
  // The safe answer has the focus, so that a second press of Enter does not do it.
  useEffect(() => {
    if (asking) keep.current?.focus()
  }, [asking])
  if (!asking) {
    return (
      <Button kind={props.kind ?? 'plain'} busy={props.busy ?? false} onClick={() => setAsking(true)}>
        {props.label}
      </Button>
    )
  }
  return (
    <span className={styles.asking}>
      <span>{props.question}</span>
      <Button
        onClick={() => {
          setAsking(false)
          props.onYes()
        }}
      >
        {props.yes}
      </Button>
      <button ref={keep} type="button" className={styles.keep} onClick={() => setAsking(false)}>
        {t('confirm.keep')}
      </button>
    </span>
  )
}
