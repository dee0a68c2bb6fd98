import type { Period } from '@nhip/calendar/period'
import { lastDay, lengthInDays } from '@nhip/calendar/period'
import { guarded } from '@nhip/feel/compile'
import { fit } from '@nhip/feel/function'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { Runtime } from '@nhip/feel/runtime'
import { dateOfEpochDay, LocalDate, parseDate } from '@nhip/feel/temporal'
import type { FeelType } from '@nhip/feel/types'
import { Context, type FeelValue } from '@nhip/feel/values'
import type { Variable } from '../bundle/model.ts'
import type { CompiledText } from '../interpret/compile-formula.ts'
import type { Policy } from '../interpret/policy.ts'
import type { CompiledFormula } from '../interpret/program.ts'
import type { Access } from '../interpret/rewrite.ts'
import { typeOfVariable } from '../interpret/types.ts'
import type { Expressions } from './expression.ts'
import { BOOLEAN, codeType, DATE, decimalText } from './graph.ts'
import type { IrType, Memo, NumberType } from './node.ts'
import type { Value } from './value.ts'

/** Beyond this nobody's money goes; the interpreter's result is held against it. */
const WIDE = 10n ** 60n
const WIDE_NUMBER: NumberType = {
  kind: 'number',
  form: 'decimal',
  scale: 20,
  min: -WIDE,
  max: WIDE,
  finite: false,
}

/** Distinct tuples that are remembered; beyond it the interpreter is asked every time. */
const REMEMBERED = 100_000

/**
 * A whole formula that stays with the interpreter, asked once for each distinct tuple of what it reads. Undefined when
 * it reads members, whose tuples have no bound, or gives text that no enumeration lists.
 */
export function memoOf(
  variable: Variable,
  formula: CompiledFormula,
  policy: Policy,
  read: (access: Access, code: CompiledText) => Value,
  { graph, values }: Expressions,
  at: { readonly number: number; readonly day: string; readonly period: Period | null },
): { memo: Memo; node: number } | undefined {
  const { model } = policy.program
  const words = model.enums.get(variable.type)
  const type: IrType | undefined =
    variable.type === 'number'
      ? WIDE_NUMBER
      : variable.type === 'boolean'
        ? BOOLEAN
        : variable.type === 'date'
          ? DATE
          : words && codeType(words)
  const codes =
    formula.feel !== null ? [formula.feel] : (formula.decision?.inputs.map(({ code }) => code) ?? [])
  const all = codes.flatMap((code) => code.inputs.map((access) => ({ access, code })))
  if (type === undefined || all.some(({ access }) => access === undefined || access.from === 'members'))
    return undefined
  // Each distinct name is an argument once; constants of the period are none.
  const places = new Map<string, number>()
  const args: number[] = []
  for (const { access, code } of all) {
    if (access === undefined || FIXED.has(access.from) || places.has(access.name)) continue
    const id = values.scalar(read(access, code))
    if (id === undefined) return undefined
    places.set(access.name, args.push(id) - 1)
  }
  const types = args.map((id) => graph.type(id))
  const heldBy = (access: Access, given: readonly FeelValue[]): FeelValue => {
    const place = places.get(access.name)
    if (place !== undefined) return given[place] ?? null
    if (access.from === 'parameter') return policy.parameters.at(access.path, at.day).value
    if (access.from === 'folder')
      return policy.parameters.folder(policy.program.folder(access.path) ?? new Map(), at.day)
    return at.period && periodContext(at.period)
  }
  const runCode = (code: CompiledText, given: readonly FeelValue[], runtime: Runtime) =>
    code.program.run(
      code.inputs.map((access) => (access === undefined ? undefined : heldBy(access, given))),
      runtime,
    )
  const declared: FeelType = typeOfVariable(variable, model)
  const work = (encoded: readonly unknown[]): number | object | null => {
    const given = encoded.map((value, i) => decoded(value, types[i] as IrType))
    const runtime = new Runtime()
    const value = guarded(runtime, () => {
      if (formula.feel !== null) return runCode(formula.feel, given, runtime)
      const { decision } = formula
      if (decision === null) return null
      const entries = decision.inputs.map(({ name, code }) => [name, runCode(code, given, runtime)] as const)
      return decision.engine.evaluate(decision.name, new Context(new Map(entries))).value
    })
    return encode(value === null ? null : fit(value, declared, runtime), words)
  }
  const node = graph.add({ op: 'memo', args, memo: at.number }, type, true)
  const text = formula.feel?.text.text ?? formula.decision?.name ?? ''
  return { memo: { expression: text, types, run: remembered(work) }, node }
}

const FIXED: ReadonlySet<Access['from']> = new Set<Access['from']>(['parameter', 'folder', 'period'])

function remembered(work: Memo['run']): Memo['run'] {
  const known = new Map<string, number | object | null>()
  return (values) => {
    const key = values.map(String).join('|')
    let result = known.get(key)
    if (result === undefined) {
      result = work(values)
      if (known.size < REMEMBERED) known.set(key, result)
    }
    return result
  }
}

/** What a kernel holds, as FEEL means it. */
export function decoded(value: unknown, type: IrType): FeelValue {
  if (value === null || value instanceof Num) return value
  const n = Number(value)
  switch (type.kind) {
    case 'number':
      if (type.form === 'double') return number.fromDouble(n)
      return number.parseNumber(decimalText(typeof value === 'bigint' ? value : BigInt(n), type.scale))
    case 'boolean':
      return n === 1
    case 'date':
      return dateOfEpochDay(n)
    case 'code':
      return type.values[n] ?? null
  }
}

function encode(value: FeelValue, words: readonly string[] | undefined): number | object | null {
  if (value === null) return null
  if (value instanceof Num) {
    const whole = number.toBigInt(value)
    if (whole === null || whole > WIDE || whole < -WIDE)
      throw new RangeError(`${value} is too large for a memo`)
    return value
  }
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof LocalDate) return value.epochDay
  const at = words?.indexOf(String(value)) ?? -1
  if (at < 0) throw new RangeError(`"${String(value)}" is not in the enumeration`)
  return at
}

function periodContext(period: Period): Context {
  return Context.of({
    start: parseDate(period.start),
    end: parseDate(lastDay(period)),
    days: number.int(lengthInDays(period)),
  })
}
