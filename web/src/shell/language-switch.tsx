import { useTranslation } from 'react-i18next'
import { changeLanguage, type Language } from '../i18n/language.ts'
import styles from './language-switch.module.css'

const languages: { code: Language; name: string }[] = [
  { code: 'vi', name: 'Tiếng Việt' },
  { code: 'en', name: 'English' },
]

/** Two buttons, each in its own language. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  return (
    <fieldset className={styles.switch}>
      <legend className={styles.legend}>{t('shell.language')}</legend>
      {languages.map(({ code, name }) => (
        <button
          key={code}
          type="button"
          lang={code}
          title={name}
          aria-label={name}
          aria-pressed={i18n.resolvedLanguage === code}
          onClick={() => void changeLanguage(code)}
        >
          {code.toUpperCase()}
        </button>
      ))}
    </fieldset>
  )
}
