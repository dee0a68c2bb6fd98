import { civilFromDays } from '@nhip/calendar/civil-date'
import { partsOf, type TilingKind } from '@nhip/calendar/period'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { LocalDate } from '@nhip/feel/temporal'
import type { FeelValue } from '@nhip/feel/values'
import type { Variable } from '../bundle/model.ts'
import { periodFrom } from '../interpret/period-text.ts'
import type { Policy } from '../interpret/policy.ts'
import { ETERNITY, type Group, keyOf, type Situation } from '../interpret/situation.ts'
import type { PopulationChunk } from '../population/population.ts'
import type { Evaluator, EvaluatorOptions, OutputColumn } from './evaluator.ts'
import { groupOf } from './request.ts'

/**
 * The oracle among the back ends: each household is a situation for the interpreter, which runs the source of the law. Some thousand
 * households a second.
 */
export function interpreterEvaluator(
  laws: readonly { readonly prefix: string; readonly policy: Policy }[],
  { period: text, outputs, available }: EvaluatorOptions,
): Evaluator {
  const period = periodFrom(text)
  const model = (laws[0] as (typeof laws)[number]).policy.program.model
  const group = groupOf(model)
  const inputs = [...available].flatMap((name) => {
    const variable = model.variables.get(name)
    return variable ? [{ variable, periods: periodsFor(variable, text) }] : []
  })
  return {
    inputs: [...available],
    run(chunk) {
      const columns: Record<
        string,
        { level: 'person' | 'household'; data: Float64Array; valid: Uint8Array }
      > = {}
      for (const { prefix, policy } of laws) {
        for (const name of outputs) {
          const { variable } = policy.program.variables.get(name) as { variable: Variable }
          const level = variable.entity === model.person.key ? 'person' : 'household'
          const rows = level === 'person' ? chunk.persons : chunk.households
          columns[prefix + name] = {
            level,
            data: new Float64Array(rows),
            valid: new Uint8Array(rows).fill(1),
          }
        }
      }
      for (let h = 0; h < chunk.households; h++) {
        const situation = situationOf(chunk, h)
        for (const { prefix, policy } of laws) {
          const run = policy.case(situation)
          for (const name of outputs) {
            const { variable } = policy.program.variables.get(name) as { variable: Variable }
            const column = columns[prefix + name] as (typeof columns)[string]
            const at = variable.period === ETERNITY ? ETERNITY : text
            const put = (row: number, id: string): void => {
              const value = codeOf(run.value(name, id, at).value, variable)
              if (value === null) column.valid[row] = 0
              else column.data[row] = value
            }
            if (column.level === 'household') put(h, 'h')
            else
              for (let p = chunk.first[h] as number; p < (chunk.first[h + 1] as number); p++) put(p, `p${p}`)
          }
        }
      }
      return columns as Record<string, OutputColumn>
    },
  }

  function situationOf(chunk: PopulationChunk, h: number): Situation {
    const begin = chunk.first[h] as number
    const end = chunk.first[h + 1] as number
    const role = chunk.columns.role?.data
    const position = chunk.columns.position?.data
    const persons: string[] = []
    const members: Group['members'][number][] = []
    for (let p = begin; p < end; p++) {
      persons.push(`p${p}`)
      members.push({
        person: `p${p}`,
        role: group.roles[role?.[p] ?? 0]?.key ?? '',
        position: position?.[p] ?? p - begin + 1,
      })
    }
    const given = new Map<string, FeelValue>()
    for (const { variable, periods } of inputs) {
      const column = chunk.columns[variable.name]
      if (column === undefined) continue
      const own = variable.entity === model.person.key
      for (let row = own ? begin : h; row < (own ? end : h + 1); row++) {
        const value = column.valid?.[row] === 0 ? null : feelOf(column.data[row] as number, variable)
        for (const at of periods) given.set(keyOf(variable.name, own ? `p${row}` : 'h', at), value)
      }
    }
    return {
      period,
      persons,
      groups: new Map(model.groups.map((g) => [g.key, g === group ? [{ id: 'h', members }] : []])),
      given,
      requests: [],
      start: period.start,
    }
  }

  function feelOf(value: number, variable: Variable): FeelValue {
    switch (variable.type) {
      case 'number':
        return scaled(value, variable.scale ?? 0)
      case 'boolean':
        return value === 1
      case 'date': {
        const { year, month, day } = civilFromDays(value)
        return new LocalDate(year, month, day)
      }
      default:
        return model.enums.get(variable.type)?.[value] ?? null
    }
  }

  function codeOf(value: FeelValue, variable: Variable): number | null {
    if (value === null) return null
    if (value instanceof Num) {
      const unit = number.multiply(value, number.int(10 ** (variable.scale ?? 0)))
      return unit === null ? null : Number(number.toText(unit))
    }
    if (typeof value === 'boolean') return value ? 1 : 0
    if (value instanceof LocalDate) return value.epochDay
    const code = typeof value === 'string' ? (model.enums.get(variable.type)?.indexOf(value) ?? -1) : -1
    return code < 0 ? null : code
  }
}

function scaled(value: number, scale: number): Num | null {
  const whole = number.int(value)
  return scale === 0 ? whole : number.divide(whole, number.int(10 ** scale))
}

/** A population speaks of the run's period; a longer run repeats it in each of its parts. */
function periodsFor(variable: Variable, text: string): string[] {
  if (variable.period === ETERNITY) return [ETERNITY]
  const period = periodFrom(text)
  if (variable.period === period.kind) return [text]
  try {
    return partsOf(period, variable.period as TilingKind).map((part) => part.text)
  } catch {
    return []
  }
}
