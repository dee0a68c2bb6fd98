import { Component, type ReactNode } from 'react'
import { type WithTranslation, withTranslation } from 'react-i18next'
import { Button } from './controls.tsx'
import styles from './states.module.css'

/** A fault of the page itself: said in words, with a way on, instead of a white screen. */
class Boundary extends Component<{ children: ReactNode } & WithTranslation, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    const { t } = this.props
    return (
      <div className={styles.state} role="alert">
        <p className={styles.title}>{t('failure.page')}</p>
        <p className={styles.text}>{t('failure.pageHint')}</p>
        <Button onClick={() => window.location.reload()}>{t('failure.reload')}</Button>
      </div>
    )
  }
}

export const ErrorBoundary = withTranslation()(Boundary)
