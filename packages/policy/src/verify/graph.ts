import type { Node } from '@nhip/feel/ast'
import { children } from '@nhip/feel/ast'
import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { parse, parseUnaryTests } from '@nhip/feel/parse'
import type { Linked, LinkedModel } from '../dmn/link.ts'
import type { DrgElement, Expression, FeelText } from '../dmn/model.ts'
import { type Finding, finding } from './finding.ts'
import { namesOf, partsOf, requirementsOf } from './known-names.ts'

/** What the requirements of a model say and its expressions do: read without being required, required without being read, used by nobody. */
export function checkGraph(model: LinkedModel): Finding[] {
  const findings: Finding[] = []
  const { main } = model
  const all = new Map(main.elements.map((element) => [element.variable.name, element]))
  for (const element of main.elements) checkRequirements(model, { element, definitions: main }, all, findings)
  checkUnused(model, findings)
  return findings
}

function checkRequirements(
  model: LinkedModel,
  linked: Linked,
  all: ReadonlyMap<string, DrgElement>,
  findings: Finding[],
): void {
  const { element, definitions } = linked
  const root =
    element.kind === 'decision'
      ? element.expression
      : element.kind === 'business knowledge model'
        ? element.logic
        : undefined
  if (root === undefined || (root.kind === 'function' && root.functionKind !== 'FEEL')) return
  const required = namesOf(model, linked, new Map())
  const reading = new Reading(new Set(required.keys()), all)
  reading.expression(root, new Set())
  for (const [name, place] of reading.strange) {
    if (name === element.variable.name || all.get(name) === undefined) continue
    findings.push(
      finding({
        severity: 'error',
        code: 'graph.requirement',
        place,
        decision: element.name,
        value: name,
        message: {
          vi: `"${element.name}" đọc "${name}" nhưng không nối với nó`,
          en: `"${element.name}" reads "${name}" but does not require it`,
        },
        hint: { vi: `nối "${name}" vào "${element.name}"`, en: `draw a requirement from "${name}"` },
      }),
    )
  }
  // Where a text could not be read nobody knows what it speaks of.
  if (reading.broken) return
  for (const reference of requirementsOf(element)) {
    const found = model.find(reference)
    if (!found) continue
    const alias = model.aliasPath(definitions, found.definitions.namespace)?.find((part) => part !== '')
    const name = alias ?? found.element.variable.name
    if (reading.read.has(name)) continue
    findings.push(
      finding({
        severity: 'error',
        code: 'graph.requirement',
        place: reference,
        decision: element.name,
        value: found.element.name,
        message: {
          vi: `"${element.name}" được nối với "${found.element.name}" nhưng không đọc nó`,
          en: `"${element.name}" requires "${found.element.name}" but does not read it`,
        },
        hint: { vi: 'bỏ đường nối, hoặc dùng giá trị ấy', en: 'remove the requirement, or use the value' },
      }),
    )
  }
}

/** Collects the names that the texts of an expression read. */
class Reading {
  readonly read = new Set<string>()
  /** Elements read that are not required, with the place of the text. */
  readonly strange = new Map<string, FeelText>()
  broken = false
  readonly #required: ReadonlySet<string>
  readonly #all: ReadonlyMap<string, DrgElement>

  constructor(required: ReadonlySet<string>, all: ReadonlyMap<string, DrgElement>) {
    this.#required = required
    this.#all = all
  }

  expression(expression: Expression, local: ReadonlySet<string>): void {
    const inner = new Set(local)
    switch (expression.kind) {
      case 'literal':
        this.#text(expression, local)
        return
      case 'table':
        for (const input of expression.inputs) this.#text(input.expression, local)
        for (const output of expression.outputs)
          if (output.defaultEntry) this.#text(output.defaultEntry, local)
        for (const rule of expression.rules) {
          for (const cell of rule.inputs) if (!/^\s*-?\s*$/.test(cell.text)) this.#text(cell, local, true)
          for (const cell of rule.outputs) if (cell.text.trim() !== '') this.#text(cell, local)
        }
        return
      case 'context':
        for (const entry of expression.entries) {
          if (entry.expression) this.expression(entry.expression, inner)
          if (entry.variable) inner.add(entry.variable.name)
        }
        return
      case 'function':
        for (const { name } of expression.parameters) inner.add(name)
        if (expression.functionKind !== 'FEEL') return
        break
      case 'for':
      case 'some':
      case 'every':
        inner.add(expression.variable).add('partial')
        break
      case 'filter':
        inner.add('item')
        // Its condition may speak of components that nobody declared.
        if (expression.source) this.expression(expression.source, local)
        if (expression.match) this.#quietly(() => this.expression(expression.match as Expression, inner))
        return
    }
    for (const part of partsOf(expression)) this.expression(part, inner)
  }

  #quietly(read: () => void): void {
    const before = new Map(this.strange)
    read()
    for (const name of this.strange.keys()) if (!before.has(name)) this.strange.delete(name)
  }

  #text(text: FeelText, local: ReadonlySet<string>, cell = false): void {
    // Numbers, quoted words and truth values speak of nobody: most cells are such.
    const unquoted = text.text.replace(/"(?:[^"\\]|\\.)*"/g, '')
    if (!/[\p{L}_]/u.test(unquoted) || /^\s*(true|false|null)\s*$/.test(unquoted)) return
    const names = new Set([
      ...this.#required,
      ...local,
      ...[...this.#all.keys()].filter((n) => text.text.includes(n)),
    ])
    const scope = { names, functions: BUILT_IN_NAMES }
    const { ast, problems } = (cell ? parseUnaryTests : parse)(text.text, scope, { unknownNames: 'keep' })
    if (problems.length > 0) this.broken = true
    this.#visit(ast, text, local, false)
  }

  #visit(node: Node, text: FeelText, local: ReadonlySet<string>, filtered: boolean): void {
    if (node.kind === 'name' && node.binding === 'scope' && !local.has(node.name)) {
      if (this.#required.has(node.name)) this.read.add(node.name)
      else if (!filtered) this.strange.set(node.name, text)
    }
    if (node.kind === 'filter') {
      this.#visit(node.source, text, local, filtered)
      this.#visit(node.condition, text, local, true)
      return
    }
    for (const child of children(node)) this.#visit(child, text, local, filtered)
  }
}

function checkUnused(model: LinkedModel, findings: Finding[]): void {
  const used = new Set<DrgElement>()
  for (const { element } of model.all()) {
    const references =
      element.kind === 'decision service'
        ? [
            ...element.outputDecisions,
            ...element.encapsulatedDecisions,
            ...element.inputDecisions,
            ...element.inputData,
          ]
        : requirementsOf(element)
    for (const reference of references) {
      const found = model.find(reference)
      if (found) used.add(found.element)
    }
  }
  const { elements } = model.main
  // A file of knowledge alone is there for others.
  const hasDecisions = elements.some(({ kind }) => kind === 'decision')
  for (const element of elements) {
    const counts =
      element.kind === 'input data' || (element.kind === 'business knowledge model' && hasDecisions)
    if (!counts || used.has(element)) continue
    const { file, line, column } = element
    findings.push(
      finding({
        severity: 'warning',
        code: 'graph.unused',
        place: { file, line, column },
        value: element.name,
        message: { vi: `không ai dùng "${element.name}"`, en: `nobody uses "${element.name}"` },
      }),
    )
  }
}
