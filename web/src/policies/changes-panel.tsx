import type { Change } from '@nhip/policy/diff/changes'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatDate } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import styles from './lab.module.css'

/** Two versions as a lawyer reads them: the article, what stood there, what stands there now. */
export function ChangesPanel({ changes }: { changes: readonly Change[] | null }) {
  const { t } = useTranslation()
  const lang = language()
  return (
    <Panel title={t('lab.changes', { number: changes?.length ?? 0 })}>
      {changes === null || changes.length === 0 ? (
        <Empty title={t('lab.noChanges')} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <ol className={styles.changes} tabIndex={0}>
          {changes.map((change) => (
            <li key={`${change.kind} ${change.path} ${change.from}`}>
              <p className={styles.changeTitle}>
                {change.title ? nameIn(change.title, lang) : change.path}
                {change.from ? ` · ${t('lab.from', { day: formatDate(change.from, lang) })}` : ''}
              </p>
              <p className={styles.note}>
                {change.reference
                  ? `${change.reference.article}, ${nameIn(change.reference.title, lang)}${change.reference.number ? ` ${change.reference.number}` : ''}`
                  : t('lab.noArticle')}
                {' · '}
                <code>{change.path}</code>
              </p>
              <dl className={styles.twoTexts}>
                <div>
                  <dt>{t('lab.before')}</dt>
                  <dd>{change.before === null ? t('lab.nothing') : <del>{change.before}</del>}</dd>
                </div>
                <div>
                  <dt>{t('lab.after')}</dt>
                  <dd>{change.after === null ? t('lab.nothing') : <ins>{change.after}</ins>}</dd>
                </div>
              </dl>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
