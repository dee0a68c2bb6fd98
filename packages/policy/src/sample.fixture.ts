import type { Bundle } from './bundle/bundle.ts'
import { loadBundle } from './bundle/load.ts'
import type { Case } from './interpret/case.ts'
import { readSituation } from './interpret/situation.ts'

/** The sample of the README: an invented child allowance, in a folder of five files. Amounts and law are invented. */
export const SAMPLE: ReadonlyMap<string, string> = new Map([
  [
    'policy.yaml',
    `nhip: policy/1
id: tro-cap-tre-em
title: {vi: Trợ cấp trẻ em (mẫu), en: Child allowance (sample)}
version: "1"
sources:
  luat-mau: {vi: Luật mẫu, en: Sample law, number: 01/2026/QH16, enacted: 2026-05-01}
entities:
  person: {plural: persons, title: {vi: Người, en: Person}}
  household:
    plural: households
    group: person
    roles: {head: {plural: heads, max: 1}, child: {plural: children}}
enums:
  area: [urban, rural]
variables:
  birth: {entity: person, type: date, period: eternity, default: null}
  salary: {entity: person, type: number, uom: VND, scale: 0, min: 0, max: 1000000000, period: month, default: 0}
  area: {entity: household, type: area, period: month, default: rural}
  tax:
    entity: person
    type: number
    scale: 0
    period: month
    formulas:
      - feel: round half up(scale(parameters.tax, salary), 0)
        reference: {source: luat-mau, article: Điều 8}
  young_children:
    entity: household
    type: number
    scale: 0
    period: month
    formulas:
      - feel: count(members[held(birth) != null and age(held(birth), period.start) < 6])
        basis: identity
  poor:
    entity: household
    type: boolean
    period: month
    formulas:
      - decision: decisions/poverty.dmn#Poor
        inputs: {Income per head: "sum(members.salary) / count(members)", Area: area}
        reference: {source: luat-mau, article: Điều 12}
  allowance:
    entity: household
    type: number
    uom: VND
    scale: 0
    period: month
    title: {vi: Trợ cấp, en: Allowance}
    formulas:
      - from: 2026-07-01
        feel: if poor then young_children * parameters.allowance else 0
        reference: {source: luat-mau, article: Điều 5}
  cash:
    entity: household
    type: number
    scale: 0
    period: month
    formulas:
      - feel: sum(members.salary) - sum(members.tax) + allowance
        basis: identity
  cash_year:
    entity: household
    type: number
    scale: 0
    period: year
    formulas: [{feel: month total(cash), basis: identity}]
`,
  ],
  [
    'parameters/allowance.yaml',
    `nhip: parameter/1
title: {vi: Mức trợ cấp, en: Rate of the allowance}
uom: VND
values:
  - {from: 2026-07-01, value: 500000, certainty: verbatim, reference: {source: luat-mau, article: Điều 5 khoản 1}}
  - {from: 2027-01-01, value: {feel: "2 * parameters.base"}, enacted: 2026-10-01, certainty: secondary, reference: {source: luat-mau, article: Điều 5 khoản 2}}
`,
  ],
  [
    'parameters/base.yaml',
    `nhip: parameter/1
title: {vi: Mức cơ sở, en: Base amount}
values:
  - {from: 2026-01-01, value: 300000, certainty: verbatim, reference: {source: luat-mau, article: Điều 3}}
`,
  ],
  [
    'parameters/tax.yaml',
    `nhip: parameter/1
title: {vi: Biểu thuế, en: Tax scale}
kind: marginal-rate
certainty: verbatim
reference: {source: luat-mau, article: Điều 8}
brackets:
  - threshold: [{from: 2026-01-01, value: 0}]
    rate: [{from: 2026-01-01, value: 0.05}]
  - threshold: [{from: 2026-01-01, value: 10000000}]
    rate: [{from: 2026-01-01, value: 0.10}]
`,
  ],
  [
    'decisions/poverty.dmn',
    `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:sample" id="p" name="Poverty">
  <inputData id="i1" name="Income per head"><variable name="Income per head" typeRef="number"/></inputData>
  <inputData id="i2" name="Area"><variable name="Area" typeRef="string"/></inputData>
  <decision id="d1" name="Poor"><variable name="Poor" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#i1"/></informationRequirement>
    <informationRequirement><requiredInput href="#i2"/></informationRequirement>
    <decisionTable hitPolicy="FIRST">
      <input><inputExpression typeRef="number"><text>Income per head</text></inputExpression></input>
      <input><inputExpression typeRef="string"><text>Area</text></inputExpression></input>
      <output typeRef="boolean"/>
      <rule><inputEntry><text>&lt;= 2200000</text></inputEntry><inputEntry><text>"rural"</text></inputEntry><outputEntry><text>true</text></outputEntry></rule>
      <rule><inputEntry><text>&lt;= 2800000</text></inputEntry><inputEntry><text>"urban"</text></inputEntry><outputEntry><text>true</text></outputEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>false</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
`,
  ],
  [
    'tests/allowance.yaml',
    `- name: Hộ nghèo nông thôn có một con dưới 6 tuổi
  period: 2026-08
  input:
    persons: {an: {salary: 4000000}, bi: {birth: 2022-03-04}}
    households: {h: {heads: [an], children: [bi]}}
  output:
    households: {h: {poor: true, young_children: 1, allowance: 500000, cash: 4300000}}
`,
  ],
])

/** The sample with pieces of a file replaced; a piece must be there. */
export function sample(
  ...changes: (readonly [file: string, from: string, to: string])[]
): Map<string, string> {
  const files = new Map(SAMPLE)
  for (const [file, from, to] of changes) {
    const text = files.get(file) ?? ''
    if (from !== '' && !text.includes(from)) throw new Error(`${file} does not hold: ${from}`)
    files.set(file, from === '' ? to : text.replace(from, to))
  }
  return files
}

/** A bundle that must load without an error. */
export function loadedSample(files: ReadonlyMap<string, string> = SAMPLE): Bundle {
  const { bundle, problems } = loadBundle(files)
  const errors = problems.filter((p) => p.severity === 'error')
  if (!bundle || errors.length > 0) throw new Error(JSON.stringify(errors, null, 2))
  return bundle
}

/** A situation that must be well formed. */
export function caseOf(bundle: Bundle, period: string, situation: unknown, asKnown?: string): Case {
  const read = readSituation(bundle.model, situation, {
    period,
    report: (pointer, code, value, { en }) => {
      throw new Error(`${pointer} ${code} ${value}: ${en}`)
    },
  })
  return bundle.at({ asKnown: asKnown ?? null }).case(read)
}
