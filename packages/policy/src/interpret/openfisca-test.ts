import { addDays, addMonths, addYears } from '@nhip/calendar/civil-date'
import { containing, isPeriod, periodOf, spanning } from '@nhip/calendar/period'
import type { Message, Problem } from '@nhip/canonical/problem'
import { compile } from '@nhip/feel/compile'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { parse } from '@nhip/feel/parse'
import { type FeelValue, fromData, toText } from '@nhip/feel/values'
import type { Bundle } from '../bundle/bundle.ts'
import type { Entity, Variable } from '../bundle/model.ts'
import { suggestion } from '../bundle/nearest.ts'
import { step, type YamlFile } from '../bundle/yaml-file.ts'
import { idsOf } from './answer.ts'
import { type Difference, type TestOutcome, valueIn } from './run-test.ts'
import { ETERNITY, readSituation, type Situation } from './situation.ts'

/** Which names of an OpenFisca model are which of ours; names that are equal need no line. */
export interface OpenFiscaMap {
  readonly variables?: Readonly<Record<string, string>>
  readonly entities?: Readonly<Record<string, string>>
  readonly reforms?: Readonly<Record<string, string>>
  readonly parameters?: Readonly<Record<string, string>>
  /** Their variables whose value for a longer period holds for each of its parts instead of being shared out. */
  readonly dispatch?: readonly string[]
}

const KEYS = [
  'name',
  'description',
  'period',
  'input',
  'output',
  'absolute_error_margin',
  'relative_error_margin',
  'reforms',
  'parameters',
  'keywords',
  'extensions',
  'max_spiral_loops',
  'only_variables',
  'ignore_variables',
  'lang',
]

type Data = Record<string, unknown>

/** Runs every test of one OpenFisca YAML test file against a bundle. */
export function runOpenFiscaFile(bundle: Bundle, yaml: YamlFile, map: OpenFiscaMap): TestOutcome[] {
  const isList = Array.isArray(yaml.data)
  const items = isList ? (yaml.data as unknown[]) : [yaml.data]
  return items.map((item, i) => new OpenFiscaTest(bundle, yaml, map, isList ? step(i) : '', item).run())
}

class OpenFiscaTest {
  readonly #yaml: YamlFile
  readonly #map: OpenFiscaMap
  readonly #pointer: string
  readonly #data: Data
  readonly #problems: Problem[] = []
  #bundle: Bundle
  #period = ''

  constructor(bundle: Bundle, yaml: YamlFile, map: OpenFiscaMap, pointer: string, data: unknown) {
    this.#bundle = bundle
    this.#yaml = yaml
    this.#map = map
    this.#pointer = pointer
    this.#data = isData(data) ? data : {}
  }

  run(): TestOutcome {
    for (const key of Object.keys(this.#data)) {
      if (KEYS.includes(key)) continue
      this.#report(
        step(key),
        'schema.additionalProperties',
        key,
        { vi: `không có khóa "${key}"`, en: `there is no key "${key}"` },
        KEYS,
      )
    }
    this.#reforms()
    const period = this.#readPeriod(this.#data.period, '/period')
    if (period !== null) this.#period = period
    const situation = period === null ? null : this.#situation()
    if (situation === null || this.#problems.length > 0) return this.#outcome([], null)
    const policy = this.#bundle.at(this.#parameters())
    const run = policy.case(situation)
    const differences: Difference[] = []
    for (const { entity, id, variable, period: asked, expected } of this.#outputs(situation)) {
      const actual = valueIn(run, variable, id, asked)
      if (this.#near(variable, expected, actual)) continue
      differences.push({
        entity: entity.key,
        of: id,
        variable: variable.name,
        period: asked,
        expected,
        actual,
        tolerance: this.#margin('absolute_error_margin', variable),
      })
    }
    return this.#outcome(differences, run)
  }

  #outcome(differences: Difference[], run: TestOutcome['run']): TestOutcome {
    const { name } = this.#data
    return {
      file: this.#yaml.file,
      name: typeof name === 'string' ? name : `${this.#yaml.file}${this.#pointer}`,
      ok: differences.length === 0 && this.#problems.length === 0,
      differences,
      problems: this.#problems,
      warnings: run?.warnings ?? [],
      run,
    }
  }

  #report(at: string, code: string, value: string, message: Message, known: Iterable<string> = []): void {
    const hint = suggestion(value, known)
    this.#problems.push(this.#yaml.problem(this.#pointer + at, code, value, message, hint))
  }

  #reforms(): void {
    const { reforms } = this.#data
    if (reforms === undefined || reforms === null) return
    const paths = (Array.isArray(reforms) ? reforms : [reforms]).map(String)
    const wanted = paths.map((path) => this.#map.reforms?.[path] ?? path)
    const { bundle, problems } = this.#bundle.withReforms(wanted)
    this.#bundle = bundle
    const { file, line, column } = this.#yaml.place(`${this.#pointer}/reforms`)
    this.#problems.push(...problems.map((p) => (p.file === undefined ? { ...p, file, line, column } : p)))
  }

  #parameters(): { parameters?: Map<string, FeelValue> } {
    const { parameters } = this.#data
    if (!isData(parameters)) return {}
    const values = Object.entries(parameters).map(
      ([path, value]) =>
        [this.#map.parameters?.[path] ?? path, this.#value(value, `/parameters${step(path)}`)] as const,
    )
    return { parameters: new Map(values) }
  }

  // ── periods and values ───────────────────────────────────────────────────────────────────────────────────────

  /** `2017-01`, `2017`, `month:2017-01:3`, `year:2017`, `ETERNITY`, in our form. */
  #readPeriod(data: unknown, at: string): string | null {
    const text = this.#yaml.source(this.#pointer + at) ?? String(data ?? '')
    const period = openFiscaPeriod(text)
    if (period === null)
      this.#report(at, 'date.invalid', text, {
        vi: `"${text}" không phải là một kỳ`,
        en: `"${text}" is not a period`,
      })
    return period
  }

  /** A value as the file gives it; arithmetic in a text is worked out. */
  #value(data: unknown, at: string): FeelValue {
    if (typeof data === 'number') return this.#yaml.number(this.#pointer + at) ?? fromData(data)
    if (typeof data === 'string') return arithmetic(data) ?? data
    return typeof data === 'boolean' ? data : null
  }

  #variable(name: string, at: string): Variable | undefined {
    const ours = this.#map.variables?.[name] ?? name
    const variable = this.#bundle.model.variables.get(ours)
    if (variable === undefined) {
      this.#report(
        at,
        'name.unknown',
        name,
        { vi: `không có biến "${ours}"`, en: `there is no variable "${ours}"` },
        this.#bundle.model.variables.keys(),
      )
    }
    return variable
  }

  /** The entity that a key of input or output names, by plural, key or the map. */
  #entity(key: string): Entity | undefined {
    const { person, groups } = this.#bundle.model
    const ours = this.#map.entities?.[key] ?? key
    return [person, ...groups].find((entity) => entity.key === ours || entity.plural === ours)
  }

  // ── input ────────────────────────────────────────────────────────────────────────────────────────────────────

  #situation(): Situation | null {
    const { input } = this.#data
    const { model } = this.#bundle
    const blocks: Record<string, Record<string, Data>> = { [model.person.plural]: {} }
    const put = (entity: Entity, id: string, entries: Data) => {
      const block = blocks[entity.plural] ?? {}
      block[id] = { ...block[id], ...entries }
      blocks[entity.plural] = block
    }
    for (const [key, data] of Object.entries(isData(input) ? input : {})) {
      const at = `/input${step(key)}`
      const entity = this.#entity(key)
      const variable = entity ? undefined : this.#variable(key, at)
      if (variable !== undefined) {
        // Flat: one person, and one group of each kind around that person.
        const own = [model.person, ...model.groups].find((e) => e.key === variable.entity) ?? model.person
        put(model.person, 'person', {})
        const id = own === model.person ? 'person' : own.key
        put(own, id, { ...this.#roleOf(own), ...this.#given(variable, key, data, at) })
      }
      if (entity === undefined || !isData(data)) continue
      // A group under its singular is the only one; under its plural groups stand by their ids.
      const single = entity !== model.person && !this.#isPlural(entity, key)
      const instances: [string, unknown, string][] = single
        ? [[entity.key, data, at]]
        : Object.entries(data).map(([id, item]) => [id, item, at + step(id)])
      for (const [id, item, place] of instances) put(entity, id, this.#instance(entity, item, place))
    }
    if (this.#problems.length > 0) return null
    const situation = readSituation(model, blocks, {
      period: this.#period === ETERNITY ? '2000' : this.#period,
      divide: true,
      report: (pointer, code, value, message) => this.#report('/input', code, value ?? pointer, message),
    })
    return this.#problems.length > 0 ? null : situation
  }

  #isPlural(entity: Entity, key: string): boolean {
    return key === entity.plural && entity.plural !== entity.key
      ? true
      : (this.#map.entities?.[key] ?? '') === entity.plural
  }

  #roleOf(entity: Entity): Data {
    const [role] = entity.roles
    return role ? { [role.plural]: ['person'] } : {}
  }

  #instance(entity: Entity, item: unknown, at: string): Data {
    const entries: Data = {}
    for (const [name, data] of Object.entries(isData(item) ? item : {})) {
      const role = entity.roles.find(
        (r) => r.plural === (this.#map.entities?.[name] ?? name) || r.key === name,
      )
      if (role) {
        entries[role.plural] = data
        continue
      }
      const variable = this.#variable(name, at + step(name))
      if (variable) Object.assign(entries, this.#given(variable, name, data, at + step(name)))
    }
    return entries
  }

  /** One input by our variable and periods; a scalar is for the test's period. */
  #given(variable: Variable, theirs: string, data: unknown, at: string): Data {
    const byPeriod: Record<string, FeelValue> = {}
    const put = (text: string, value: FeelValue) => {
      const dispatched = (this.#map.dispatch?.includes(theirs) ?? false) && value instanceof Num
      const period = this.#fitted(variable, text)
      if (!dispatched || period === ETERNITY || periodOf(period).kind === variable.period)
        byPeriod[period] = value
      else for (const part of partsText(period, variable)) byPeriod[part] = value
    }
    if (isData(data)) {
      for (const [key, value] of Object.entries(data)) {
        const period = openFiscaPeriod(key)
        if (period === null)
          this.#report(at, 'date.invalid', key, {
            vi: `"${key}" không phải là một kỳ`,
            en: `"${key}" is not a period`,
          })
        else put(period, this.#value(value, at + step(key)))
      }
    } else put(this.#period, this.#value(data, at))
    const texts = Object.entries(byPeriod).map(([period, value]) => [period, plain(variable, value)])
    return { [variable.name]: Object.fromEntries(texts) }
  }

  /** A test's month is enough to name the year of a yearly variable. */
  #fitted(variable: Variable, period: string): string {
    if (variable.period === ETERNITY || period === ETERNITY) return ETERNITY
    const given = periodOf(period)
    const own = containing(given.start, variable.period)
    return own.end > given.end && own.start <= given.start ? own.text : period
  }

  // ── output ───────────────────────────────────────────────────────────────────────────────────────────────────

  *#outputs(
    situation: Situation,
  ): Iterable<{ entity: Entity; id: string; variable: Variable; period: string; expected: FeelValue }> {
    const { model } = this.#bundle
    const { output } = this.#data
    const all = [model.person, ...model.groups]
    for (const [key, data] of Object.entries(isData(output) ? output : {})) {
      const at = `/output${step(key)}`
      const entity = this.#entity(key)
      if (entity !== undefined && isData(data)) {
        const ids = idsOf(entity, situation, model.person)
        for (const [id, item] of Object.entries(data)) {
          if (ids.includes(id) && isData(item)) {
            for (const [name, value] of Object.entries(item))
              yield* this.#output(name, value, at + step(id) + step(name), [id], entity)
          } else yield* this.#output(id, item, at + step(id), ids, entity)
        }
        continue
      }
      const variable = this.#variable(key, at)
      const own = variable && all.find((e) => e.key === variable.entity)
      if (own) yield* this.#output(key, data, at, idsOf(own, situation, model.person), own)
    }
  }

  *#output(
    name: string,
    data: unknown,
    at: string,
    ids: readonly string[],
    entity: Entity,
  ): Iterable<{ entity: Entity; id: string; variable: Variable; period: string; expected: FeelValue }> {
    if (this.#ignored(name)) return
    const variable = this.#variable(name, at)
    if (variable === undefined) return
    const byPeriod: [string, unknown, string][] = isData(data)
      ? Object.entries(data).map(([key, value]) => [openFiscaPeriod(key) ?? key, value, at + step(key)])
      : [[this.#period, data, at]]
    for (const [period, value, place] of byPeriod) {
      // One value a person or group in their order, or one for each of them alike.
      for (const [i, id] of ids.entries()) {
        const own = Array.isArray(value) ? value[i] : value
        const expected = this.#value(own, Array.isArray(value) ? place + step(i) : place)
        yield { entity, id, variable, period: this.#fitted(variable, period), expected }
      }
    }
  }

  #ignored(name: string): boolean {
    const { only_variables: only, ignore_variables: ignored } = this.#data
    if (Array.isArray(only) && !only.includes(name)) return true
    return Array.isArray(ignored) && ignored.includes(name)
  }

  #margin(key: 'absolute_error_margin' | 'relative_error_margin', variable: Variable): Num | null {
    const data = this.#data[key]
    if (typeof data === 'number') return this.#yaml.number(`${this.#pointer}/${key}`)
    if (!isData(data)) return null
    const theirs = Object.keys(data).find((name) => (this.#map.variables?.[name] ?? name) === variable.name)
    const at = theirs ?? (data.default === undefined ? undefined : 'default')
    return at === undefined ? null : this.#yaml.number(`${this.#pointer}/${key}${step(at)}`)
  }

  /** Within the margins; without one, equal as OpenFisca stores numbers: in 32-bit floats. */
  #near(variable: Variable, expected: FeelValue, actual: FeelValue): boolean {
    if (typeof actual === 'boolean' && expected instanceof Num) return actual === (expected.sign !== 0)
    if (!(expected instanceof Num) || !(actual instanceof Num)) return toText(expected) === toText(actual)
    const [absolute, relative] = [
      this.#margin('absolute_error_margin', variable),
      this.#margin('relative_error_margin', variable),
    ]
    const same = Math.fround(Number(number.toText(expected))) === Math.fround(Number(number.toText(actual)))
    if (same || (absolute === null && relative === null)) return same
    const distance = number.subtract(expected, actual)
    if (distance === null) return false
    const away = number.abs(distance)
    const allowed = relative && number.multiply(number.abs(expected), relative)
    return (
      (absolute === null || number.compare(away, absolute) <= 0) &&
      (allowed === null || number.compare(away, allowed) <= 0)
    )
  }
}

/** An OpenFisca period in our form; null when it is none. */
export function openFiscaPeriod(text: string): string | null {
  if (/^eternity$/i.test(text)) return ETERNITY
  const sized = /^(year|month|day|week):([^:]+)(?::(\d+))?$/.exec(text)
  if (!sized) return isPeriod(text) && !text.includes('/') ? text : null
  const [, unit, from = '', count = '1'] = sized
  const start = /^\d{4}$/.test(from) ? `${from}-01-01` : /^\d{4}-\d{2}$/.test(from) ? `${from}-01` : from
  if (!isPeriod(start)) return null
  const n = Number(count)
  if (unit === 'week' || n < 1 || n > 1200) return null
  const end =
    unit === 'year' ? addYears(start, n) : unit === 'month' ? addMonths(start, n) : addDays(start, n)
  return spanning(start, end).text
}

/** `1000 * 12 / 3`: numbers, signs and parentheses; null for any other text. */
function arithmetic(text: string): Num | null {
  if (!/^[\d\s.+\-*/()e_]+$/.test(text) || !/\d/.test(text) || /^\d{4}-\d{2}(-\d{2})?$/.test(text))
    return null
  const { ast, problems } = parse(text.replaceAll('_', ''), { names: [], functions: [] })
  if (problems.length > 0) return null
  const { value } = compile(ast).evaluate()
  return value instanceof Num ? value : null
}

function partsText(period: string, variable: Variable): string[] {
  const { start, end } = periodOf(period)
  const parts: string[] = []
  for (let day = start; day < end; ) {
    const part = containing(day, variable.period as 'month')
    parts.push(part.text)
    day = part.end
  }
  return parts
}

/** A boolean may be written 1 or 0. */
function plain(variable: Variable, value: FeelValue): unknown {
  if (variable.type === 'boolean' && value instanceof Num) return value.sign !== 0
  return value
}

function isData(data: unknown): data is Data {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}
