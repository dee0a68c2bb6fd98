import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'
import { foldKeepingMarks, lookupKeys, nameKey, withoutTypeWord } from './name-key.ts'
import type { Resolved, Territory } from './territory.ts'
import { holds, type Level, type Unit, type UnitId } from './unit.ts'
import { fullName } from './unit-kind.ts'

/** Which kinds of unit a type word in front of a name may stand for. */
const kindsOfWord: Record<string, readonly string[]> = {
  tinh: ['province'],
  thanhpho: ['municipality', 'city'],
  tp: ['municipality', 'city'],
  quan: ['urban-district'],
  q: ['urban-district'],
  huyen: ['rural-district'],
  h: ['rural-district'],
  thixa: ['town'],
  tx: ['town'],
  phuong: ['ward'],
  p: ['ward'],
  xa: ['commune'],
  x: ['commune'],
  thitran: ['township'],
  tt: ['township'],
  dackhu: ['special-zone'],
}

/**
 * So many different texts are told what they may have meant. A file in which more go unknown has another column of names
 * than was thought, and each suggestion compares a text with every name.
 */
const MOST_SUGGESTED = 1_000

/** Finds units by name among those under one parent (or of one level) on a day. */
export class NameMatcher {
  readonly #byKey = new Map<string, Unit[]>()
  readonly #named: readonly { unit: Unit; key: string }[]
  readonly #suggested = new Map<string, readonly Unit[]>()

  /**
   * `parent` limits the search to units directly under it; `level` to one level. Names that `aliases` of the territory give
   * for that day are known too.
   */
  constructor(territory: Territory, scope: { at: CivilDate; level?: Level; parent?: UnitId }) {
    const { at, level, parent } = scope
    const among = parent === undefined ? territory.units({ at, level }) : territory.childrenAt(parent, at)
    const units = level === undefined ? among : among.filter((u) => u.level === level)
    this.#named = units.map((unit) => ({ unit, key: nameKey(unit.name.vi) }))
    for (const { unit, key } of this.#named)
      for (const one of new Set([key, nameKey(unit.name.en)])) this.#add(one, unit)
    const byCode = new Map(units.map((u) => [u.code, u]))
    for (const alias of territory.aliases) {
      const unit = byCode.get(alias.unit)
      if (alias.kind === 'name' && unit && holds(alias.valid, at)) this.#add(nameKey(alias.alias), unit)
    }
  }

  /**
   * The one unit that a text names. Several candidates are first told apart by marks ("Hoa" against "Hòa"), then by the type
   * word ("Phường", "Xã"); when more than one is left the answer is an error that lists them, never the first.
   */
  match(text: string): Resolved {
    const found = new Set(lookupKeys(text).flatMap((key) => this.#byKey.get(key) ?? []))
    let candidates = [...found]
    if (candidates.length > 1) candidates = narrowed(candidates, sameMarks(text, candidates))
    if (candidates.length > 1) candidates = narrowed(candidates, sameKind(text, candidates))
    const [unit] = candidates
    if (unit && candidates.length === 1) return { unit }
    return { problem: unit ? severalNamed(text, candidates) : noneNamed(text, this.suggest(text)) }
  }

  /** Up to three units whose names are nearest to a text, nearest first; none once too many texts were asked about. */
  suggest(text: string): readonly Unit[] {
    const key = nameKey(text)
    const known = this.#suggested.get(key)
    if (known || this.#suggested.size === MOST_SUGGESTED) return known ?? []
    const limit = Math.max(1, Math.floor(key.length / 3))
    const nearest = this.#named
      .map((named) => ({ unit: named.unit, distance: editDistance(key, named.key, limit) }))
      .filter((s) => s.distance <= limit)
      .sort((a, b) => a.distance - b.distance || (a.unit.code < b.unit.code ? -1 : 1))
      .slice(0, 3)
      .map((s) => s.unit)
    this.#suggested.set(key, nearest)
    return nearest
  }

  #add(key: string, unit: Unit): void {
    const list = this.#byKey.get(key)
    if (!list) this.#byKey.set(key, [unit])
    else if (!list.includes(unit)) list.push(unit)
  }
}

const narrowed = (all: Unit[], some: Unit[]) => (some.length > 0 ? some : all)

function sameMarks(text: string, candidates: Unit[]): Unit[] {
  const marked = foldKeepingMarks(withoutTypeWord(text).rest)
  return candidates.filter((u) => foldKeepingMarks(withoutTypeWord(u.name.vi).rest) === marked)
}

function sameKind(text: string, candidates: Unit[]): Unit[] {
  const { word } = withoutTypeWord(text)
  const kinds = word === null ? undefined : kindsOfWord[word]
  return kinds ? candidates.filter((u) => kinds.includes(u.kind)) : []
}

function list(units: readonly Unit[], language: 'vi' | 'en'): string {
  return units.map((u) => `${fullName(u)[language]} (${u.code})`).join(', ')
}

function severalNamed(text: string, units: Unit[]): Problem {
  return {
    severity: 'error',
    code: 'name-ambiguous',
    value: text,
    message: {
      vi: `"${text}" có thể là ${units.length} đơn vị: ${list(units, 'vi')}`,
      en: `"${text}" may be any of ${units.length} units: ${list(units, 'en')}`,
    },
    hint: { vi: 'ghi mã đơn vị', en: 'write the code of the unit' },
  }
}

function noneNamed(text: string, near: readonly Unit[]): Problem {
  const problem: Problem = {
    severity: 'error',
    code: 'name-unknown',
    value: text,
    message: { vi: `không có đơn vị nào tên "${text}"`, en: `no unit is named "${text}"` },
  }
  if (near.length > 0)
    problem.hint = { vi: `có phải: ${list(near, 'vi')}?`, en: `did you mean: ${list(near, 'en')}?` }
  return problem
}

/** Optimal string alignment distance (a swap of neighbours counts once); stops counting above `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, before[j - 2]! + 1)
      row.push(best)
    }
    if (Math.min(...row) > limit) return limit + 1
    before = last
    last = row
  }
  return last[b.length]!
}
