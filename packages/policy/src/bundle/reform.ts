import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Message, Problem } from '@nhip/canonical/problem'
import type { Num } from '@nhip/feel/number'
import type { Place } from '../dmn/model.ts'
import { checkSchema, type Schema } from './check-schema.ts'
import { reformSchema } from './contract.ts'
import type { Bracket, BundleModel, DatedValue, Formula, FormulaText, Source, Variable } from './model.ts'
import { numericReason } from './numeric.ts'
import { readBracket } from './read-parameter.ts'
import { checkVariable, type PolicyPart, readSources } from './read-policy.ts'
import { NOTHING_SHARED, Reader } from './reader.ts'
import { step, type YamlFile } from './yaml-file.ts'

/** One change to a bundle, with the place at which it is written. */
export type Patch = { readonly place: Place } & (
  | { readonly kind: 'set-parameter'; readonly path: string; readonly values: readonly DatedValue[] }
  | {
      readonly kind: 'adjust-parameter'
      readonly path: string
      readonly add: Num | null
      readonly multiply: Num | null
    }
  /** No bracket where the path is no scale: then the patch hits nothing. */
  | { readonly kind: 'add-bracket'; readonly path: string; readonly bracket: Bracket | null }
  | { readonly kind: 'remove-bracket'; readonly path: string; readonly bracket: number }
  | { readonly kind: 'add-variable'; readonly variable: Variable }
  | { readonly kind: 'replace-formula'; readonly variable: string; readonly formula: Formula }
  | { readonly kind: 'neutralise'; readonly variable: string }
  | { readonly kind: 'replace-decision'; readonly decision: string; readonly with: FormulaText }
  | {
      readonly kind: 'replace-rule'
      readonly table: string
      readonly rule: number
      readonly cells: readonly FormulaText[]
    }
  | {
      readonly kind: 'add-rule'
      readonly table: string
      readonly at: number | null
      readonly cells: readonly FormulaText[]
    }
  | { readonly kind: 'remove-rule'; readonly table: string; readonly rule: number }
)

export interface ReformFile {
  readonly id: string
  readonly title: Message
  readonly from: CivilDate
  readonly file: string
  /** Sources that the reform brings beside the bundle's. */
  readonly sources: ReadonlyMap<string, Source>
  readonly patches: readonly Patch[]
}

type Data = Record<string, unknown>

/** What a reform is read against: the frame of its bundle, and the parameters whose values it may set. */
export type ReformTarget = PolicyPart & Pick<BundleModel, 'parameters'>

/** Reads one file of `reforms/`. */
export function readReform(
  yaml: YamlFile,
  policy: ReformTarget,
  problems: Problem[],
): ReformFile | undefined {
  const misfits = checkSchema(yaml, reformSchema as unknown as Schema)
  problems.push(...misfits)
  if (misfits.some((problem) => problem.code !== 'schema.additionalProperties')) return undefined
  const data = yaml.data as Data
  const own = readSources((data.sources ?? {}) as Record<string, Data>)
  const reader = new Reader(yaml, new Map([...policy.sources, ...own]), problems)
  const base = data.base as string | undefined
  if (base !== undefined && base !== policy.id) {
    reader.report('/base', 'name.unknown', base, {
      vi: `cải cách này dành cho gói "${base}", không phải "${policy.id}"`,
      en: `this reform is for the bundle "${base}", not "${policy.id}"`,
    })
  }
  return {
    id: data.id as string,
    title: reader.title(data.title, data.id as string),
    from: data.from as string,
    file: yaml.file,
    sources: own,
    patches: (data.patches as Record<string, Data>[]).flatMap((patch, i) => {
      const [entry] = Object.entries(patch)
      return entry
        ? [readPatch(reader, `/patches${step(i)}${step(entry[0])}`, entry[0], entry[1], policy)]
        : []
    }),
  }
}

function readPatch(reader: Reader, pointer: string, kind: string, data: Data, policy: ReformTarget): Patch {
  const { yaml } = reader
  const place = yaml.keyPlace(pointer)
  const cells = () =>
    (data.cells as unknown[]).map((cell, i) => cellText(reader, `${pointer}/cells${step(i)}`, cell))
  switch (kind) {
    case 'set-parameter':
      return {
        kind,
        place,
        path: data.path as string,
        values: reader.dated(
          `${pointer}/values`,
          data.values as unknown[],
          NOTHING_SHARED,
          numericReason(policy.parameters, data.path as string),
        ),
      }
    case 'adjust-parameter':
      if ((data.add === undefined) === (data.multiply === undefined)) {
        reader.report(pointer, 'schema.oneOf', undefined, {
          vi: 'adjust-parameter cần đúng một trong hai: add hoặc multiply',
          en: 'adjust-parameter wants either add or multiply',
        })
      }
      return {
        kind,
        place,
        path: data.path as string,
        add: yaml.number(`${pointer}/add`),
        multiply: yaml.number(`${pointer}/multiply`),
      }
    case 'add-bracket': {
      const path = data.path as string
      const scale = policy.parameters.get(path)?.kind ?? 'value'
      return {
        kind,
        place,
        path,
        bracket:
          scale === 'value'
            ? null
            : readBracket(reader, `${pointer}/bracket`, data.bracket as Data, scale, NOTHING_SHARED),
      }
    }
    case 'remove-bracket':
      return { kind, place, path: data.path as string, bracket: data.bracket as number }
    case 'add-variable': {
      const name = data.name as string
      const variable = reader.variable(`${pointer}/variable`, name, data.variable as Data)
      checkVariable(reader, `${pointer}/variable`, variable, [policy.person, ...policy.groups], policy.enums)
      return { kind, place, variable }
    }
    case 'replace-formula': {
      const variable = data.variable as string
      return {
        kind,
        place,
        variable,
        formula: reader.formula(`${pointer}/formula`, data.formula as Data, variable),
      }
    }
    case 'replace-decision':
      return {
        kind,
        place,
        decision: data.decision as string,
        with: reader.text(`${pointer}/with`, data.with),
      }
    case 'replace-rule':
      return { kind, place, table: data.table as string, rule: data.rule as number, cells: cells() }
    case 'add-rule':
      return {
        kind,
        place,
        table: data.table as string,
        at: (data.at as number | undefined) ?? null,
        cells: cells(),
      }
    case 'remove-rule':
      return { kind, place, table: data.table as string, rule: data.rule as number }
    default:
      return { kind: 'neutralise', place, variable: data.variable as string }
  }
}

/** A cell is FEEL text; a number or boolean written bare is that literal. */
function cellText(reader: Reader, pointer: string, cell: unknown): FormulaText {
  return reader.text(
    pointer,
    typeof cell === 'number' ? (reader.yaml.source(pointer) ?? cell) : cell === null ? '-' : cell,
  )
}
