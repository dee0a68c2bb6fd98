import type { Message } from '@nhip/canonical/problem'
import type { CallNode, FunctionNode, Iterator, NameNode, Node, PathNode, Span } from '@nhip/feel/ast'
import { parseDuration, YearsMonths } from '@nhip/feel/temporal'
import type { BundleModel, Entity, Variable } from '../bundle/model.ts'
import { suggestion } from '../bundle/nearest.ts'
import { CONVERSIONS, type ConversionName, LOOKUP_SCALE } from './library.ts'

/** How a formula reads a variable of a period that need not be its own. */
export type How =
  | { readonly kind: 'same' | Exclude<ConversionName, 'at'> }
  | { readonly kind: 'at'; readonly months: number; readonly days: number; readonly text: string }

/** One thing that a formula reads from outside, under the name that stands for it in the compiled expression. */
export type Access = {
  readonly name: string
  /** Every place at which it is read; the first is `span`. */
  readonly span: Span
  readonly spans: Span[]
} & (
  | { readonly from: 'own' | 'member'; readonly variable: Variable; readonly how: How }
  | { readonly from: 'group'; readonly group: Entity; readonly variable: Variable; readonly how: How }
  | { readonly from: 'parameter'; readonly path: string }
  | { readonly from: 'folder'; readonly path: string }
  | { readonly from: 'members' | 'period' | 'role' | 'position' }
)

export interface Rewritten {
  readonly ast: Node
  /** By name. */
  readonly accesses: ReadonlyMap<string, Access>
  readonly problems: readonly { code: string; span: Span; value: string; message: Message; hint?: Message }[]
}

/** What is where a formula stands. */
export interface Surroundings {
  readonly model: BundleModel
  /** Null for the value of a parameter, which may only read parameters. */
  readonly entity: Entity | null
  /** The variables of each entity by name. */
  readonly variablesOf: (entity: Entity) => ReadonlyMap<string, Variable>
  /** Children of a folder of parameters: last name → path; undefined when there is no such folder. */
  readonly folder: (path: string) => ReadonlyMap<string, string> | undefined
}

/**
 * Replaces what a policy means by a name, a path or a conversion by plain names, so that the rest of the engine sees
 * ordinary FEEL: `parameters.tax.scale`, `household.area` and `previous(salary)` each become one name, a member's
 * variables become components of the member, whose names keep the conversion: `members.held(birth)`.
 */
export function rewrite(ast: Node, around: Surroundings): Rewritten {
  const writer = new Rewriter(around)
  const rewritten = writer.node(ast)
  return { ast: rewritten, accesses: writer.accesses, problems: writer.problems }
}

type Root = 'members' | 'parameters' | 'own' | { readonly group: Entity } | null

class Rewriter {
  readonly accesses = new Map<string, Access>()
  readonly problems: { code: string; span: Span; value: string; message: Message; hint?: Message }[] = []
  readonly #around: Surroundings
  readonly #own: ReadonlyMap<string, Variable>
  readonly #member: ReadonlyMap<string, Variable>
  readonly #groups: ReadonlyMap<string, Entity>

  constructor(around: Surroundings) {
    this.#around = around
    const { entity, model, variablesOf } = around
    const isGroup = entity !== null && entity !== model.person
    this.#own = entity === null ? new Map() : variablesOf(entity)
    this.#member = isGroup ? variablesOf(model.person) : new Map()
    this.#groups =
      entity === model.person ? new Map(model.groups.map((group) => [group.key, group])) : new Map()
  }

  #add(key: string, access: Access): void {
    const known = this.accesses.get(key)
    if (known === undefined) this.accesses.set(key, access)
    else known.spans.push(access.span)
  }

  node(node: Node): Node {
    switch (node.kind) {
      case 'name':
        return this.#name(node)
      case 'path':
        return this.#path(node, { kind: 'same' })
      case 'call':
        return this.#call(node)
      case 'filter':
        return { ...node, source: this.node(node.source), condition: this.node(node.condition) }
      case 'binary':
        return { ...node, left: this.node(node.left), right: this.node(node.right) }
      case 'negation':
      case 'unary':
      case 'instance of':
        return { ...node, operand: this.node(node.operand) }
      case 'between':
        return {
          ...node,
          operand: this.node(node.operand),
          low: this.node(node.low),
          high: this.node(node.high),
        }
      case 'in':
        return { ...node, operand: this.node(node.operand), tests: node.tests.map((t) => this.node(t)) }
      case 'if':
        return {
          ...node,
          condition: this.node(node.condition),
          // biome-ignore lint/suspicious/noThenProperty: a branch of the tree, nothing awaits it.
          then: this.node(node.then),
          else: this.node(node.else),
        }
      case 'for':
      case 'quantified':
        return {
          ...node,
          iterators: node.iterators.map((i) => this.#iterator(i)),
          body: this.node(node.body),
        }
      case 'list':
        return { ...node, items: node.items.map((i) => this.node(i)) }
      case 'range':
        return { ...node, low: this.node(node.low), high: this.node(node.high) }
      case 'context':
        return { ...node, entries: node.entries.map((e) => ({ ...e, value: this.node(e.value) })) }
      case 'function':
        return { ...node, body: this.node(node.body) } satisfies FunctionNode
      case 'tests':
        return { ...node, tests: node.tests.map((t) => this.node(t)) }
      default:
        return node
    }
  }

  #iterator(iterator: Iterator): Iterator {
    const { source, to } = iterator
    return { ...iterator, source: this.node(source), to: to === null ? null : this.node(to) }
  }

  #report(span: Span, code: string, value: string, message: Message, hint?: Message): void {
    this.problems.push({ code, span, value, message, ...(hint === undefined ? {} : { hint }) })
  }

  // ── names and paths ──────────────────────────────────────────────────────────────────────────────────────────

  #name(node: NameNode, how: How = { kind: 'same' }): Node {
    const { name } = node
    if (node.binding === 'local' || node.binding === 'function') return node
    // Inside a filter the names of the item come first: in `members[age < 6]` it is the member's age.
    if (node.binding !== 'scope') return this.#leaf(node, name, 'members', how)
    if (this.#own.has(name)) return this.#leaf(node, name, 'own', how)
    if (name === 'members' || name === 'period' || name === 'role' || name === 'position') {
      this.#add(name, { name, from: name, ...placesOf(node) })
      return node
    }
    if (name === 'parameters') {
      this.#report(node, 'name.unknown', name, {
        vi: 'sau "parameters" phải là đường dẫn của một tham số: parameters.…',
        en: '"parameters" must be followed by the path of one: parameters.…',
      })
    } else if (this.#groups.has(name)) {
      this.#report(node, 'name.unknown', name, {
        vi: `sau "${name}" phải là một biến của nó: ${name}.…`,
        en: `"${name}" must be followed by one of its variables: ${name}.…`,
      })
    }
    return node
  }

  #path(node: PathNode, how: How): Node {
    const root = this.#root(node)
    if (root === 'parameters') return this.#parameter(node)
    if (root !== null && typeof root === 'object') return this.#leaf(node, node.name, root, how)
    const source = this.node(node.source)
    if (root === 'members') {
      const leaf = this.#leaf(node, node.name, 'members', how)
      return leaf.kind === 'name' ? { ...node, source, name: leaf.name } : { ...node, source }
    }
    if (how.kind !== 'same') this.#notVariable(node, how)
    return { ...node, source }
  }

  /** What the components of a path are components of. */
  #root(node: PathNode): Root {
    let at: Node = node.source
    let depth = 1
    while (at.kind === 'path' || at.kind === 'filter') {
      if (at.kind === 'path') depth++
      at = at.source
    }
    if (at.kind !== 'name') return null
    if (at.binding === 'local') return depth === 1 && this.#member.size > 0 ? 'members' : null
    if (at.binding !== 'scope') return null
    if (at.name === 'parameters') return 'parameters'
    if (at.name === 'members') return depth === 1 ? 'members' : null
    const group = this.#groups.get(at.name)
    return group && depth === 1 ? { group } : null
  }

  /** A variable at the end of a path or by itself; returns the name that stands for it. */
  #leaf(node: Node & Span, name: string, root: Exclude<Root, 'parameters' | null>, how: How): Node {
    if (root === 'members') {
      const variable = this.#member.get(name)
      if (variable === undefined) {
        if (how.kind !== 'same') this.#notVariable(node, how)
        return node
      }
      const access = { name: nameOf(name, how), ...placesOf(node), from: 'member' as const, variable, how }
      this.#add(`members.${access.name}`, access)
      return node.kind === 'name' ? { ...node, name: access.name } : { ...asName(node), name: access.name }
    }
    if (root === 'own') {
      const variable = this.#own.get(name) as Variable
      const access = { name: nameOf(name, how), ...placesOf(node), from: 'own' as const, variable, how }
      this.#add(access.name, access)
      return { ...asName(node), name: access.name }
    }
    const { group } = root
    const variables = this.#around.variablesOf(group)
    const variable = variables.get(name)
    const synthetic = nameOf(`${group.key}.${name}`, how)
    if (variable === undefined) {
      this.#report(
        node,
        'name.unknown',
        `${group.key}.${name}`,
        { vi: `"${group.key}" không có biến "${name}"`, en: `"${group.key}" has no variable "${name}"` },
        suggestion(name, variables.keys()),
      )
      return { kind: 'error', ...spanOf(node) }
    }
    this.#add(synthetic, {
      name: synthetic,
      ...placesOf(node),
      from: 'group',
      group,
      variable,
      how,
    })
    return { ...asName(node), name: synthetic }
  }

  /** `parameters.a.b` becomes one name; what follows the parameter stays a path on its value. */
  #parameter(node: PathNode): Node {
    const names: string[] = []
    let at: Node = node
    while (at.kind === 'path') {
      names.unshift(at.name)
      at = at.source
    }
    if (at.kind !== 'name') return { ...node, source: this.node(node.source) }
    const { parameters } = this.#around.model
    for (let length = names.length; length > 0; length--) {
      const path = names.slice(0, length).join('.')
      if (!parameters.has(path)) continue
      const name = `parameters.${path}`
      this.#add(name, { name, from: 'parameter', path, ...placesOf(node) })
      let result: Node = { ...asName(node), name }
      for (const rest of names.slice(length))
        result = { kind: 'path', source: result, name: rest, ...spanOf(node) }
      return result
    }
    const path = names.join('.')
    const folder = this.#around.folder(path)
    if (folder) {
      this.#report(
        node,
        'name.unknown',
        path,
        {
          vi: `"parameters.${path}" là một thư mục tham số`,
          en: `"parameters.${path}" is a folder of parameters`,
        },
        {
          vi: `chọn một trong: ${[...folder.keys()].join(', ')}, hoặc viết lookup(parameters.${path}, khóa)`,
          en: `take one of: ${[...folder.keys()].join(', ')}, or write lookup(parameters.${path}, key)`,
        },
      )
    } else {
      this.#report(
        node,
        'name.unknown',
        `parameters.${path}`,
        { vi: `không có tham số "parameters.${path}"`, en: `there is no parameter "parameters.${path}"` },
        suggestion(path, parameters.keys()),
      )
    }
    return { kind: 'error', ...spanOf(node) }
  }

  // ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────

  #call(node: CallNode): Node {
    const { callee } = node
    if (callee.kind === 'name' && callee.binding === 'function') {
      if (isConversion(callee.name)) return this.#conversion(node, callee.name)
      if (callee.name === 'lookup') return this.#lookup(node, callee)
    }
    return {
      ...node,
      callee: callee.kind === 'name' && callee.binding !== 'scope' ? callee : this.node(callee),
      args: node.args.map((arg) => this.node(arg)),
    }
  }

  #conversion(node: CallNode, name: ConversionName): Node {
    const [target, offset] = node.args
    const how = name === 'at' ? atOf(offset) : { kind: name }
    const wanted = name === 'at' ? 2 : 1
    if (how === null || target === undefined || node.args.length !== wanted) {
      this.#report(node, 'feel.type', name, {
        vi: name === 'at' ? 'viết at(biến, @"-P3M")' : `viết ${name}(biến)`,
        en: name === 'at' ? 'write at(variable, @"-P3M")' : `write ${name}(variable)`,
      })
      return { kind: 'error', ...spanOf(node) }
    }
    // The name stands where the whole call stood, so that an explanation shows it so.
    const place = spanOf(node)
    if (target.kind === 'name') {
      const found = this.#name({ ...target, ...place }, how)
      if (found.kind === 'name' && found.name === target.name) this.#notVariable(target, how)
      return found
    }
    if (target.kind === 'path') return this.#path({ ...target, ...place }, how)
    this.#notVariable(target, how)
    return { kind: 'error', ...place }
  }

  #notVariable(node: Span, { kind }: How): void {
    this.#report(node, 'feel.type', kind, {
      vi: `${kind}(…) chỉ nhận một biến`,
      en: `${kind}(…) takes a variable only`,
    })
  }

  #lookup(node: CallNode, callee: NameNode): Node {
    const [target, key] = node.args
    const path = target?.kind === 'path' && this.#root(target) === 'parameters' ? pathText(target) : undefined
    const folder = path === undefined ? undefined : this.#around.folder(path)
    if (
      !folder ||
      path === undefined ||
      target === undefined ||
      key === undefined ||
      node.args.length !== 2
    ) {
      this.#report(node, 'feel.type', 'lookup', {
        vi: 'viết lookup(parameters.thư_mục, khóa), trong đó thư mục chứa mỗi khóa một tham số',
        en: 'write lookup(parameters.folder, key), where the folder holds one parameter a key',
      })
      return { kind: 'error', ...spanOf(node) }
    }
    const kinds = new Set(
      [...folder.values()].map((child) => this.#around.model.parameters.get(child)?.kind === 'value'),
    )
    if (kinds.size > 1) {
      this.#report(node, 'feel.type', path, {
        vi: `thư mục "parameters.${path}" vừa có số vừa có biểu`,
        en: `the folder "parameters.${path}" mixes numbers and scales`,
      })
    }
    const name = `parameters.${path}`
    this.#add(name, { name, from: 'folder', path, ...placesOf(target) })
    return {
      ...node,
      callee: kinds.has(true) ? callee : { ...callee, name: LOOKUP_SCALE },
      args: [{ ...asName(target), name }, this.node(key)],
    }
  }
}

function isConversion(name: string): name is ConversionName {
  return (CONVERSIONS as readonly string[]).includes(name)
}

function pathText(node: PathNode): string {
  return node.source.kind === 'path' ? `${pathText(node.source)}.${node.name}` : node.name
}

function atOf(node: Node | undefined): How | null {
  if (node?.kind !== 'at') return null
  const duration = parseDuration(node.value)
  if (duration === null) return null
  if (duration instanceof YearsMonths)
    return { kind: 'at', months: duration.months, days: 0, text: node.value }
  const days = Number(duration.nanos / 86_400_000_000_000n)
  return { kind: 'at', months: 0, days, text: node.value }
}

/** The name of a variable as it is read: `salary`, `previous(salary)`, `at(salary, -P3M)`. */
export function nameOf(name: string, how: How): string {
  if (how.kind === 'same') return name
  return how.kind === 'at' ? `at(${name}, @"${how.text}")` : `${how.kind}(${name})`
}

const spanOf = ({ start, end, line, column }: Span): Span => ({ start, end, line, column })
const asName = (node: Span): NameNode => ({ kind: 'name', name: '', binding: 'scope', ...spanOf(node) })

const placesOf = (node: Span) => ({ span: spanOf(node), spans: [spanOf(node)] })
