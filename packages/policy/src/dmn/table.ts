import * as number from '@nhip/feel/number'
import type { Runtime } from '@nhip/feel/runtime'
import { ANY } from '@nhip/feel/types'
import { Context, compare, equal, type FeelValue, toText } from '@nhip/feel/values'
import { Environment, type Names } from './environment.ts'
import { type Code, compileText, type Surroundings } from './feel-text.ts'
import { conform, type ItemType, listedValues, tests } from './item-type.ts'
import type { DecisionTable, FeelText } from './model.ts'

interface Rule {
  conditions: Code[]
  outputs: Code[]
}

interface Output {
  name: string
  type: ItemType
  /** Values in order of priority. */
  order?: readonly FeelValue[]
  allows?: (value: FeelValue, runtime: Runtime) => boolean
  defaultEntry?: Code
}

/** Turns a decision table (DMN 1.5, chapter 8) into code. */
export function compileTable(table: DecisionTable, names: Names, around: Surroundings): Code {
  const inputs = table.inputs.map((input) => {
    const type = around.itemType(input.typeRef)
    return {
      code: compileText(input.expression, names, around),
      type,
      allows: input.values ? tests(input.values) : undefined,
    }
  })
  const outputs = table.outputs.map((output) => compileOutput(output, names, around))
  const rules: Rule[] = table.rules.map((rule) => ({
    conditions: inputs.map((input, i) => compileCell(rule.inputs[i], input.type, names, around)),
    outputs: outputs.map((_, i) => {
      const entry = rule.outputs[i]
      return entry && entry.text.trim() !== '' ? compileText(entry, names, around) : () => null
    }),
  }))

  const outputOf = (rule: Rule, environment: Environment, runtime: Runtime): FeelValue[] =>
    outputs.map((output, i) => {
      const value = conform((rule.outputs[i] as Code)(environment, runtime), output.type, runtime)
      if (value === null || output.allows?.(value, runtime) !== false) return value
      const shown = toText(value).slice(0, 200)
      return runtime.warnHost(
        'host.not-allowed',
        {
          vi: `kết quả ${shown} không nằm trong các giá trị cho phép`,
          en: `the output ${shown} is not among the allowed values`,
        },
        [shown],
      )
    })
  const asValue = (row: readonly FeelValue[]): FeelValue =>
    outputs.length === 1
      ? (row[0] ?? null)
      : new Context(new Map(outputs.map(({ name }, i) => [name, row[i] ?? null])))

  return (environment, runtime) => {
    const values: FeelValue[] = []
    for (const input of inputs) {
      const value = conform(input.code(environment, runtime), input.type, runtime)
      if (value !== null && input.allows?.(value, runtime) === false) {
        const shown = toText(value).slice(0, 200)
        return runtime.warnHost(
          'host.not-allowed',
          {
            vi: `giá trị vào ${shown} không nằm trong các giá trị cho phép`,
            en: `the input ${shown} is not among the allowed values`,
          },
          [shown],
        )
      }
      values.push(value)
    }
    const cells = values.map((value) => new Environment(environment, [['?', value]]))
    const matches = (rule: Rule) =>
      rule.conditions.every((condition, i) => condition(cells[i] as Environment, runtime) === true)
    const single = table.hitPolicy === 'FIRST'
    const hits: Rule[] = []
    for (const rule of rules) {
      runtime.spend(1)
      if (!matches(rule)) continue
      hits.push(rule)
      if (single) break
    }
    around.matched(
      runtime,
      hits.map((rule) => rules.indexOf(rule) + 1),
    )
    if (hits.length === 0) {
      return outputs.some((output) => output.defaultEntry)
        ? asValue(
            outputs.map((output) =>
              conform(output.defaultEntry?.(environment, runtime) ?? null, output.type, runtime),
            ),
          )
        : null
    }
    const rows = hits.map((rule) => outputOf(rule, environment, runtime))
    return decide(table, outputs, rows, asValue, runtime)
  }
}

function compileOutput(output: DecisionTable['outputs'][number], names: Names, around: Surroundings): Output {
  const type = around.itemType(output.typeRef)
  const listed = output.values ?? type.allowedValues
  const order = listed && listedValues(listed)
  return {
    name: output.name ?? '',
    type,
    ...(order ? { order } : {}),
    ...(output.values ? { allows: tests(output.values) } : {}),
    ...(output.defaultEntry ? { defaultEntry: compileText(output.defaultEntry, names, around) } : {}),
  }
}

function compileCell(entry: FeelText | undefined, type: ItemType, names: Names, around: Surroundings): Code {
  const text = entry?.text.trim() ?? ''
  if (!entry || text === '' || text === '-') return () => true
  return compileText(entry, names, around, type.type ?? ANY)
}

function decide(
  table: DecisionTable,
  outputs: readonly Output[],
  rows: readonly FeelValue[][],
  asValue: (row: readonly FeelValue[]) => FeelValue,
  runtime: Runtime,
): FeelValue {
  const [first = []] = rows
  switch (table.hitPolicy) {
    case 'UNIQUE':
      return rows.length === 1 ? asValue(first) : conflict(runtime, 'UNIQUE', rows.length)
    case 'ANY': {
      const value = asValue(first)
      return rows.every((row) => equal(asValue(row), value) === true)
        ? value
        : conflict(runtime, 'ANY', rows.length)
    }
    case 'FIRST':
      return asValue(first)
    case 'PRIORITY':
      return asValue(byPriority(outputs, rows)[0] ?? [])
    case 'OUTPUT ORDER':
      return byPriority(outputs, rows).map(asValue)
    case 'RULE ORDER':
      return rows.map(asValue)
    case 'COLLECT':
      return table.aggregation ? aggregate(table.aggregation, rows.map(asValue), runtime) : rows.map(asValue)
  }
}

function conflict(runtime: Runtime, policy: string, hits: number): null {
  return runtime.warnHost(
    'host.hit-policy',
    {
      vi: `${hits} dòng cùng khớp, trái với quy tắc ${policy}`,
      en: `${hits} rules match, against the hit policy ${policy}`,
    },
    [policy, String(hits)],
  )
}

/** By the order of the output values, column by column; equal rows keep their order. */
function byPriority(outputs: readonly Output[], rows: readonly FeelValue[][]): FeelValue[][] {
  const rank = (column: number, value: FeelValue) => {
    const at = outputs[column]?.order?.findIndex((listed) => equal(listed, value) === true) ?? -1
    return at < 0 ? Number.MAX_SAFE_INTEGER : at
  }
  return [...rows].sort((a, b) => {
    for (let column = 0; column < outputs.length; column++) {
      const difference = rank(column, a[column] ?? null) - rank(column, b[column] ?? null)
      if (difference !== 0) return difference
    }
    return 0
  })
}

function aggregate(
  kind: NonNullable<DecisionTable['aggregation']>,
  values: readonly FeelValue[],
  runtime: Runtime,
): FeelValue {
  if (kind === 'COUNT') return number.int(values.length)
  if (kind === 'SUM') {
    let sum: number.Num | null = number.ZERO
    for (const value of values) {
      if (!(value instanceof number.Num) || sum === null)
        return runtime.warn('call.value', kind, toText(value))
      sum = number.add(sum, value)
    }
    return sum
  }
  let best = values[0] ?? null
  for (const value of values.slice(1)) {
    const order = compare(value, best)
    if (order === null) return runtime.warn('call.value', kind, toText(value))
    if (kind === 'MIN' ? order < 0 : order > 0) best = value
  }
  return best
}
