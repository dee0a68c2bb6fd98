import type { Message } from '@nhip/canonical/problem'
import { readYamlSource, type YamlSource } from '../framework/yaml-source.ts'
import { type MeasureProblem, say } from '../problem.ts'
import type { Kind } from './detect.ts'

interface Common {
  /** Name by which findings cite it. */
  rule: string
  severity: 'error' | 'warning' | 'info'
  message: Message | null
  /** Item that findings are about; of formulas by default the first they read. */
  item: string | null
  /** Where it stands in the file: `rules[3]`. */
  path: string
}

/** One rule of a file; which key it has says what it does. */
export type Rule = Common &
  (
    | { kind: 'when'; when: string }
    | { kind: 'required'; required: string[] }
    | {
        kind: 'identical'
        identical: string[]
        alike: string | null
        apart: string | null
        within: string | null
      }
    | {
        kind: 'outlier'
        outlier: string
        within: string | null
        threshold: number
        side: 'both' | 'high' | 'low'
      }
    | { kind: 'late_entry'; within: string | null; share: number; atLeast: number }
    | { kind: 'panel'; smallestChange: number; surely: number; falseAlarms: number; without: Set<Kind> }
  )

/** A versioned file of quality rules. */
export interface RuleSet {
  code: string
  version: string
  /** Item that holds the parent's code of each unit, `codes` to read the tree from the codes, `none`; null: found out. */
  hierarchy: string | null
  /** Items that are texts even where they look like numbers. */
  texts: string[]
  /** Unit of measure by item. */
  uoms: ReadonlyMap<string, string>
  rules: Rule[]
}

const topKeys = ['ruleset', 'version', 'title', 'source', 'hierarchy', 'texts', 'items', 'rules']
const kinds = ['when', 'range', 'required', 'identical', 'outlier', 'late_entry', 'panel'] as const
const allKinds: readonly Kind[] = [
  'scale-factor',
  'unit-slip',
  'swapped-ratio',
  'ratio-mismatch',
  'jump',
  'copied-period',
  'total-mismatch',
  'sibling-outlier',
  'outlier',
]
const commonKeys = ['rule', 'severity', 'message', 'item', 'note', 'source']
const keysOf: Record<(typeof kinds)[number], readonly string[]> = {
  when: ['when'],
  range: ['range'],
  required: ['required'],
  identical: ['identical', 'alike', 'apart', 'within'],
  outlier: ['outlier', 'within', 'threshold', 'side'],
  late_entry: ['late_entry'],
  panel: ['panel'],
}

/** Reads a rules file. Formulas are compiled later, when the items of the data are known. */
export function loadRules(text: string, file: string): { rules: RuleSet | null; problems: MeasureProblem[] } {
  const { source, problems } = readYamlSource(text, file)
  if (!source) return { rules: null, problems }
  const reader = new RuleReader(source, problems)
  const rules = reader.read()
  return { rules: problems.some((p) => p.severity === 'error') ? null : rules, problems }
}

class RuleReader {
  readonly #source: YamlSource
  readonly #problems: MeasureProblem[]

  constructor(source: YamlSource, problems: MeasureProblem[]) {
    this.#source = source
    this.#problems = problems
  }

  read(): RuleSet {
    const top = this.#source.value
    for (const key of Object.keys(top))
      if (!topKeys.includes(key)) this.#bad(key, key, `Không có khóa "${key}"`, `There is no key "${key}"`)
    const code = this.#text(top.ruleset, 'ruleset') ?? ''
    const version = this.#text(top.version, 'version') ?? ''
    const uoms = new Map<string, string>()
    if (isRecord(top.items))
      for (const [item, about] of Object.entries(top.items)) {
        const uom = isRecord(about) ? about.uom : about
        if (typeof uom === 'string') uoms.set(item, uom)
        else this.#bad(`items.${item}`, item, `Cần "uom: đơn vị đo"`, `Want "uom: unit of measure"`)
      }
    const list = Array.isArray(top.rules) ? top.rules : []
    if (list.length === 0) this.#bad('rules', '', 'Thiếu danh sách "rules"', 'The list "rules" is missing')
    const rules: Rule[] = []
    const seen = new Set<string>()
    list.forEach((raw: unknown, at) => {
      const rule = this.#rule(raw, `rules[${at}]`)
      if (!rule) return
      if (seen.has(rule.rule))
        this.#bad(
          rule.path,
          rule.rule,
          `Quy tắc "${rule.rule}" có hai lần`,
          `Rule "${rule.rule}" appears twice`,
        )
      seen.add(rule.rule)
      rules.push(rule)
    })
    return {
      code,
      version,
      hierarchy: typeof top.hierarchy === 'string' ? top.hierarchy : null,
      texts: strings(top.texts),
      uoms,
      rules,
    }
  }

  #rule(raw: unknown, path: string): Rule | null {
    if (!isRecord(raw)) {
      this.#bad(path, String(raw), 'Mỗi quy tắc phải là một bảng', 'Each rule must be a mapping')
      return null
    }
    const present = kinds.filter((kind) => raw[kind] !== undefined)
    const kind = present[0]
    if (kind === undefined || present.length > 1) {
      const all = kinds.join(', ')
      this.#bad(path, present.join(', '), `Cần đúng một trong: ${all}`, `Want exactly one of: ${all}`)
      return null
    }
    for (const key of Object.keys(raw))
      if (!commonKeys.includes(key) && !keysOf[kind].includes(key))
        this.#bad(`${path}.${key}`, key, `Không có khóa "${key}"`, `There is no key "${key}"`)
    const severity =
      raw.severity ?? (kind === 'when' || kind === 'range' || kind === 'required' ? 'error' : 'warning')
    if (severity !== 'error' && severity !== 'warning' && severity !== 'info') {
      this.#bad(
        `${path}.severity`,
        String(severity),
        'Mức phải là error, warning hoặc info',
        'Severity must be error, warning or info',
      )
      return null
    }
    const message = isRecord(raw.message) ? (raw.message as { vi?: unknown; en?: unknown }) : null
    const common: Common = {
      rule: this.#text(raw.rule, `${path}.rule`) ?? '',
      severity,
      message: message ? say(String(message.vi ?? message.en), String(message.en ?? message.vi)) : null,
      item: typeof raw.item === 'string' ? raw.item : null,
      path,
    }
    if (kind === 'when') return { ...common, kind, when: this.#text(raw.when, `${path}.when`) ?? 'false' }
    if (kind === 'range') return this.#range(raw.range, common)
    if (kind === 'required') return { ...common, kind, required: strings(raw.required) }
    const within = typeof raw.within === 'string' ? raw.within : null
    if (kind === 'identical') {
      const identical = strings(raw.identical)
      return {
        ...common,
        kind,
        identical,
        alike: textOrNull(raw.alike),
        apart: textOrNull(raw.apart),
        within,
      }
    }
    if (kind === 'outlier') {
      const side = raw.side === 'high' || raw.side === 'low' ? raw.side : 'both'
      return {
        ...common,
        kind,
        outlier: this.#text(raw.outlier, `${path}.outlier`) ?? '0',
        within,
        threshold: number(raw.threshold, 3.5),
        side,
      }
    }
    const own = isRecord(raw[kind]) ? (raw[kind] as Record<string, unknown>) : {}
    if (kind === 'late_entry')
      return {
        ...common,
        kind,
        within: textOrNull(own.within),
        share: number(own.share, 0.8),
        atLeast: number(own.at_least, 10),
      }
    const without = strings(own.without)
    for (const name of without)
      if (!(allKinds as readonly string[]).includes(name))
        this.#bad(`${path}.panel.without`, name, `Không có loại "${name}"`, `There is no kind "${name}"`)
    return {
      ...common,
      kind,
      smallestChange: number(own.smallest_change, 0.3),
      surely: number(own.surely, 3.5),
      falseAlarms: number(own.false_alarms, 0.04),
      without: new Set(without as Kind[]),
    }
  }

  /** `range: {item: [least, most]}` is short for a formula; `null` leaves a side open. */
  #range(range: unknown, common: Common): Rule | null {
    const [entry] = isRecord(range) ? Object.entries(range) : []
    const bounds = entry?.[1]
    if (!entry || !Array.isArray(bounds) || bounds.length !== 2) {
      this.#bad(
        `${common.path}.range`,
        '',
        'Cần "range: {mã: [nhỏ nhất, lớn nhất]}"',
        'Want "range: {item: [least, most]}"',
      )
      return null
    }
    const code = /^[\p{L}][\p{L}\p{N}_]*$/u.test(entry[0]) ? entry[0] : `item("${entry[0]}")`
    const [least, most] = bounds as (number | null)[]
    const parts = [
      ...(typeof least === 'number' ? [`${code} < ${least}`] : []),
      ...(typeof most === 'number' ? [`${code} > ${most}`] : []),
    ]
    return { ...common, item: common.item ?? entry[0], kind: 'when', when: parts.join(' or ') || 'false' }
  }

  #text(value: unknown, path: string): string | null {
    if (typeof value === 'string' && value.trim() !== '') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.#bad(path, '', `Thiếu "${path}"`, `"${path}" is missing`)
    return null
  }

  #bad(path: string, value: string, vi: string, en: string): void {
    const { file } = this.#source
    this.#problems.push({
      severity: 'error',
      code: 'schema',
      file,
      ...this.#source.place(path),
      path,
      value,
      message: say(vi, en),
    })
  }
}

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)
const strings = (x: unknown): string[] =>
  Array.isArray(x) ? x.map(String) : typeof x === 'string' ? [x] : []
const textOrNull = (x: unknown): string | null => (typeof x === 'string' ? x : null)
const number = (x: unknown, otherwise: number): number =>
  typeof x === 'number' && Number.isFinite(x) ? x : otherwise
