import type { StoredResult } from './stored-result.ts'

/** How things of a result are called in one language. */
export interface Words {
  readonly lang: 'vi' | 'en'
  /** The text of the language. */
  readonly t: (vi: string, en: string) => string
  /** A variable by its title. */
  readonly nameOf: (variable: string) => string
  /** Variables of a path, joined. */
  readonly pathOf: (path: string) => string
  readonly provinceOf: (code: string) => string
  readonly codeOf: (code: string) => string
  readonly reformOf: (id: string) => string
  readonly analysisOf: (analysis: string) => string
  /** Lines of the spread that are no variables. */
  readonly spreadOf: (line: string) => string | undefined
}

export function wordsOf(
  result: Pick<StoredResult, 'law'>,
  lang: 'vi' | 'en',
  provinceOf: (code: string) => string,
): Words {
  const t = (vi: string, en: string): string => (lang === 'vi' ? vi : en)
  const titles: Readonly<Record<string, { vi: string; en: string }>> = result.law?.titles ?? {}
  const nameOf = (variable: string): string => titles[variable]?.[lang] ?? variable
  const codes: Readonly<Record<string, string>> = {
    urban: t('Thành thị', 'Urban'),
    rural: t('Nông thôn', 'Rural'),
  }
  const lines: Readonly<Record<string, string>> = {
    'winners.persons': t('Người được', 'Persons who gain'),
    'losers.persons': t('Người mất', 'Persons who lose'),
    gini: t('Hệ số Gini', 'Gini coefficient'),
  }
  const reforms: Readonly<Record<string, { vi: string; en: string }>> = result.law?.reforms ?? {}
  const analyses: Readonly<Record<string, string>> = {
    paths: t('đường thay đổi', 'paths of change'),
    emtr: t('thuế suất biên và vách', 'marginal rates and cliffs'),
    invariants: t('bất biến', 'invariants'),
    dead: t('tham số và dòng không tác dụng', 'parameters and rules without effect'),
    sensitivity: t('độ nhạy', 'sensitivity'),
    equal: t('đối xử như nhau', 'equal treatment'),
    dates: t('mốc ngày', 'dates'),
  }
  return {
    lang,
    t,
    reformOf: (id) => reforms[id]?.[lang] ?? id,
    analysisOf: (analysis) => analyses[analysis] ?? analysis,
    nameOf,
    pathOf: (path) => path.split(', ').map(nameOf).join('; '),
    provinceOf,
    codeOf: (code) => codes[code] ?? code,
    spreadOf: (line) => lines[line],
  }
}
