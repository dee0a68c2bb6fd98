import { parse } from 'yaml'
import { type MeasureProblem, say } from '../problem.ts'
import type { UnitRow } from './cube.ts'
import type { ItemDefinition } from './definition.ts'

/**
 * Reads a file of definitions: YAML with `items` (a list of definitions, of each at least its `code`) and `units` (`code,
 * parent, level, opens, closes`), both optional.
 */
export function loadDefinitions(
  text: string,
  file?: string,
): { items: ItemDefinition[]; units: UnitRow[]; problems: MeasureProblem[] } {
  const problems: MeasureProblem[] = []
  const tell = (path: string, message: MeasureProblem['message']): void => {
    problems.push({
      severity: 'error',
      code: 'schema',
      ...(file === undefined ? {} : { file }),
      path,
      message,
    })
  }
  let read: unknown
  try {
    read = parse(text)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    tell('', say(`không đọc được YAML: ${words}`, `the YAML cannot be read: ${words}`))
  }
  const list = <T extends { code: string }>(key: 'items' | 'units'): T[] => {
    const rows = (read as Record<string, unknown> | null | undefined)?.[key]
    if (rows === undefined) return []
    if (!Array.isArray(rows)) {
      tell(key, say(`"${key}" phải là danh sách`, `"${key}" must be a list`))
      return []
    }
    return rows.filter((row, i) => {
      const sound = typeof (row as { code?: unknown } | null)?.code === 'string'
      if (!sound) tell(`${key}[${i}]`, say('mỗi mục cần "code" là chuỗi', 'an entry needs a text "code"'))
      return sound
    }) as T[]
  }
  return { items: list<ItemDefinition>('items'), units: list<UnitRow>('units'), problems }
}
