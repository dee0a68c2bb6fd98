import { containing, type Period, partsOf, type TilingKind } from '@nhip/calendar/period'
import type { Message } from '@nhip/canonical/problem'
import * as number from '@nhip/feel/number'
import { type Num, parseNumber } from '@nhip/feel/number'
import { parseDate } from '@nhip/feel/temporal'
import { type FeelValue, fromData } from '@nhip/feel/values'
import type { BundleModel, Entity, PeriodSize, Role, Variable } from '../bundle/model.ts'
import { suggestion } from '../bundle/nearest.ts'
import { step } from '../bundle/yaml-file.ts'
import { isPeriodText, periodFrom } from './period-text.ts'

/** The period of a variable without one. */
export const ETERNITY = 'eternity'

export interface Member {
  readonly person: string
  readonly role: string
  /** From 1 within the role. */
  readonly position: number
}

export interface Group {
  readonly id: string
  readonly members: readonly Member[]
}

export interface Request {
  readonly entity: Entity
  readonly id: string
  readonly variable: Variable
  readonly period: string
}

/** One situation as it was given: who there is, who belongs to whom, what is known of them, what is asked. */
export interface Situation {
  readonly period: Period
  readonly persons: readonly string[]
  /** Groups by the key of their entity. */
  readonly groups: ReadonlyMap<string, readonly Group[]>
  /** `variable|id|period` → value. */
  readonly given: ReadonlyMap<string, FeelValue>
  /** Values under a period that were left null: to be worked out. */
  readonly requests: readonly Request[]
  /** The first day that anything is said of. */
  readonly start: string
}

export interface SituationOptions {
  readonly period: Period | string
  /** The exact decimal at a JSON pointer of the data; without it numbers are read from their shortest text. */
  readonly numberAt?: (pointer: string) => Num | null
  readonly report: (
    pointer: string,
    code: string,
    value: string | undefined,
    message: Message,
    hint?: Message,
  ) => void
  /** Spread a longer period's value over a variable's shorter ones, as OpenFisca models may ask for. */
  readonly divide?: boolean
}

export const keyOf = (variable: string, id: string, period: string): string => `${variable}|${id}|${period}`

type Data = Record<string, unknown>

/**
 * Reads a situation in OpenFisca's shape: `{persons: {an: {salary: {"2026-07": 12000000}}}, households: {h1: {heads:
 * ["an"]}}}`. A scalar in place of a map of periods is meant for the run's period, null under a period asks for it.
 */
export function readSituation(model: BundleModel, data: unknown, options: SituationOptions): Situation {
  return new SituationReader(model, options).read(data, '')
}

class SituationReader {
  readonly #model: BundleModel
  readonly #options: SituationOptions
  readonly #period: Period
  readonly #given = new Map<string, FeelValue>()
  readonly #requests: Request[] = []
  #start: string

  constructor(model: BundleModel, options: SituationOptions) {
    this.#model = model
    this.#options = options
    this.#period = periodFrom(options.period)
    this.#start = this.#period.start
  }

  read(data: unknown, pointer: string): Situation {
    const { person, groups } = this.#model
    const members = new Map<string, Group[]>(groups.map((group) => [group.key, []]))
    const persons: string[] = []
    if (!isData(data)) {
      this.#options.report(pointer, 'schema.type', undefined, {
        vi: 'tình huống phải là {persons: {…}, …}',
        en: 'a situation is {persons: {…}, …}',
      })
    } else {
      const blocks = new Map<Entity, [string, Data]>()
      for (const [key, block] of Object.entries(data)) {
        const entity = [person, ...groups].find((e) => e.plural === key || e.key === key)
        const at = pointer + step(key)
        if (entity === undefined) {
          this.#unknown(
            at,
            key,
            `không có thực thể "${key}"`,
            `there is no entity "${key}"`,
            [person, ...groups].map((e) => e.plural),
          )
        } else if (!isData(block)) {
          this.#options.report(at, 'schema.type', key, {
            vi: `"${key}" phải là {mã: {biến: giá trị}}`,
            en: `"${key}" must be {id: {variable: value}}`,
          })
        } else blocks.set(entity, [at, block])
      }
      const [at, block] = blocks.get(person) ?? ['', {}]
      for (const [id, item] of Object.entries(block)) {
        persons.push(id)
        this.#instance(person, id, item, at + step(id))
      }
      for (const group of groups) {
        const [place, instances] = blocks.get(group) ?? ['', {}]
        for (const [id, item] of Object.entries(instances))
          members
            .get(group.key)
            ?.push({ id, members: this.#instance(group, id, item, place + step(id), persons) })
      }
    }
    for (const group of groups) this.#complete(group, persons, members.get(group.key) as Group[], pointer)
    return {
      period: this.#period,
      persons,
      groups: members,
      given: this.#given,
      requests: this.#requests,
      start: this.#start,
    }
  }

  /** Reads one person or group: role lists and variables. */
  #instance(
    entity: Entity,
    id: string,
    item: unknown,
    pointer: string,
    persons: readonly string[] = [],
  ): Member[] {
    const members: Member[] = []
    if (!isData(item)) {
      if (item !== null) {
        this.#options.report(pointer, 'schema.type', id, {
          vi: `"${id}" phải là {biến: giá trị}`,
          en: `"${id}" must be {variable: value}`,
        })
      }
      return members
    }
    for (const [name, value] of Object.entries(item)) {
      const at = pointer + step(name)
      const role = entity.roles.find((r) => r.plural === name || r.key === name)
      if (role) {
        this.#role(role, value, at, persons, members)
        continue
      }
      const variable = this.#model.variables.get(name)
      if (variable === undefined || variable.entity !== entity.key) {
        const own = [...this.#model.variables.values()]
          .filter((v) => v.entity === entity.key)
          .map((v) => v.name)
        this.#unknown(
          at,
          name,
          variable === undefined
            ? `không có biến "${name}"`
            : `biến "${name}" thuộc về ${variable.entity}, không phải ${entity.key}`,
          variable === undefined
            ? `there is no variable "${name}"`
            : `variable "${name}" belongs to ${variable.entity}, not ${entity.key}`,
          [...own, ...entity.roles.map((r) => r.plural)],
        )
      } else if (isData(value)) {
        for (const [period, one] of Object.entries(value))
          this.#value(entity, id, variable, period, one, at + step(period))
      } else {
        for (const period of this.#periodsFor(variable.period))
          this.#value(entity, id, variable, period, value, at)
      }
    }
    return members
  }

  /** A scalar stands for the run's period: of a longer run for each of its parts, of a shorter one for what holds it. */
  #periodsFor(size: PeriodSize): string[] {
    if (size === ETERNITY) return [ETERNITY]
    if (this.#period.kind === size) return [this.#period.text]
    return periodsIn(this.#period, size)
  }

  #role(role: Role, value: unknown, pointer: string, persons: readonly string[], members: Member[]): void {
    const list = Array.isArray(value) ? value : [value]
    for (const [i, name] of list.entries()) {
      if (typeof name !== 'string' || !persons.includes(name)) {
        this.#unknown(
          pointer,
          String(name),
          `không có người "${name}"`,
          `there is no person "${name}"`,
          persons,
        )
      } else members.push({ person: name, role: role.key, position: i + 1 })
    }
    if (list.length > role.max) {
      this.#options.report(pointer, 'role.max', String(list.length), {
        vi: `vai "${role.key}" có tối đa ${role.max} người, ở đây có ${list.length}`,
        en: `the role "${role.key}" takes at most ${role.max}, here are ${list.length}`,
      })
    }
  }

  #value(
    entity: Entity,
    id: string,
    variable: Variable,
    written: string,
    data: unknown,
    pointer: string,
  ): void {
    const { period: size, name } = variable
    const text = written.toLowerCase() === ETERNITY ? ETERNITY : written
    const periods = this.#fit(text, size)
    if (periods === null) {
      this.#options.report(
        pointer,
        'period.mismatch',
        written,
        isPeriodText(text) || text === ETERNITY
          ? {
              vi: `"${name}" theo kỳ ${size}, ở đây ghi cho ${written}`,
              en: `"${name}" is by ${size}, here it is given for ${written}`,
            }
          : { vi: `"${written}" không phải là một kỳ`, en: `"${written}" is not a period` },
      )
      return
    }
    for (const period of periods) {
      if (period !== ETERNITY) {
        const { start } = periodFrom(period)
        if (start < this.#start) this.#start = start
      }
    }
    if (data === null) {
      for (const period of periods) this.#requests.push({ entity, id, variable, period })
      return
    }
    const value = this.#read(variable, data, pointer)
    if (value === undefined) return
    const share =
      periods.length > 1 && value instanceof number.Num
        ? number.divide(value, number.int(periods.length))
        : value
    for (const period of periods) this.#given.set(keyOf(name, id, period), share)
  }

  /** The periods of the variable that a written period means; null when it means none. */
  #fit(text: string, size: PeriodSize): string[] | null {
    if (size === ETERNITY) return text === ETERNITY || isPeriodText(text) ? [ETERNITY] : null
    if (text === ETERNITY || !isPeriodText(text)) return null
    const period = periodFrom(text)
    if (period.kind === size) return [period.text]
    return this.#options.divide ? periodsIn(period, size) : null
  }

  /** A value by the declared type; undefined when it is none, which has been reported. */
  #read(variable: Variable, data: unknown, pointer: string): FeelValue | undefined {
    const { name, type } = variable
    const wrong = (vi: string, en: string): undefined => {
      this.#options.report(pointer, 'type.mismatch', shown(data), {
        vi: `"${name}" cần ${vi}, ở đây là ${shown(data)}`,
        en: `"${name}" wants ${en}, here is ${shown(data)}`,
      })
    }
    switch (type) {
      case 'number': {
        const value =
          typeof data === 'number'
            ? (this.#options.numberAt?.(pointer) ?? (fromData(data) as Num))
            : typeof data === 'string'
              ? parseNumber(data)
              : data instanceof number.Num
                ? data
                : null
        if (value === null) return wrong('một số', 'a number')
        return this.#inBounds(variable, value, pointer) ? value : undefined
      }
      case 'boolean':
        return typeof data === 'boolean' ? data : wrong('true hoặc false', 'true or false')
      case 'string':
        return typeof data === 'string' ? data : wrong('chữ', 'text')
      case 'date': {
        const value = typeof data === 'string' ? parseDate(data) : null
        return value ?? wrong('một ngày như 2026-07-01', 'a date such as 2026-07-01')
      }
      case 'list':
        return Array.isArray(data) ? fromData(data) : wrong('một danh sách', 'a list')
      default: {
        const values = this.#model.enums.get(type) ?? []
        if (typeof data === 'string' && values.includes(data)) return data
        const hint = typeof data === 'string' ? suggestion(data, values) : undefined
        this.#options.report(
          pointer,
          'enum.unknown',
          shown(data),
          {
            vi: `"${name}" là một trong: ${values.join(', ')}; ở đây là ${shown(data)}`,
            en: `"${name}" is one of: ${values.join(', ')}; here is ${shown(data)}`,
          },
          hint,
        )
        return undefined
      }
    }
  }

  #inBounds({ name, min, max }: Variable, value: Num, pointer: string): boolean {
    const low = min !== null && number.compare(value, min) < 0
    const high = max !== null && number.compare(value, max) > 0
    if (!low && !high) return true
    const limit = number.toText((low ? min : max) as Num)
    this.#options.report(pointer, low ? 'value.minimum' : 'value.maximum', number.toText(value), {
      vi: `"${name}" ${low ? 'nhỏ nhất' : 'lớn nhất'} là ${limit}, ở đây là ${number.toText(value)}`,
      en: `"${name}" is ${low ? 'at least' : 'at most'} ${limit}, here is ${number.toText(value)}`,
    })
    return false
  }

  /** Who is in no group gets one alone where no role must be filled; who is in two is reported. */
  #complete(group: Entity, persons: readonly string[], groups: Group[], pointer: string): void {
    const of = new Map<string, string>()
    for (const { id, members } of groups) {
      for (const { person } of members) {
        const other = of.get(person)
        if (other !== undefined) {
          this.#options.report(pointer, 'group.twice', person, {
            vi: `"${person}" có mặt hai lần (${other}, ${id})`,
            en: `"${person}" is in two places (${other}, ${id})`,
          })
        }
        of.set(person, id)
      }
      for (const role of group.roles) {
        const count = members.filter((m) => m.role === role.key).length
        if (count >= role.min) continue
        this.#options.report(pointer, 'role.min', id, {
          vi: `"${id}" cần ít nhất ${role.min} người ở vai "${role.key}", ở đây có ${count}`,
          en: `"${id}" needs at least ${role.min} in the role "${role.key}", here are ${count}`,
        })
      }
    }
    const alone = persons.filter((person) => !of.has(person))
    const [first] = group.roles
    if (alone.length === 0 || first === undefined) return
    if (group.roles.some((role) => role.min > 0 && role !== first) || first.min > 1) {
      this.#options.report(pointer, 'group.missing', alone.join(', '), {
        vi: `không thuộc ${group.title.vi} nào: ${alone.join(', ')}`,
        en: `in no ${group.title.en}: ${alone.join(', ')}`,
      })
      return
    }
    for (const person of alone)
      groups.push({ id: person, members: [{ person, role: first.key, position: 1 }] })
  }

  #unknown(pointer: string, value: string, vi: string, en: string, known: readonly string[]): void {
    this.#options.report(pointer, 'name.unknown', value, { vi, en }, suggestion(value, known))
  }
}

/** The periods of a size that a longer period is made of, or the one in which a shorter one lies. */
export function periodsIn(period: Period, size: Exclude<PeriodSize, 'eternity'>): string[] {
  const kind: TilingKind = size
  try {
    return partsOf(period, kind).map((part) => part.text)
  } catch {
    return [containing(period.start, kind).text]
  }
}

function isData(data: unknown): data is Data {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

function shown(data: unknown): string {
  return typeof data === 'object' ? JSON.stringify(data).slice(0, 60) : String(data)
}
