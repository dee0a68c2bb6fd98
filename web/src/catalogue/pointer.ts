import type { ProblemDocument } from '@nhip/node/http/contract'

type Problem = ProblemDocument['errors'][number]

/** One step of a JSON Pointer (RFC 6901): `~` and `/` inside a name are written `~0` and `~1`. */
export function step(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The problems of a draft by the place they are about, and which of them no field has shown. */
export class ProblemsByPlace {
  readonly #problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    this.#problems = problems
  }

  /** Those exactly at a place, the most severe first. */
  at(path: string): Problem[] {
    return this.#problems.filter((problem) => problem.path === path)
  }

  /** The words of the first at a place, or undefined. */
  words(path: string, lang: 'vi' | 'en'): string | undefined {
    return this.at(path)[0]?.message[lang]
  }

  /** How many lie at a place or inside it. */
  within(path: string): number {
    return this.#problems.filter(({ path: at }) => at === path || at?.startsWith(`${path}/`)).length
  }

  /** Those at none of the given places nor inside them. */
  elsewhere(places: readonly string[]): Problem[] {
    return this.#problems.filter(
      ({ path }) => !places.some((place) => path === place || path?.startsWith(`${place}/`)),
    )
  }
}
