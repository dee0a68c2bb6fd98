import type { Problem } from '@nhip/canonical/problem'
import { isUom, uom } from '@nhip/quantity/uom-text'
import { isKnownType, SIMPLE_TYPES } from '../interpret/types.ts'
import { checkSchema, type Schema } from './check-schema.ts'
import { policySchema } from './contract.ts'
import type { BundleModel, Entity, Invariant, Outcomes, Source, Variable } from './model.ts'
import { suggestion } from './nearest.ts'
import { Reader } from './reader.ts'
import { step, type YamlFile } from './yaml-file.ts'

type Data = Record<string, unknown>
export type PolicyPart = Omit<BundleModel, 'parameters' | 'folders' | 'decisions'>

/** Reads `policy.yaml`. Nothing is returned when its frame does not hold: everything else hangs on it. */
export function readPolicy(yaml: YamlFile, problems: Problem[]): PolicyPart | undefined {
  const misfits = checkSchema(yaml, policySchema as unknown as Schema)
  problems.push(...misfits)
  const broken = brokenParts(misfits)
  if (broken === undefined) return undefined
  const data = yaml.data as Data
  const sources = readSources((data.sources ?? {}) as Record<string, Data>)
  const reader = new Reader(yaml, sources, problems)
  const entities = readEntities(reader, data.entities as Record<string, Data>)
  if (!entities) return undefined
  const enums = new Map(Object.entries((data.enums ?? {}) as Record<string, string[]>))
  const variables = new Map<string, Variable>()
  for (const [name, item] of Object.entries(data.variables as Record<string, Data>)) {
    const pointer = `/variables${step(name)}`
    if (broken.has(name)) continue
    const variable = reader.variable(pointer, name, item)
    if (!checkVariable(reader, pointer, variable, entities.all, enums)) broken.add(name)
    variables.set(name, variable)
  }
  checkNames(reader, entities.all, enums, variables)
  return {
    id: data.id as string,
    title: reader.title(data.title, data.id as string),
    version: data.version as string,
    currency: (data.currency as BundleModel['currency'] | undefined) ?? null,
    sources,
    unread: broken,
    person: entities.person,
    groups: entities.all.filter((entity) => entity !== entities.person),
    enums,
    variables,
    outcomes: readOutcomes(reader, (data.outcomes ?? {}) as Data, variables),
    invariants: ((data.invariants ?? []) as Data[]).map((item, i) =>
      readInvariant(reader, `/invariants${step(i)}`, item, variables),
    ),
  }
}

/** Names of variables that do not fit the schema; undefined when more than variables is wrong. Unknown keys do not count. */
function brokenParts(misfits: readonly Problem[]): Set<string> | undefined {
  const broken = new Set<string>()
  for (const { code, path = '' } of misfits) {
    if (code === 'schema.additionalProperties') continue
    const variable = /^\/variables\/([^/]+)/.exec(path)?.[1]
    if (variable === undefined) return undefined
    broken.add(variable)
  }
  return broken
}

/** The sources of `policy.yaml` or of a reform. */
export function readSources(data: Record<string, Data>): Map<string, Source> {
  return new Map(
    Object.entries(data).map(([id, item]) => [
      id,
      {
        id,
        title: { vi: item.vi as string, en: (item.en as string | undefined) ?? (item.vi as string) },
        number: (item.number as string | undefined) ?? null,
        enacted: (item.enacted as string | undefined) ?? null,
        published: (item.published as string | undefined) ?? null,
        repealed: (item.repealed as string | undefined) ?? null,
        url: (item.url as string | undefined) ?? null,
      },
    ]),
  )
}

function readEntities(
  reader: Reader,
  data: Record<string, Data>,
): { person: Entity; all: Entity[] } | undefined {
  const all = Object.entries(data).map(([key, item]): Entity => {
    const roles = Object.entries((item.roles ?? {}) as Record<string, Data>).map(([role, it]) => ({
      key: role,
      plural: (it.plural as string | undefined) ?? role,
      title: reader.title(it.title, role),
      min: (it.min as number | undefined) ?? 0,
      max: (it.max as number | undefined) ?? Number.POSITIVE_INFINITY,
    }))
    return {
      key,
      plural: (item.plural as string | undefined) ?? key,
      title: reader.title(item.title, key),
      roles: item.group === undefined ? [] : roles.length > 0 ? roles : [member],
    }
  })
  const persons = all.filter((entity) => data[entity.key]?.group === undefined)
  const [person] = persons
  if (!person || persons.length > 1) {
    reader.report('/entities', 'entity.person', persons.map((entity) => entity.key).join(', '), {
      vi: 'cần đúng một thực thể không có khóa group (người); các thực thể khác là nhóm của nó',
      en: 'there must be exactly one entity without group (the person); the others are groups of it',
    })
    return undefined
  }
  for (const [key, item] of Object.entries(data)) {
    if (item.group === undefined || item.group === person.key) continue
    reader.report(
      `/entities${step(key)}/group`,
      'name.unknown',
      String(item.group),
      { vi: `không có thực thể "${item.group}"`, en: `there is no entity "${item.group}"` },
      suggestion(String(item.group), [person.key]),
    )
  }
  return { person, all }
}

const member = {
  key: 'member',
  plural: 'members',
  title: { vi: 'Thành viên', en: 'Member' },
  min: 0,
  max: Number.POSITIVE_INFINITY,
}

/**
 * What the schema cannot say of a variable: its entity, its type, its unit, its default.
 * @returns whether formulas can make use of it
 */
export function checkVariable(
  reader: Reader,
  pointer: string,
  variable: Variable,
  entities: readonly Entity[],
  enums: ReadonlyMap<string, readonly string[]>,
): boolean {
  const { entity, type, name } = variable
  const usable = entities.some(({ key }) => key === entity) && isKnownType(type, { enums })
  if (!entities.some(({ key }) => key === entity)) {
    reader.report(
      `${pointer}/entity`,
      'name.unknown',
      entity,
      { vi: `không có thực thể "${entity}"`, en: `there is no entity "${entity}"` },
      suggestion(
        entity,
        entities.map(({ key }) => key),
      ),
    )
  }
  if (!SIMPLE_TYPES.includes(type) && !enums.has(type)) {
    reader.report(
      `${pointer}/type`,
      'enum.unknown',
      type,
      { vi: `không có kiểu hay danh mục "${type}"`, en: `there is no type or enumeration "${type}"` },
      suggestion(type, [...SIMPLE_TYPES, ...enums.keys()]),
    )
  }
  if (variable.uom !== null) {
    const unit = uom(variable.uom)
    if (!isUom(unit))
      reader.problems.push({
        ...reader.yaml.problem(`${pointer}/uom`, 'uom.unknown', variable.uom, unit.message, unit.hint),
      })
  }
  const { default: value } = variable
  if (value === undefined || value === null) return usable
  const values = enums.get(type)
  if (values && !values.includes(String(value))) {
    reader.report(
      `${pointer}/default`,
      'enum.unknown',
      String(value),
      {
        vi: `"${value}" không có trong danh mục ${type}`,
        en: `"${value}" is not in the enumeration ${type}`,
      },
      suggestion(String(value), values),
    )
  }
  const kind = typeof value === 'object' && !Array.isArray(value) ? 'number' : typeof value
  const wanted = values || type === 'date' ? 'string' : type
  if (SIMPLE_TYPES.includes(wanted) && wanted !== 'list' && kind !== wanted) {
    reader.report(`${pointer}/default`, 'type.mismatch', String(value), {
      vi: `giá trị mặc định của "${name}" phải là ${wanted}`,
      en: `the default of "${name}" must be of type ${wanted}`,
    })
  }
  return usable
}

/** Words of the formula scope that no variable may take. */
const RESERVED = ['parameters', 'period', 'members', 'role', 'position', 'item', 'partial']

function checkNames(
  reader: Reader,
  entities: readonly Entity[],
  enums: ReadonlyMap<string, unknown>,
  variables: ReadonlyMap<string, Variable>,
): void {
  const taken = new Map<string, string>([
    ...RESERVED.map((word) => [word, 'từ dành riêng'] as const),
    ...entities.map(({ key }) => [key, 'thực thể'] as const),
  ])
  for (const name of [...variables.keys(), ...enums.keys()]) {
    const by = taken.get(name)
    if (by === undefined) continue
    const pointer = variables.has(name) ? `/variables${step(name)}` : `/enums${step(name)}`
    reader.problems.push(
      reader.yaml.problem(
        pointer,
        'name.duplicate',
        name,
        { vi: `tên "${name}" đã dùng cho ${by}`, en: `the name "${name}" is already taken` },
        undefined,
        'key',
      ),
    )
  }
}

function readOutcomes(reader: Reader, data: Data, variables: ReadonlyMap<string, Variable>): Outcomes {
  const known = (pointer: string, name: string) => knownVariable(reader, pointer, name, variables)
  const budget = (data.budget ?? []) as { variable: string; sign: string }[]
  const relevant = (data.relevant ?? []) as string[]
  for (const [i, { variable }] of budget.entries()) known(`/outcomes/budget${step(i)}/variable`, variable)
  for (const [i, name] of relevant.entries()) known(`/outcomes/relevant${step(i)}`, name)
  if (data.income !== undefined) known('/outcomes/income', data.income as string)
  return {
    income: (data.income as string | undefined) ?? null,
    budget,
    povertyLines: ((data.poverty_lines ?? []) as { id: string; feel: string }[]).map(({ id, feel }, i) => ({
      id,
      feel: reader.text(`/outcomes/poverty_lines${step(i)}/feel`, feel),
    })),
    relevant,
  }
}

function readInvariant(
  reader: Reader,
  pointer: string,
  data: Data,
  variables: ReadonlyMap<string, Variable>,
): Invariant {
  const increasing = data.increasing as [string, string] | undefined
  for (const [i, name] of (increasing ?? []).entries())
    knownVariable(reader, `${pointer}/increasing${step(i)}`, name, variables)
  return {
    id: data.id as string,
    increasing: increasing ?? null,
    feel: data.feel === undefined ? null : reader.text(`${pointer}/feel`, data.feel),
    severity: (data.severity as Invariant['severity'] | undefined) ?? 'error',
  }
}

function knownVariable(
  reader: Reader,
  pointer: string,
  name: string,
  variables: ReadonlyMap<string, Variable>,
): void {
  if (variables.has(name)) return
  reader.report(
    pointer,
    'name.unknown',
    name,
    { vi: `không có biến "${name}"`, en: `there is no variable "${name}"` },
    suggestion(name, variables.keys()),
  )
}
