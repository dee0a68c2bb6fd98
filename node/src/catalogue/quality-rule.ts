import { formatInstant } from '@nhip/calendar/instant'
import type { Problem } from '@nhip/canonical/problem'
import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { check } from '@nhip/feel/check'
import { compile } from '@nhip/feel/compile'
import { parse } from '@nhip/feel/parse'
import { parseDateTime } from '@nhip/feel/temporal'
import { BOOLEAN, conforms, DATE_TIME, type FeelType, NUMBER, STRING, typeText } from '@nhip/feel/types'
import { type FeelValue, fromData } from '@nhip/feel/values'
import { message } from '../http/language.ts'
import type { QualityRule } from './contract.ts'

/** What a quality rule may ask of a value. */
export interface JudgedValue {
  property: string
  breakdown: string
  entity: string
  entityType: string
  unit: string | null
  /** Epoch milliseconds. */
  from: number
  to: number | null
  value: number | null
  num?: number
  den?: number
  text?: string
  status: string
}

/** A rule that has been read: whether it is true of a value. Null, a wrong type and an error are "not true". */
export interface CompiledRule {
  rule: QualityRule
  fires(judged: JudgedValue): boolean
}

interface Name {
  type: FeelType
  read(judged: JudgedValue): FeelValue
}

/** The scope of a rule: the value itself and nothing beside it, so the same fact is judged alike whenever it comes. */
const names = new Map<string, Name>([
  ['value', { type: NUMBER, read: ({ value }) => fromData(value) }],
  ['numerator', { type: NUMBER, read: ({ num }) => fromData(num) }],
  ['denominator', { type: NUMBER, read: ({ den }) => fromData(den) }],
  ['text', { type: STRING, read: ({ text }) => text ?? null }],
  ['status', { type: STRING, read: ({ status }) => status }],
  ['property', { type: STRING, read: ({ property }) => property }],
  ['breakdown', { type: STRING, read: ({ breakdown }) => breakdown }],
  ['entity', { type: STRING, read: ({ entity }) => entity }],
  ['entityType', { type: STRING, read: ({ entityType }) => entityType }],
  ['unit', { type: STRING, read: ({ unit }) => unit }],
  ['at', { type: DATE_TIME, read: ({ from }) => instantValue(from) }],
  ['until', { type: DATE_TIME, read: ({ to }) => (to === null ? null : instantValue(to)) }],
])

/** A clock would make a rule true today and false tomorrow of one and the same value. */
const functions = BUILT_IN_NAMES.filter((name) => name !== 'now' && name !== 'today')
const typeOf = (name: string) => names.get(name)?.type
const scope = { names: [...names.keys()], functions, typeOf }

/** Reads, types and compiles the condition of a rule, or says what is wrong with it, at line and column. */
export function compileRule(rule: QualityRule): CompiledRule | Problem[] {
  const { ast, problems } = parse(rule.when, scope)
  if (problems.length > 0) return problems.map(asProblem)
  const checked = check(ast, { typeOf }, 'strict')
  if (checked.problems.length > 0) return checked.problems.map(asProblem)
  if (!conforms(checked.type, BOOLEAN))
    return [
      {
        severity: 'error',
        code: 'rule-not-boolean',
        line: 1,
        column: 1,
        value: rule.when.slice(0, 80),
        message: message('rule-not-boolean', { type: typeText(checked.type) }),
      },
    ]
  const program = compile(ast)
  const readers = program.inputs.map((name) => [name, names.get(name)!.read] as const)
  const only = rule.properties && new Set(rule.properties)
  return {
    rule,
    fires(judged) {
      if (only && !only.has(judged.property)) return false
      const inputs: Record<string, FeelValue> = {}
      for (const [name, read] of readers) inputs[name] = read(judged)
      return program.evaluate(inputs, { limits }).value === true
    },
  }
}

/** A door waits for every rule: one that needs more than this is not a quality rule. */
const limits = { steps: 20_000, text: 20_000 }

function instantValue(epoch: number): FeelValue {
  return parseDateTime(formatInstant(epoch))
}

function asProblem({
  severity: _severity,
  code,
  line,
  column,
  value,
  message: text,
  hint,
}: Problem): Problem {
  return {
    severity: 'error',
    code,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(value === undefined ? {} : { value }),
    message: text,
    ...(hint === undefined ? {} : { hint }),
  }
}
