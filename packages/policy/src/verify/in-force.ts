import type { CivilDate } from '@nhip/calendar/civil-date'
import { addDays, compareDates } from '@nhip/calendar/civil-date'
import type { Node } from '@nhip/feel/ast'
import { children } from '@nhip/feel/ast'
import type { Bundle } from '../bundle/bundle.ts'
import type { DatedValue, Formula, Parameter, Reference } from '../bundle/model.ts'
import type { Place } from '../dmn/model.ts'
import type { CompiledText } from '../interpret/compile-formula.ts'
import type { CompiledFormula } from '../interpret/program.ts'
import { type Finding, finding } from './finding.ts'

/** A stretch of days: `until` excluded, null where it has no end or beginning. */
interface Span {
  readonly from: CivilDate | null
  readonly until: CivilDate | null
}

/** Parameters without a value on a day on which a formula in force needs them. */
export function checkParameterGaps({
  program,
  model,
  at,
}: Pick<Bundle, 'program' | 'model'> & { at: Bundle['at'] }): Finding[] {
  const { parameters } = at()
  const days = changeDays(model.parameters.values())
  const findings: Finding[] = []
  const reported = new Set<string>()
  for (const { variable, formulas } of program.variables.values()) {
    if (variable.neutralised) continue
    for (const { formula, span } of spansOf(formulas)) {
      const reads = readsOf(formula)
      // A formula without a date holds from when everything it reads exists.
      const begins =
        span.from ?? latest([...reads.keys()].flatMap((path) => firstDay(model.parameters.get(path)) ?? []))
      if (begins === null) continue
      const asked = [begins, ...days.filter((day) => day > begins)].filter(
        (day) => span.until === null || day < span.until,
      )
      for (const [path, always] of reads) {
        const day = asked.find((one) => parameters.at(path, one).value === null)
        if (day === undefined || reported.has(path)) continue
        reported.add(path)
        const place = model.parameters.get(path)?.place ?? formula.formula.place
        findings.push(
          finding({
            severity: always ? 'error' : 'warning',
            code: 'parameter.gap',
            place,
            value: day,
            region: { [variable.name]: `from ${day}` },
            proved: always,
            message: {
              vi: `tham số "${path}" không có giá trị ngày ${day}, trong khi "${variable.name}" ngày ấy cần nó`,
              en: `parameter "${path}" has no value on ${day}, when "${variable.name}" needs it`,
            },
            hint: {
              vi: 'thêm giá trị từ ngày ấy, hoặc cho công thức kết thúc (to)',
              en: 'add a value from that day, or end the formula (to)',
            },
          }),
        )
      }
    }
  }
  return findings
}

/** Values and formulas that rest on a source after its repeal. */
export function checkExpired({ model }: Pick<Bundle, 'model'>): Finding[] {
  const findings: Finding[] = []
  const report = (
    what: string,
    reference: Reference | null,
    { until }: Span,
    from: CivilDate | null,
    place: Place,
  ): void => {
    const source = reference && model.sources.get(reference.source)
    const repealed = source?.repealed ?? null
    if (!source || repealed === null || (until !== null && until <= repealed)) return
    const since = from !== null && from > repealed ? from : repealed
    findings.push(
      finding({
        severity: 'error',
        code: 'text.expired',
        place,
        value: source.id,
        message: {
          vi: `${what} dựa vào ${source.number ?? source.title.vi}, hết hiệu lực từ ${repealed}, mà vẫn dùng từ ${since}`,
          en: `${what} rests on ${source.number ?? source.title.en}, repealed on ${repealed}, and still holds from ${since}`,
        },
        hint: {
          vi: 'ghi văn bản thay thế, hoặc cho giá trị kết thúc',
          en: 'name the text that replaces it, or end the value',
        },
      }),
    )
  }
  for (const { path, values, brackets } of model.parameters.values()) {
    for (const list of [values, ...brackets.flatMap((bracket) => [bracket.threshold, bracket.amount])]) {
      for (const [i, entry] of list.entries()) {
        if (entry.value !== null)
          report(`"${path}"`, entry.reference, spanOf(list, i), entry.from, entry.place)
      }
    }
  }
  for (const { name, formulas } of model.variables.values()) {
    for (const formula of formulas)
      report(`"${name}"`, formula.reference, spanOfFormula(formulas, formula), formula.from, formula.place)
  }
  return findings
}

function spanOf(list: readonly DatedValue[], i: number): Span {
  const { from } = list[i] as DatedValue
  const later = list.filter((entry) => entry.from > from).map((entry) => entry.from)
  return { from, until: later.sort(compareDates)[0] ?? null }
}

function spanOfFormula(formulas: readonly Formula[], { from, to }: Formula): Span {
  const later = formulas.flatMap((one) =>
    one.from !== null && (from === null || one.from > from) ? [one.from] : [],
  )
  const ends = [...later, ...(to === null ? [] : [addDays(to, 1)])].sort(compareDates)
  return { from, until: ends[0] ?? null }
}

function spansOf(formulas: readonly CompiledFormula[]): { formula: CompiledFormula; span: Span }[] {
  const all = formulas.map(({ formula }) => formula)
  return formulas.map((formula) => ({ formula, span: spanOfFormula(all, formula.formula) }))
}

/** The parameters that a formula reads, and whether it always does: not only in a branch of an `if`. */
function readsOf({ feel, decision }: CompiledFormula): Map<string, boolean> {
  const texts: CompiledText[] = [...(feel ? [feel] : []), ...(decision?.inputs.map(({ code }) => code) ?? [])]
  const reads = new Map<string, boolean>()
  for (const { ast, accesses } of texts) {
    const always = unconditional(ast)
    for (const access of accesses.values()) {
      if (access.from !== 'parameter') continue
      reads.set(access.path, (reads.get(access.path) ?? false) || always.has(access.name))
    }
  }
  return reads
}

/** Names outside branches, loops and filters, whose parts may never be asked. */
function unconditional(ast: Node): Set<string> {
  const names = new Set<string>()
  const visit = (node: Node): void => {
    if (node.kind === 'name') names.add(node.name)
    if (node.kind === 'if') visit(node.condition)
    else if (node.kind === 'filter') visit(node.source)
    else if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or')) visit(node.left)
    else if (node.kind === 'for' || node.kind === 'quantified')
      for (const i of node.iterators) visit(i.source)
    else for (const child of children(node)) visit(child)
  }
  visit(ast)
  return names
}

function changeDays(parameters: Iterable<Parameter>): CivilDate[] {
  const days = new Set<CivilDate>()
  for (const { values, brackets } of parameters)
    for (const entry of [values, ...brackets.flatMap((b) => [b.threshold, b.amount])].flat())
      days.add(entry.from)
  return [...days].sort(compareDates)
}

function firstDay(parameter: Parameter | undefined): CivilDate | null {
  return parameter ? (changeDays([parameter])[0] ?? null) : null
}

function latest(days: readonly CivilDate[]): CivilDate | null {
  return [...days].sort(compareDates).at(-1) ?? null
}
