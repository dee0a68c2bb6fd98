import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'
import { type Num, parseNumber } from '@nhip/feel/number'
import type { Bundle } from '../bundle/bundle.ts'
import { loadBundle } from '../bundle/load.ts'
import type { BundleModel, FormulaText, PeriodSize, Variable } from '../bundle/model.ts'
import { type Patch, type ReformFile, readReform } from '../bundle/reform.ts'
import { readYaml } from '../bundle/yaml-file.ts'
import type { Policy } from '../interpret/policy.ts'

/** A reform by its id in the bundle, or the text of a file. */
export type ReformSource = { readonly id: string } | { readonly file: string; readonly text: string }

/** A change of a household's income counts when it is at least both of these. */
export interface Threshold {
  /** In units of money a period. */
  readonly amount: number
  /** Of the income before. */
  readonly percent: number
}

/** What the command line, the node and the page take where nobody says otherwise. */
export const DEFAULT_THRESHOLD: Threshold = { amount: 1_000, percent: 1 }

/** A small change to one parameter, for trying out what it does. */
export interface Nudge {
  /** `tax.self_deduction`, `tax.scale.brackets[2].rate`. */
  readonly path: string
  /** What is added, as a decimal. */
  readonly add: string
  readonly from: CivilDate
}

/** One law as plain data, so that a worker thread can open it for itself. */
export interface LawSource {
  readonly files: ReadonlyMap<string, string>
  readonly reforms: readonly ReformSource[]
  readonly nudge?: Nudge
  /** Laid on last: invariants written in FEEL. */
  readonly extras?: readonly ExtraVariable[]
  /** A row of a decision table that is left out: `{table: "file.dmn#id", rule: 3}`. */
  readonly without?: { readonly table: string; readonly rule: number; readonly from: CivilDate }
}

/** An expression that is worked out beside the law's variables, as one more of them. */
export interface ExtraVariable {
  readonly name: string
  readonly entity: string
  readonly type: 'number' | 'boolean'
  readonly period: PeriodSize
  readonly feel: FormulaText
}

export interface OpenLaw {
  readonly bundle: Bundle
  readonly policy: Policy
}

/** Loads a law. Undefined when the bundle or a reform cannot be used; then the problems say why. */
export function openLaw(
  { files, reforms, nudge, without, extras = [] }: LawSource,
  asKnown: CivilDate | null,
  loaded = loadBundle(files),
): { law: OpenLaw | undefined; problems: Problem[] } {
  const problems: Problem[] = [...loaded.problems]
  const { bundle } = loaded
  if (bundle === undefined) return { law: undefined, problems }
  const wanted: (string | ReformFile)[] = []
  for (const source of reforms) {
    if ('id' in source) {
      wanted.push(source.id)
      continue
    }
    const { yaml, problems: misread } = readYaml(source.text, source.file)
    problems.push(...misread)
    const read = yaml && readReform(yaml, bundle.model, problems)
    if (read) wanted.push(read)
  }
  if (nudge) wanted.push(nudgeOf(nudge))
  if (without) {
    const { table, rule, from } = without
    wanted.push(patchOf('without-rule', from, { kind: 'remove-rule', table, rule, place: NOWHERE }))
  }
  for (const extra of extras) wanted.push(extraVariable(extra))
  const laid = bundle.withReforms(wanted)
  problems.push(...laid.problems)
  if (problems.some(({ severity }) => severity === 'error')) return { law: undefined, problems }
  return { law: { bundle: laid.bundle, policy: laid.bundle.at({ asKnown }) }, problems }
}

const NOWHERE = { file: '', line: 1, column: 1 }

function patchOf(id: string, from: CivilDate, patch: Patch): ReformFile {
  return { id, title: { vi: id, en: id }, from, file: '', sources: new Map(), patches: [patch] }
}

/** A reform that adds one variable, computed by an expression that needs no article: it is a question, not a rule. */
export function extraVariable({ name, entity, type, period, feel }: ExtraVariable): ReformFile {
  const variable: Variable = {
    name,
    entity,
    type,
    uom: null,
    scale: null,
    min: null,
    max: null,
    nullable: true,
    period,
    default: undefined,
    title: { vi: name, en: name },
    formulas: [
      {
        from: null,
        to: null,
        feel,
        decision: null,
        reference: null,
        basis: 'identity',
        certainty: null,
        place: feel.place,
      },
    ],
    approximate: false,
    neutralised: false,
    place: feel.place,
  }
  return patchOf(name, '0001-01-01', { kind: 'add-variable', variable, place: feel.place })
}

function nudgeOf({ path, add, from }: Nudge): ReformFile {
  const by = parseNumber(add) as Num
  return patchOf('nudge', from, { kind: 'adjust-parameter', path, add: by, multiply: null, place: NOWHERE })
}

/** The key of the entity that households are: the first kind of group. @throws {RangeError} when there is none */
export function groupOf(model: BundleModel): BundleModel['groups'][number] {
  const [group] = model.groups
  if (group === undefined) throw new RangeError(`the bundle "${model.id}" has no group of persons`)
  return group
}
