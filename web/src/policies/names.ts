import type { TFunction } from 'i18next'
import { nameIn } from '../catalogue/words.ts'
import type { Language } from '../i18n/language.ts'
import type { Outline } from './lab-messages.ts'

/** What things of a law are called in the reader's language. */
export interface Names {
  readonly variable: (name: string) => string
  /** Variables that change together, as results list them: `a, b`. */
  readonly variables: (path: string) => string
  /** A parameter, or one number of a scale: `tax.scale.brackets[2].rate`. */
  readonly parameter: (path: string) => string
}

/** Names from the bundle; what it no longer has keeps its identifier. */
export function namesOf(outline: Outline, lang: Language, t: TFunction): Names {
  const variable = (name: string): string =>
    nameIn(outline.variables[name]?.title ?? { vi: name, en: name }, lang)
  const titles = new Map(outline.parameters.map(({ path, title }) => [path, nameIn(title, lang)]))
  return {
    variable,
    variables: (path) => path.split(', ').map(variable).join('; '),
    parameter: (path) => {
      const [, scale = path, number, part] = /^(.+)\.brackets\[(\d+)\]\.(\w+)$/.exec(path) ?? []
      const title = titles.get(scale) ?? scale
      if (number === undefined) return title
      return `${title}: ${t('lab.bracket', { number, what: t(`lab.bracketPart.${part}`) })}`
    },
  }
}
