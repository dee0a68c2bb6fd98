import type { CivilDate } from '@nhip/calendar/civil-date'
import { isPeriod } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import type { Num } from '@nhip/feel/number'
import type { FeelValue } from '@nhip/feel/values'
import type { Place } from '../dmn/model.ts'
import { checkSchema, type Schema } from './check-schema.ts'
import { testSchema } from './contract.ts'
import { Reader } from './reader.ts'
import { step, type YamlFile } from './yaml-file.ts'

/** One golden case of `tests/*.yaml`: a situation, the law of a period, and what must come out. */
export interface PolicyTest {
  readonly file: string
  readonly name: string
  readonly period: string
  readonly asKnown: CivilDate | null
  readonly reforms: readonly string[]
  readonly parameters: ReadonlyMap<string, FeelValue>
  readonly tolerance: Num | null
  readonly yaml: YamlFile
  /** JSON pointers of `input` and `output` in the file. */
  readonly input: string
  readonly output: string
  readonly place: Place
}

type Data = Record<string, unknown>

/** Reads one file of `tests/`: one case or a list. */
export function readTests(yaml: YamlFile, problems: Problem[]): PolicyTest[] {
  const isList = Array.isArray(yaml.data)
  const items = isList ? (yaml.data as unknown[]) : [yaml.data]
  const [one] = (testSchema as unknown as Schema).anyOf as readonly [Schema, Schema]
  const reader = new Reader(yaml, new Map(), problems)
  return items.flatMap((item, i) => {
    const pointer = isList ? step(i) : ''
    const misfits = checkSchema(yaml, one, pointer, item)
    problems.push(...misfits)
    if (misfits.some((problem) => problem.code !== 'schema.additionalProperties')) return []
    const data = item as Data
    const period = yaml.source(`${pointer}/period`) ?? String(data.period)
    if (!isPeriod(period)) {
      reader.report(
        `${pointer}/period`,
        'date.invalid',
        period,
        { vi: `"${period}" không phải là một kỳ`, en: `"${period}" is not a period` },
        { vi: 'ví dụ 2026, 2026-Q3, 2026-07', en: 'such as 2026, 2026-Q3, 2026-07' },
      )
      return []
    }
    const { reform } = data
    const parameters = Object.entries((data.parameters ?? {}) as Data).map(
      ([path, value]) => [path, reader.value(`${pointer}/parameters${step(path)}`, value)] as const,
    )
    return [
      {
        file: yaml.file,
        name: data.name as string,
        period,
        asKnown: (data.as_known as string | undefined) ?? null,
        reforms:
          reform === undefined ? [] : Array.isArray(reform) ? (reform as string[]) : [reform as string],
        parameters: new Map(parameters),
        tolerance: yaml.number(`${pointer}/tolerance`),
        yaml,
        input: `${pointer}/input`,
        output: `${pointer}/output`,
        place: yaml.place(pointer),
      },
    ]
  })
}
