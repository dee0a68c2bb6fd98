import { civilDay } from '@nhip/calendar/instant'
import type { Problem } from '@nhip/canonical/problem'
import { NameMatcher } from '@nhip/territory/match-name'
import { nameKey } from '@nhip/territory/name-key'
import type { Territory } from '@nhip/territory/territory'
import { type Level, parseUnitId } from '@nhip/territory/unit'
import type { Catalogue, Entity } from '../catalogue/catalogue.ts'
import type { EntityDraft } from '../catalogue/open.ts'
import { problemItem } from '../http/problem.ts'
import type { Candidate } from './candidate.ts'
import { slug } from './file/guess.ts'

/** Either the id of an entity, one still to be created, or why neither. */
export type EntityAnswer = { id: string; draft?: EntityDraft } | { problem: Problem }

/** What was found for a text, and the day it was asked for. */
interface Answered {
  day: string
  answer: EntityAnswer
}

/** What the entities of neighbouring rows have in common, and what their texts have turned out to mean. */
interface Asked {
  from: number
  parent: string
  entityType: string
  day: string
  answers: Map<string, Answered>
}

const mostAnswers = 100_000

/**
 * Finds the entities that the texts of one batch mean: by id, by code, then by name inside the parent unit. A unit's
 * code means the unit that bore it on the day of the reading. Two candidates are an error, never the first.
 */
export class EntityResolver {
  readonly #catalogue: Catalogue
  readonly #territory: Territory
  readonly #autoCreate: boolean
  readonly #answers = new Map<string, Map<string, Answered>>()
  #answered = 0
  #last: Asked | null = null
  readonly #matchers = new Map<string, NameMatcher>()
  readonly #drafts = new Map<string, EntityDraft>()
  #byName: Map<string, Entity[]> | null = null

  constructor(catalogue: Catalogue, territory: Territory, autoCreate: boolean) {
    this.#catalogue = catalogue
    this.#territory = territory
    this.#autoCreate = autoCreate
  }

  resolve(candidate: Candidate, from: number): EntityAnswer {
    const { entity, parent = '', entityType = '' } = candidate
    // Most readings name an entity of the catalogue by its id: no day is needed for them.
    if (entity.startsWith('urn:') && !entity.startsWith('urn:nhip:unit:'))
      return this.#catalogue.entity(entity) ? { id: entity } : this.#create(candidate)
    let asked = this.#last
    if (asked === null || asked.from !== from || asked.parent !== parent || asked.entityType !== entityType) {
      asked = this.#asked(from, parent, entityType)
      this.#last = asked
    }
    const { day, answers } = asked
    const known = answers.get(entity)
    // Units are the same on every day of one map; what could not be found is said of the day that was asked for.
    if (known && (known.day === day || 'id' in known.answer)) return known.answer
    const answer = this.#find(candidate, day)
    answers.set(entity, { day, answer })
    if (++this.#answered > mostAnswers) this.#forget()
    return answer
  }

  #asked(from: number, parent: string, entityType: string): Asked {
    const day = this.#last?.from === from ? this.#last.day : civilDay(from)
    const key = `${parent}\u0001${entityType}\u0001${this.#territory.mapDay(day)}`
    let answers = this.#answers.get(key)
    if (!answers) {
      answers = new Map()
      this.#answers.set(key, answers)
    }
    return { from, parent, entityType, day, answers }
  }

  #forget(): void {
    this.#answers.clear()
    this.#answered = 0
    this.#last = null
  }

  #find(candidate: Candidate, day: string): EntityAnswer {
    const text = candidate.entity.normalize('NFC').trim()
    if (text === '') return { problem: problemItem('entity-missing') }
    const asked = /^unit(?::(.+))?$/.exec(candidate.entityType ?? '')
    const level = asked?.[1] as Level | undefined
    if (parseUnitId(text)) return this.#unitById(text, day)
    if (!asked) {
      const known = this.#named(text, candidate.entityType)
      if (known.length === 1) return { id: known[0]!.id }
      if (known.length > 1) return { problem: several(text, known) }
    }
    if (asked || candidate.entityType === undefined) {
      const byCode = this.#territory.resolve(text, day, level === undefined ? {} : { level })
      if (byCode.unit) return { id: byCode.unit.id }
      const isCode = byCode.problem.code !== 'unit-unknown'
      if (isCode) return { problem: byCode.problem }
      const byName = this.#matcher(candidate.parent, level, day).match(text)
      if (byName.unit) return { id: byName.unit.id }
      if (asked || byName.problem.code === 'name-ambiguous') return { problem: byName.problem }
    }
    return this.#create({ ...candidate, entity: text })
  }

  /** A whole id says which boundary is meant, also for a figure of a year in which the unit was not there all along. */
  #unitById(id: string, day: string): EntityAnswer {
    const { unit, problem } = this.#territory.resolve(id, day)
    return unit ? { id: unit.id } : { problem }
  }

  #matcher(parent: string | undefined, level: Level | undefined, day: string): NameMatcher {
    const key = `${parent ?? ''}\u0001${level ?? ''}\u0001${this.#territory.mapDay(day)}`
    let matcher = this.#matchers.get(key)
    if (!matcher) {
      const above = parent === undefined || parent === '' ? undefined : this.#parentUnit(parent, day)
      matcher = new NameMatcher(this.#territory, { at: day, level, parent: above })
      this.#matchers.set(key, matcher)
    }
    return matcher
  }

  #parentUnit(text: string, day: string): string | undefined {
    const byCode = this.#territory.resolve(text, day)
    if (byCode.unit) return byCode.unit.id
    return this.#matcher(undefined, 'province', day).match(text).unit?.id
  }

  /** Entities by the last part of their id and by name, when a text is not an id. */
  #named(text: string, type: string | undefined): Entity[] {
    this.#byName ??= indexOf(this.#catalogue.entities({}))
    const found = this.#byName.get(nameKey(text)) ?? []
    return type === undefined ? found : found.filter((entity) => entity.type === type)
  }

  #create(candidate: Candidate): EntityAnswer {
    const { entity, entityType = 'Station', entityName, lon, lat } = candidate
    if (!this.#autoCreate) return { problem: problemItem('unknown-entity', { entity }, { value: entity }) }
    const isUrn = entity.startsWith('urn:')
    const id = isUrn ? entity : `urn:nhip:${entityType}:${slug(entity)}`
    let draft = this.#drafts.get(id)
    if (!draft) {
      const name = entityName ?? (isUrn ? entity.slice(entity.lastIndexOf(':') + 1) : entity)
      const placed = lon !== undefined && lat !== undefined
      draft = {
        id,
        type: isUrn ? (entity.split(':')[2] ?? entityType) : entityType,
        name: { vi: name, en: '' },
        ...(placed ? { lon, lat } : {}),
      }
      this.#drafts.set(id, draft)
    }
    return this.#catalogue.entity(id) ? { id } : { id, draft }
  }
}

function indexOf(entities: readonly Entity[]): Map<string, Entity[]> {
  const index = new Map<string, Entity[]>()
  for (const entity of entities) {
    const last = entity.id.slice(entity.id.lastIndexOf(':') + 1)
    for (const key of new Set([nameKey(last), nameKey(entity.name.vi), nameKey(entity.name.en)])) {
      if (key !== '') index.set(key, [...(index.get(key) ?? []), entity])
    }
  }
  return index
}

function several(text: string, found: readonly Entity[]): Problem {
  const ids = found.map(({ id }) => id).join(', ')
  return problemItem('entity-ambiguous', { entity: text, ids }, { value: text })
}
