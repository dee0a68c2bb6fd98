import { nameKey } from '@nhip/territory/name-key'
import type { DataRow } from '../data/measure-data.ts'
import { cubeOf } from '../formula/cube.ts'
import { compileFormula, type Formula } from '../formula/formula.ts'
import { scopeOf } from '../formula/scope.ts'
import { STATE } from '../formula/value.ts'
import { type MeasureProblem, say } from '../problem.ts'
import { asPublished } from '../publish/as-published.ts'
import { detect } from './detect.ts'
import type { Hierarchy } from './families.ts'
import { findingOf, shown } from './finding.ts'
import { type Grid, gridOf } from './grid.ts'
import { identicalVectors } from './identical.ts'
import { lateEntries } from './late-entry.ts'
import { modifiedZ } from './modified-z.ts'
import type { Rule, RuleSet } from './rules.ts'

export interface Quality {
  /** No finding of severity error. */
  ok: boolean
  /** By rule in the order of the file; each names rule, unit, item and period. */
  findings: MeasureProblem[]
  /** Problems of the rules themselves: a formula that cannot be read. Then nothing was checked. */
  problems: MeasureProblem[]
}

/** Applies every rule to the data. What a rule could not check for want of values is counted in a finding `not-checked` of severity info. */
export function applyRules(set: RuleSet, rows: readonly DataRow[], file?: string): Quality {
  const work = new Work(set, rows, file)
  return work.run()
}

class Work {
  readonly #set: RuleSet
  /** Every vintage. */
  readonly #said: readonly DataRow[]
  /** Of each fact the newest vintage. */
  readonly #rows: readonly DataRow[]
  readonly #file: string | undefined
  readonly #findings: MeasureProblem[] = []
  readonly #problems: MeasureProblem[] = []
  #grid: Grid | null = null
  #cube: ReturnType<typeof cubeOf> | null = null

  constructor(set: RuleSet, rows: readonly DataRow[], file: string | undefined) {
    this.#set = set
    this.#said = rows
    this.#rows = asPublished(rows)
    this.#file = file
  }

  run(): Quality {
    const formulas = new Map<Rule, Formula>()
    const scope = scopeOf(new Set(this.#rows.map((row) => row.item)))
    for (const rule of this.#set.rules) {
      const text = rule.kind === 'when' ? rule.when : rule.kind === 'outlier' ? rule.outlier : null
      if (text === null) continue
      const { formula, problems } = compileFormula(text, scope)
      const key = rule.kind
      for (const problem of problems)
        this.#problems.push({
          ...problem,
          ...(this.#file === undefined ? {} : { file: this.#file }),
          path: `${rule.path}.${key}`,
          value: text,
        })
      if (formula && rule.kind === 'when' && formula.type.kind !== 'boolean')
        this.#problems.push({
          severity: 'error',
          code: 'formula-type',
          ...(this.#file === undefined ? {} : { file: this.#file }),
          path: `${rule.path}.when`,
          value: text,
          message: say('Điều kiện phải cho kết quả đúng hoặc sai', 'A condition must be true or false'),
        })
      if (formula) formulas.set(rule, formula)
    }
    if (this.#problems.length > 0) return { ok: false, findings: [], problems: this.#problems }
    for (const rule of this.#set.rules) this.#apply(rule, formulas.get(rule))
    return { ok: this.#findings.every((f) => f.severity !== 'error'), findings: this.#findings, problems: [] }
  }

  #apply(rule: Rule, formula: Formula | undefined): void {
    if (rule.kind === 'when') this.#when(rule, formula!)
    else if (rule.kind === 'required') this.#required(rule)
    else if (rule.kind === 'identical') this.#identical(rule)
    else if (rule.kind === 'outlier') this.#outlier(rule, formula!)
    else if (rule.kind === 'late_entry') this.#late(rule)
    else this.#panel(rule)
  }

  get #data(): Grid {
    this.#grid ??= gridOf(this.#rows)
    return this.#grid
  }

  /** Newest vintages as a cube; rows without a period hold in every period. */
  get #values(): ReturnType<typeof cubeOf> {
    if (this.#cube) return this.#cube
    const periods = [...new Set(this.#rows.flatMap((row) => (row.period === null ? [] : [row.period])))]
    const dated: DataRow[] = []
    for (const row of this.#rows) {
      if (row.status === 'X') continue
      if (row.period !== null || periods.length === 0) dated.push(row)
      else for (const period of periods) dated.push({ ...row, period })
    }
    this.#cube = cubeOf(dated)
    return this.#cube
  }

  #when(rule: Rule & { kind: 'when' }, formula: Formula): void {
    const cube = this.#values
    const item = rule.item ?? firstItem(formula)
    let unchecked = 0
    cube.periods.forEach((period, p) => {
      const column = formula.evaluate(cube, p)
      cube.units.forEach(({ code }, u) => {
        const state = column.state[u]!
        if (state !== STATE.ok) {
          if (state !== STATE.notApplicable) unchecked++
          return
        }
        if (column.value[u] === 0) return
        const cells = item === undefined ? undefined : cube.items.get(item)?.get('*')
        const at = p * cube.units.length + u
        const value =
          cells && cells.state[at] === STATE.ok ? (cells.text?.[at] ?? String(cells.value[at])) : undefined
        this.#find(
          rule,
          code,
          item,
          period,
          'rule',
          value,
          say(`Vi phạm quy tắc: ${rule.when}`, `Breaks the rule: ${rule.when}`),
        )
      })
    })
    this.#unchecked(rule, unchecked)
  }

  #required(rule: Rule & { kind: 'required' }): void {
    const grid = this.#data
    const T = grid.periods.length
    const stated = new Set(
      this.#rows
        .filter((row) => row.status === 'M')
        .map((row) => JSON.stringify([row.unit, row.item, row.period ?? ''])),
    )
    for (const item of rule.required) {
      const i = grid.items.indexOf(item)
      grid.units.forEach((unit, u) => {
        grid.periods.forEach((period, t) => {
          if (i >= 0 && !Number.isNaN(grid.value[(i * grid.units.length + u) * T + t]!)) return
          if (grid.texts.get(item)?.has(unit) || stated.has(JSON.stringify([unit, item, period]))) return
          this.#find(
            rule,
            unit,
            item,
            period,
            'missing-value',
            undefined,
            say(`Thiếu số liệu "${item}"`, `"${item}" is missing`),
          )
        })
      })
    }
  }

  #identical(rule: Rule & { kind: 'identical' }): void {
    const grid = this.#data
    const at = (name: string): number => grid.items.indexOf(name)
    const items = rule.identical.map(at)
    const U = grid.units.length
    const T = grid.periods.length
    let unchecked = 0
    grid.periods.forEach((period, t) => {
      const vectors = grid.units.map((_, u) =>
        items.map((i) => (i < 0 ? Number.NaN : grid.value[(i * U + u) * T + t]!)),
      )
      unchecked += vectors.filter((v) => v.some(Number.isNaN)).length
      const text = (name: string, u: number): string => grid.texts.get(name)?.get(grid.units[u]!) ?? ''
      const groups = identicalVectors(vectors, {
        ...(rule.alike === null ? {} : { alike: (u: number) => nameKey(text(rule.alike as string, u)) }),
        ...(rule.apart === null ? {} : { apart: (u: number) => text(rule.apart as string, u) }),
        ...(rule.within === null ? {} : { within: (u: number) => text(rule.within as string, u) }),
      })
      for (const group of groups)
        for (const u of group) {
          const others = group.filter((v) => v !== u).map((v) => grid.units[v]!)
          const list = others.slice(0, 5).join(', ')
          const value = vectors[u]!.map(String).join('; ')
          this.#find(
            rule,
            grid.units[u]!,
            rule.item ?? rule.identical[0],
            period,
            'identical-values',
            value,
            say(
              `Các số (${rule.identical.join(', ')}) giống hệt của ${list}: có thể chép nhầm`,
              `The figures (${rule.identical.join(', ')}) are identical to those of ${list}: perhaps copied by mistake`,
            ),
          )
        }
    })
    this.#unchecked(rule, unchecked)
  }

  /** Modified z: 0.6745·(x − median)/MAD, on logs where the values of the group are positive and skewed to the right. */
  #outlier(rule: Rule & { kind: 'outlier' }, formula: Formula): void {
    const cube = this.#values
    const item = rule.item ?? firstItem(formula)
    const labels = rule.within === null ? undefined : this.#data.texts.get(rule.within)
    let unchecked = 0
    cube.periods.forEach((period, p) => {
      const column = formula.evaluate(cube, p)
      const groups = new Map<string, number[]>()
      cube.units.forEach(({ code }, u) => {
        if (column.state[u] !== STATE.ok) {
          if (column.state[u] !== STATE.notApplicable) unchecked++
          return
        }
        const label = labels?.get(code) ?? ''
        const group = groups.get(label)
        if (group) group.push(u)
        else groups.set(label, [u])
      })
      for (const members of groups.values()) {
        if (members.length < 5) {
          unchecked += members.length
          continue
        }
        const values = Float64Array.from(members, (u) => column.value[u]!)
        const { z, middle } = modifiedZ(values)
        members.forEach((u, n) => {
          const score = rule.side === 'high' ? z[n]! : rule.side === 'low' ? -z[n]! : Math.abs(z[n]!)
          if (score <= rule.threshold) return
          this.#find(
            rule,
            cube.units[u]!.code,
            item,
            period,
            'outlier',
            String(values[n]),
            say(
              `${rule.outlier} = ${shown(values[n]!, 'vi')}, khác hẳn phần còn lại (giữa khoảng ${shown(middle, 'vi')})`,
              `${rule.outlier} = ${shown(values[n]!, 'en')}, unlike the rest (the middle is about ${shown(middle, 'en')})`,
            ),
          )
        })
      }
    })
    this.#unchecked(rule, unchecked)
  }

  #late(rule: Rule & { kind: 'late_entry' }): void {
    const entries = this.#said.flatMap((row) =>
      row.published === null ? [] : [{ unit: row.unit, at: row.published }],
    )
    for (const { unit, late, all } of lateEntries(entries, rule.share, rule.atLeast))
      this.#find(
        rule,
        unit,
        undefined,
        '',
        'late-mass-entry',
        String(late),
        say(
          `${late}/${all} số liệu được nhập dồn vào thời điểm cuối`,
          `${late} of ${all} figures were entered in one go at the end`,
        ),
      )
    this.#unchecked(rule, this.#said.length - entries.length)
  }

  #panel(rule: Rule & { kind: 'panel' }): void {
    const named = this.#set.hierarchy
    const hierarchy: Hierarchy | undefined =
      named === null ? undefined : named === 'codes' || named === 'none' ? named : { attribute: named }
    const { suspicions } = detect(this.#data, {
      ...(hierarchy === undefined ? {} : { hierarchy }),
      uoms: this.#set.uoms,
      smallestChange: rule.smallestChange,
      surely: rule.surely,
      falseAlarms: rule.falseAlarms,
      without: rule.without,
    })
    for (const suspicion of suspicions) this.#findings.push(findingOf(suspicion, rule.rule, rule.surely))
  }

  #find(
    rule: Rule,
    unit: string,
    item: string | undefined,
    period: string,
    code: string,
    value: string | undefined,
    message: { vi: string; en: string },
  ): void {
    this.#findings.push({
      severity: rule.severity,
      code,
      ...(value === undefined ? {} : { value }),
      message: rule.message ?? message,
      rule: rule.rule,
      unit,
      ...(item === undefined ? {} : { item }),
      ...(period === '' ? {} : { period }),
    })
  }

  #unchecked(rule: Rule, count: number): void {
    if (count === 0) return
    this.#findings.push({
      severity: 'info',
      code: 'not-checked',
      value: String(count),
      message: say(
        `Chưa kiểm tra được ${formatCount(count, 'vi')} trường hợp vì thiếu số liệu`,
        `${formatCount(count, 'en')} cases could not be checked for want of values`,
      ),
      rule: rule.rule,
    })
  }
}

/** The item that the text names first: what a rule is about, as people write them. */
function firstItem({ items, text }: Formula): string | undefined {
  return [...items].sort((a, b) => text.indexOf(a) - text.indexOf(b))[0]
}

const formatCount = (n: number, language: 'vi' | 'en'): string => shown(n, language)
