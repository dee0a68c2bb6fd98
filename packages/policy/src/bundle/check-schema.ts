import { isDate } from '@nhip/calendar/civil-date'
import type { Message, Problem } from '@nhip/canonical/problem'
import { suggestion } from './nearest.ts'
import { step, type YamlFile } from './yaml-file.ts'

/** The part of JSON Schema in which `contract.ts` is written. */
export interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly description?: string
  readonly 'x-vi'?: string
}

/** Holds a file against its schema and says of each misfit where it is and what was wanted. */
export function checkSchema(yaml: YamlFile, schema: Schema, pointer = '', data = yaml.data): Problem[] {
  return new SchemaCheck(yaml).check(schema, data, pointer)
}

const NAMES: Readonly<Record<string, Message>> = {
  object: { vi: 'một nhóm khóa: giá trị', en: 'a mapping' },
  array: { vi: 'một danh sách', en: 'a list' },
  string: { vi: 'chữ', en: 'text' },
  number: { vi: 'số', en: 'a number' },
  integer: { vi: 'số nguyên', en: 'a whole number' },
  boolean: { vi: 'true hoặc false', en: 'true or false' },
  null: { vi: 'null', en: 'null' },
}

class SchemaCheck {
  readonly #yaml: YamlFile

  constructor(yaml: YamlFile) {
    this.#yaml = yaml
  }

  check(schema: Schema, data: unknown, pointer: string): Problem[] {
    if (schema.anyOf) return this.#union(schema, schema.anyOf, data, pointer)
    if (schema.const !== undefined) {
      return data === schema.const ? [] : [this.#oneOf([schema.const], data, pointer)]
    }
    if (schema.type !== undefined && !hasType(data, schema.type)) {
      const wanted = wantedBy(schema)
      return [
        this.#problem(pointer, 'schema.type', data, {
          vi: `${where(pointer)}cần ${wanted.vi}, ở đây là ${shown(data)}`,
          en: `${where(pointer)}wants ${wanted.en}, here is ${shown(data)}`,
        }),
      ]
    }
    switch (schema.type) {
      case 'object':
        return this.#object(schema, data as Record<string, unknown>, pointer)
      case 'array':
        return this.#array(schema, data as unknown[], pointer)
      case 'string':
        return this.#string(schema, data as string, pointer)
      case 'number':
      case 'integer': {
        const { minimum } = schema
        if (minimum === undefined || (data as number) >= minimum) return []
        return [
          this.#problem(pointer, 'schema.minimum', data, {
            vi: `${where(pointer)}nhỏ nhất là ${minimum}, ở đây là ${shown(data)}`,
            en: `${where(pointer)}is at least ${minimum}, here is ${shown(data)}`,
          }),
        ]
      }
      default:
        return []
    }
  }

  #object(schema: Schema, data: Record<string, unknown>, pointer: string): Problem[] {
    const problems: Problem[] = []
    const { properties = {}, patternProperties, required = [] } = schema
    for (const key of required) {
      if (Object.hasOwn(data, key)) continue
      problems.push(
        this.#problem(pointer, 'schema.required', undefined, {
          vi: `${where(pointer)}thiếu khóa "${key}"`,
          en: `${where(pointer)}lacks the key "${key}"`,
        }),
      )
    }
    const pattern = patternProperties && Object.entries(patternProperties)[0]
    for (const [key, value] of Object.entries(data)) {
      const below = pointer + step(key)
      const own = Object.hasOwn(properties, key) ? properties[key] : undefined
      if (own) problems.push(...this.check(own, value, below))
      else if (pattern && new RegExp(pattern[0], 'u').test(key))
        problems.push(...this.check(pattern[1], value, below))
      else if (pattern || schema.additionalProperties === false) {
        const hint = pattern
          ? { vi: 'tên chỉ gồm chữ, số và dấu _', en: 'a name has letters, digits and _ only' }
          : suggestion(key, Object.keys(properties))
        problems.push(
          this.#yaml.problem(
            below,
            'schema.additionalProperties',
            key,
            { vi: `không có khóa "${key}" ở đây`, en: `there is no key "${key}" here` },
            hint,
            'key',
          ),
        )
      }
    }
    const count = Object.keys(data).length
    if (count < (schema.minProperties ?? 0) || count > (schema.maxProperties ?? Number.POSITIVE_INFINITY)) {
      const wanted = wantedBy(schema)
      problems.push(
        this.#problem(pointer, 'schema.maxProperties', undefined, {
          vi: `${where(pointer)}cần ${wanted.vi}`,
          en: `${where(pointer)}wants ${wanted.en}`,
        }),
      )
    }
    return problems
  }

  #array(schema: Schema, data: readonly unknown[], pointer: string): Problem[] {
    const problems = data.flatMap((item, i) =>
      schema.items ? this.check(schema.items, item, pointer + step(i)) : [],
    )
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema
    if (data.length >= minItems && data.length <= maxItems) return problems
    const code = data.length < minItems ? 'schema.minItems' : 'schema.maxItems'
    const range = maxItems === Number.POSITIVE_INFINITY ? `≥ ${minItems}` : `${minItems}–${maxItems}`
    problems.push(
      this.#problem(pointer, code, String(data.length), {
        vi: `${where(pointer)}cần ${range} phần tử, ở đây có ${data.length}`,
        en: `${where(pointer)}wants ${range} items, here are ${data.length}`,
      }),
    )
    return problems
  }

  #string(schema: Schema, data: string, pointer: string): Problem[] {
    if (schema.format === 'date' && !isDate(data)) {
      return [
        this.#problem(
          pointer,
          'date.invalid',
          data,
          { vi: `"${data}" không phải là một ngày`, en: `"${data}" is not a date` },
          { vi: 'viết năm-tháng-ngày: 2026-07-01', en: 'write year-month-day: 2026-07-01' },
        ),
      ]
    }
    if (
      (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(data)) ||
      data.length < (schema.minLength ?? 0)
    ) {
      const wanted = wantedBy(schema)
      return [
        this.#problem(pointer, 'schema.pattern', data, {
          vi: `${where(pointer)}cần ${wanted.vi}, ở đây là "${data}"`,
          en: `${where(pointer)}wants ${wanted.en}, here is "${data}"`,
        }),
      ]
    }
    return []
  }

  #union(schema: Schema, branches: readonly Schema[], data: unknown, pointer: string): Problem[] {
    const constants = branches.map((branch) => branch.const)
    if (constants.every((value) => value !== undefined)) {
      return constants.some((value) => value === data) ? [] : [this.#oneOf(constants, data, pointer)]
    }
    let best: Problem[] | undefined
    for (const branch of branches) {
      const problems = this.check(branch, data, pointer)
      if (problems.length === 0) return []
      if (branch.type !== undefined && hasType(data, branch.type)) best ??= problems
    }
    if (best) return best
    const wanted = wantedBy(schema)
    return [
      this.#problem(pointer, 'schema.type', data, {
        vi: `${where(pointer)}cần ${wanted.vi}, ở đây là ${shown(data)}`,
        en: `${where(pointer)}wants ${wanted.en}, here is ${shown(data)}`,
      }),
    ]
  }

  #oneOf(constants: readonly unknown[], data: unknown, pointer: string): Problem {
    const list = constants.map(String)
    return this.#yaml.problem(
      pointer,
      'schema.enum',
      plain(data),
      {
        vi: `${where(pointer)}là một trong: ${list.join(', ')}; ở đây là ${shown(data)}`,
        en: `${where(pointer)}is one of: ${list.join(', ')}; here is ${shown(data)}`,
      },
      typeof data === 'string' && list.length > 1 ? suggestion(data, list) : undefined,
    )
  }

  #problem(pointer: string, code: string, data: unknown, message: Message, hint?: Message): Problem {
    return this.#yaml.problem(pointer, code, plain(data), message, hint)
  }
}

function hasType(data: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return typeof data === 'object' && data !== null && !Array.isArray(data)
    case 'array':
      return Array.isArray(data)
    case 'integer':
      return Number.isInteger(data)
    case 'null':
      return data === null
    default:
      return typeof data === type
  }
}

function wantedBy(schema: Schema): Message {
  if (schema['x-vi'] !== undefined) return { vi: schema['x-vi'], en: schema.description ?? '' }
  if (schema.anyOf) {
    const parts = schema.anyOf.map(wantedBy)
    return { vi: parts.map((p) => p.vi).join(' hoặc '), en: parts.map((p) => p.en).join(' or ') }
  }
  return NAMES[schema.type ?? ''] ?? { vi: 'giá trị khác', en: 'another value' }
}

/** The last names of the pointer, as the reader knows them. */
function where(pointer: string): string {
  if (pointer === '') return ''
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part))
  return `${parts.slice(-2).join(' › ')}: `
}

function plain(data: unknown): string | undefined {
  if (data === undefined || (typeof data === 'object' && data !== null)) return undefined
  return String(data)
}

function shown(data: unknown): string {
  if (Array.isArray(data)) return '[…]'
  if (typeof data === 'object' && data !== null) return '{…}'
  return typeof data === 'string' ? `"${data.length > 60 ? `${data.slice(0, 59)}…` : data}"` : String(data)
}
