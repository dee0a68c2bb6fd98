import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import vi from './vi.json'

export type Language = 'vi' | 'en'
const kept = 'nhip.language'

/** The language now shown. Vietnamese unless the reader chose otherwise. */
export function language(): Language {
  return i18next.resolvedLanguage === 'en' ? 'en' : 'vi'
}

/** Whether a page beyond the first one has been opened, so that a change of language takes its texts along. */
let pageTexts = false

/** Loads the texts of the pages that are not the first one: the first page does not carry them. */
export async function loadPageTexts(of: Language = language()): Promise<void> {
  pageTexts = true
  const { default: texts } = of === 'en' ? await import('./pages-en.json') : await import('./pages-vi.json')
  i18next.addResourceBundle(of, 'translation', texts, true)
}

/** Reads `?lang=`, then the kept choice; loads the texts. */
export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'vi',
    fallbackLng: 'vi',
    resources: { vi: { translation: vi } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  const asked = new URLSearchParams(window.location.search).get('lang') ?? recall()
  if (asked === 'en') await changeLanguage('en')
}

/** Loads the texts of a language when first needed and shows the page in it. */
export async function changeLanguage(to: Language): Promise<void> {
  if (to === 'en' && !i18next.hasResourceBundle('en', 'translation')) {
    const { default: en } = await import('./en.json')
    i18next.addResourceBundle('en', 'translation', en)
  }
  if (pageTexts) await loadPageTexts(to)
  await i18next.changeLanguage(to)
  document.documentElement.lang = to
  try {
    window.localStorage.setItem(kept, to)
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}

function recall(): string | null {
  try {
    return window.localStorage.getItem(kept)
  } catch {
    return null
  }
}
