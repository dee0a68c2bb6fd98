import type { LinkedModel } from '../dmn/link.ts'
import { loadDmn } from '../dmn/link.ts'

export interface InputSpec {
  readonly name: string
  readonly type: string
  /** Allowed values of the table's column. */
  readonly values?: string
}

export interface OutputSpec {
  readonly name: string
  readonly type?: string
  readonly values?: string
  readonly otherwise?: string
}

export interface TableSpec {
  readonly name?: string
  readonly policy?: string
  readonly aggregation?: string
  readonly inputs: readonly InputSpec[]
  readonly outputs?: readonly OutputSpec[]
  /** Input cells, then output cells. */
  readonly rules: readonly (readonly string[])[]
}

const xml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The text of a DMN file with the tables given; an input named like another table reads that table's decision. */
export function dmnText(tables: readonly TableSpec[], itemDefinitions = ''): string {
  const decisions = tables.map((table, i) => table.name ?? `Decision ${i + 1}`)
  const inputs = new Map<string, string>()
  for (const table of tables)
    for (const { name, type } of table.inputs) {
      const [root = name] = name.split('.')
      if (!decisions.includes(root)) inputs.set(root, root === name ? type : `t${root}`)
    }
  const data = [...inputs].map(
    ([name, type]) =>
      `<inputData id="in-${xml(name)}" name="${xml(name)}"><variable name="${xml(name)}"${type === '' ? '' : ` typeRef="${xml(type)}"`}/></inputData>`,
  )
  const logic = tables.map((table, i) => {
    const roots = [...new Set(table.inputs.map(({ name }) => name.split('.')[0] as string))]
    const needs = roots.map((name) => {
      const at = decisions.indexOf(name)
      return at >= 0
        ? `<informationRequirement><requiredDecision href="#d${at}"/></informationRequirement>`
        : `<informationRequirement><requiredInput href="#in-${xml(name)}"/></informationRequirement>`
    })
    return `<decision id="d${i}" name="${xml(decisions[i] as string)}"><variable name="${xml(decisions[i] as string)}"/>${needs.join('')}${tableXml(table)}</decision>`
  })
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:t" id="t" name="t">${itemDefinitions}${data.join('')}\n${logic.join('\n')}</definitions>`
}

function tableXml({
  policy = 'UNIQUE',
  aggregation,
  inputs,
  outputs = [{ name: 'out' }],
  rules,
}: TableSpec): string {
  const head = `<decisionTable hitPolicy="${policy}"${aggregation ? ` aggregation="${aggregation}"` : ''}>`
  const columns = inputs.map(
    ({ name, type, values }) =>
      `<input><inputExpression${type === '' ? '' : ` typeRef="${xml(type)}"`}><text>${xml(name)}</text></inputExpression>${values === undefined ? '' : `<inputValues><text>${xml(values)}</text></inputValues>`}</input>`,
  )
  const results = outputs.map(
    ({ name, type, values, otherwise }) =>
      `<output name="${xml(name)}"${type ? ` typeRef="${type}"` : ''}>${values === undefined ? '' : `<outputValues><text>${xml(values)}</text></outputValues>`}${otherwise === undefined ? '' : `<defaultOutputEntry><text>${xml(otherwise)}</text></defaultOutputEntry>`}</output>`,
  )
  const rows = rules.map((row) => {
    const cells = inputs.map((_, c) => `<inputEntry><text>${xml(row[c] ?? '-')}</text></inputEntry>`)
    const outs = outputs.map(
      (_, c) => `<outputEntry><text>${xml(row[inputs.length + c] ?? '"x"')}</text></outputEntry>`,
    )
    return `<rule>${cells.join('')}${outs.join('')}</rule>`
  })
  return `${head}${columns.join('')}${results.join('')}\n${rows.join('\n')}</decisionTable>`
}

/** A model that must load. */
export function modelOf(tables: readonly TableSpec[], itemDefinitions = ''): LinkedModel {
  const { model, problems } = loadDmn({ name: 'model.dmn', text: dmnText(tables, itemDefinitions) })
  if (!model || problems.length > 0) throw new Error(JSON.stringify(problems, null, 2))
  return model
}
