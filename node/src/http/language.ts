import { readFileSync } from 'node:fs'
import type { Message } from '@nhip/canonical/problem'

export type Lang = 'vi' | 'en'

const texts = { vi: load('vi'), en: load('en') }

function load(lang: Lang): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`./messages/${lang}.json`, import.meta.url), 'utf8'))
}

/** The keys of one language, for the test that compares the two files. */
export function messageKeys(lang: Lang): string[] {
  return Object.keys(texts[lang])
}

/**
 * The message of a key in both languages, with `{name}` replaced by the parameter of that name.
 *
 * @throws when the key is in neither file: a fault of the program, found by the tests.
 */
export function message(key: string, params: Record<string, string | number> = {}): Message {
  const vi = texts.vi[key]
  const en = texts.en[key]
  if (vi === undefined || en === undefined) throw new Error(`no message "${key}"`)
  return { vi: fill(vi, params), en: fill(en, params) }
}

function fill(text: string, params: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/** The better of our two languages for an `Accept-Language` header (RFC 9110 §12.5.4); Vietnamese when neither is named. */
export function preferredLanguage(header: string | undefined): Lang {
  const weight = { vi: 0, en: 0 }
  for (const item of (header ?? '').split(',')) {
    const [tag = '', ...params] = item.trim().toLowerCase().split(';')
    const q = Number(params.find((p) => p.trim().startsWith('q='))?.split('=')[1] ?? '1')
    const lang = tag.split('-')[0]
    if ((lang === 'vi' || lang === 'en') && Number.isFinite(q)) weight[lang] = Math.max(weight[lang], q)
  }
  return weight.en > weight.vi ? 'en' : 'vi'
}
