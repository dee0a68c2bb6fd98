import type { Problem } from '@nhip/canonical/problem'
import type { BundleModel } from '../bundle/model.ts'
import { memoryOf } from '../population/memory.ts'
import type { Cells, ColumnData, Population } from '../population/population.ts'
import { groupOf } from './request.ts'

/** A population whose columns mean what a bundle means by them. */
export interface BoundPopulation {
  readonly population: Population
  /** Columns that are variables of the bundle. */
  readonly used: readonly string[]
}

/**
 * Fits the codes of a population to the enumerations and roles of a bundle. A column of a variable's name with another entity, type or
 * scale, or with a word the bundle does not know, is a problem.
 */
export function bindPopulation(
  population: Population,
  model: BundleModel,
): { bound: BoundPopulation | undefined; problems: Problem[] } {
  const problems: Problem[] = []
  const group = groupOf(model)
  const columns: Record<string, ColumnData> = { ...population.columns }
  const used: string[] = []
  const misfit = (name: string, value: string, vi: string, en: string): void => {
    problems.push({
      severity: 'error',
      code: 'population.column',
      path: name,
      value,
      message: { vi: `cột "${name}" của dân số: ${vi}`, en: `column "${name}" of the population: ${en}` },
    })
  }
  for (const column of population.manifest.columns) {
    const { name, entity } = column
    const cells = columns[name]
    if (cells === undefined) continue
    const isRole = name === 'role' && entity === 'person'
    const variable = model.variables.get(name)
    if (!isRole && variable === undefined) continue
    if (variable) {
      const wanted = variable.entity === model.person.key ? 'person' : 'household'
      const scale = column.scale ?? 0
      if (variable.entity !== model.person.key && variable.entity !== group.key) continue
      if (wanted !== entity) {
        misfit(
          name,
          entity,
          `của ${entity}, biến là của ${wanted}`,
          `is of the ${entity}, the variable of the ${wanted}`,
        )
        continue
      }
      if (column.enum ? !model.enums.has(variable.type) : column.type !== variable.type) {
        misfit(
          name,
          column.type,
          `kiểu ${column.type}, biến có kiểu ${variable.type}`,
          `has type ${column.type}, the variable ${variable.type}`,
        )
        continue
      }
      if (variable.type === 'number' && scale !== (variable.scale ?? 0)) {
        misfit(
          name,
          String(scale),
          `có ${scale} chữ số thập phân, biến có ${variable.scale ?? 0}`,
          `has ${scale} decimals, the variable ${variable.scale ?? 0}`,
        )
        continue
      }
      used.push(name)
    }
    if (!column.enum) continue
    const words = isRole ? group.roles.map(({ key }) => key) : (model.enums.get(variable?.type ?? '') ?? [])
    const codes = column.enum.map((word) => words.indexOf(word))
    const strange = column.enum.filter((_, i) => codes[i] === -1)
    const occurring =
      strange.length === 0
        ? []
        : strange.filter((word) => cells.data.includes(column.enum?.indexOf(word) as never))
    if (occurring.length > 0) {
      misfit(
        name,
        occurring.join(', '),
        `gói không có "${occurring.join('", "')}"`,
        `the bundle does not know "${occurring.join('", "')}"`,
      )
      continue
    }
    if (codes.every((code, i) => code === i)) continue
    columns[name] = { ...cells, data: recoded(cells.data, codes) }
  }
  return {
    bound: problems.length === 0 ? { population: { ...population, columns }, used } : undefined,
    problems,
  }
}

function recoded(data: Cells, codes: readonly number[]): Cells {
  const Kind = data.constructor as new (buffer: ArrayBufferLike) => Cells
  const out = new Kind(memoryOf(data.byteLength))
  for (let i = 0; i < data.length; i++) out[i] = Math.max(0, codes[data[i] as number] ?? 0)
  return out
}
