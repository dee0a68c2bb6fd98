import type { Message, Problem } from '@nhip/canonical/problem'
import type { Definitions, DrgElement, Place, Reference } from './model.ts'
import { readDmn } from './read.ts'

/** An element together with the file it stands in. */
export interface Linked<E extends DrgElement = DrgElement> {
  element: E
  definitions: Definitions
}

/** A main model with everything it imports; references resolve to elements. */
export class LinkedModel {
  readonly main: Definitions
  readonly #byNamespace: ReadonlyMap<string, Definitions>
  readonly #elements = new Map<string, Linked>()

  constructor(main: Definitions, others: readonly Definitions[]) {
    this.main = main
    this.#byNamespace = new Map([...others, main].map((definitions) => [definitions.namespace, definitions]))
    for (const definitions of this.#byNamespace.values()) {
      for (const element of definitions.elements) {
        this.#elements.set(`${definitions.namespace}#${element.id}`, { element, definitions })
      }
    }
  }

  find({ namespace, id }: { namespace: string; id: string }): Linked | undefined {
    return this.#elements.get(`${namespace}#${id}`)
  }

  definitionsOf(namespace: string): Definitions | undefined {
    return this.#byNamespace.get(namespace)
  }

  all(): IterableIterator<Linked> {
    return this.#elements.values()
  }

  /** The names under which a file sees another: the import's name, or several through imports of imports. */
  aliasPath(from: Definitions, namespace: string): string[] | undefined {
    if (from.namespace === namespace) return []
    const seen = new Set([from.namespace])
    let row: { definitions: Definitions; path: string[] }[] = [{ definitions: from, path: [] }]
    while (row.length > 0) {
      const below: typeof row = []
      for (const { definitions, path } of row) {
        for (const item of definitions.imports) {
          const here = [...path, item.name]
          if (item.namespace === namespace) return here
          const next = this.#byNamespace.get(item.namespace)
          if (next && !seen.has(item.namespace)) {
            seen.add(item.namespace)
            below.push({ definitions: next, path: here })
          }
        }
      }
      row = below
    }
    return undefined
  }
}

/**
 * Reads a main file and the files it may import, and checks that every import and reference leads somewhere.
 * Problems are collected, all of them; the model is there unless the main file cannot be read at all.
 */
export function loadDmn(
  main: { name: string; text: string },
  others: readonly { name: string; text: string }[] = [],
): { model?: LinkedModel; problems: Problem[] } {
  const first = readDmn(main.text, main.name)
  const problems = [...first.problems]
  if (!first.definitions) return { problems }
  const rest = others.map((file) => readDmn(file.text, file.name))
  const model = new LinkedModel(
    first.definitions,
    rest.flatMap(({ definitions }) => definitions ?? []),
  )
  const reached = reachable(model, first.definitions)
  for (const { definitions, problems: own } of rest)
    if (definitions && reached.has(definitions)) problems.push(...own)
  for (const definitions of reached) check(model, definitions, problems)
  return { model, problems }
}

function reachable(model: LinkedModel, main: Definitions): Set<Definitions> {
  const found = new Set([main])
  for (const definitions of found) {
    for (const { namespace } of definitions.imports) {
      const next = model.definitionsOf(namespace)
      if (next) found.add(next)
    }
  }
  return found
}

function check(model: LinkedModel, definitions: Definitions, problems: Problem[]): void {
  const bad = (code: string, { file, line, column }: Place, value: string, message: Message) =>
    problems.push({ severity: 'error', code, file, line, column, value, message })
  for (const item of definitions.imports) {
    const isModel = /DMN/i.test(item.importType)
    if (isModel && !model.definitionsOf(item.namespace)) {
      bad('dmn.import', item, item.namespace, {
        vi: `Không tìm thấy mô hình được nhập "${item.name}".`,
        en: `The imported model "${item.name}" was not found.`,
      })
    }
  }
  const ids = new Set<string>()
  for (const element of definitions.elements) {
    if (ids.has(element.id))
      bad('dmn.duplicate', element, element.id, {
        vi: `Mã "${element.id}" bị lặp.`,
        en: `The id "${element.id}" occurs twice.`,
      })
    ids.add(element.id)
    for (const reference of referencesOf(element)) {
      if (!model.find(reference)) {
        bad('dmn.reference', reference, reference.id, {
          vi: `"${element.name}" dẫn tới "${reference.id}", nhưng không có phần tử đó.`,
          en: `"${element.name}" refers to "${reference.id}", which does not exist.`,
        })
      }
    }
  }
  for (const cycle of cycles(model, definitions)) {
    const first = cycle[0] as DrgElement
    const path = [...cycle, first].map((element) => element.name).join(' → ')
    bad('dmn.cycle', first, first.name, {
      vi: `Các quyết định cần nhau theo vòng: ${path}.`,
      en: `Decisions require each other in a circle: ${path}.`,
    })
  }
}

function referencesOf(element: DrgElement): Reference[] {
  switch (element.kind) {
    case 'decision':
      return [...element.requiredInputs, ...element.requiredDecisions, ...element.requiredKnowledge]
    case 'business knowledge model':
      return element.requiredKnowledge
    case 'decision service':
      return [
        ...element.outputDecisions,
        ...element.encapsulatedDecisions,
        ...element.inputDecisions,
        ...element.inputData,
      ]
    default:
      return []
  }
}

/** Circles of information requirements, each once. */
function cycles(model: LinkedModel, definitions: Definitions): DrgElement[][] {
  const found: DrgElement[][] = []
  const done = new Set<DrgElement>()
  const visit = (element: DrgElement, path: DrgElement[]) => {
    const at = path.indexOf(element)
    if (at >= 0) {
      found.push(path.slice(at))
      return
    }
    if (done.has(element) || element.kind !== 'decision') return
    for (const reference of element.requiredDecisions) {
      const next = model.find(reference)?.element
      if (next) visit(next, [...path, element])
    }
    done.add(element)
  }
  for (const element of definitions.elements) visit(element, [])
  return found
}
