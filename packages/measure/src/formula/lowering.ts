import type { Message } from '@nhip/canonical/problem'
import type { Node, Span } from '@nhip/feel/ast'
import { type FeelProblem, problemAt } from '@nhip/feel/problem'
import { KIND_NAMES, type Reader, typeRefusal } from './call.ts'
import { constant, missingConstant } from './constant.ts'
import type { ItemDefinition } from './definition.ts'
import { derived } from './derived.ts'
import type { Expr, FormulaType } from './expression.ts'
import { dimension, item } from './item.ts'
import { itemUom } from './item-uom.ts'
import { MECHANISMS } from './mechanisms.ts'
import { Refused } from './refused.ts'
import type { FormulaScope } from './scope.ts'

/** Reads the formula of a derived indicator: given by the compiler, so that each place of definitions is said once. */
export type ReadDerived = (definition: ItemDefinition, span: Span) => Expr | null

const NOT_ALLOWED: Partial<Record<Node['kind'], Message>> = {
  for: { vi: 'vòng lặp "for"', en: 'the loop "for"' },
  quantified: { vi: '"some" và "every"', en: '"some" and "every"' },
  function: { vi: 'định nghĩa hàm', en: 'a function definition' },
  context: { vi: 'ngữ cảnh {…}', en: 'a context {…}' },
  'instance of': { vi: '"instance of"', en: '"instance of"' },
  input: { vi: 'dấu "?"', en: 'the sign "?"' },
  tests: { vi: 'danh sách phép thử', en: 'a list of tests' },
}

/** From the tree of the parser to typed expressions; what the language refuses becomes problems with their place. */
export class Lowering implements Reader {
  readonly scope: FormulaScope
  readonly problems: FeelProblem[] = []
  readonly #text: string
  readonly #derived: ReadDerived
  /** Dimensions of the item whose filter is being read. */
  #dimensions: Set<string> | null = null

  constructor(scope: FormulaScope, text: string, readDerived: ReadDerived) {
    this.scope = scope
    this.#text = text
    this.#derived = readDerived
  }

  /** Reads an expression; where it is refused, a missing value stands and a problem says why. */
  expr(node: Node): Expr {
    try {
      return this.#read(node)
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal
      this.problems.push(problemAt('error', refusal.code, refusal.span, this.#text, refusal.say))
      return missingConstant(node)
    }
  }

  /** Calls a mechanism by its name. */
  call(name: string, args: readonly Node[], span: Span): Expr {
    const mechanism = MECHANISMS.get(name)
    if (mechanism === undefined) {
      throw new Refused('formula-not-allowed', span, {
        vi: `công thức không được dùng hàm "${name}"`,
        en: `formulas may not use the function "${name}"`,
      })
    }
    return mechanism({ name, args, span, lowering: this })
  }

  typed<K extends FormulaType['kind']>(node: Node, ...kinds: K[]): Expr {
    const expr = this.expr(node)
    if (expr.type.kind !== 'nothing' && !kinds.includes(expr.type.kind as K)) {
      throw typeRefusal(node, KIND_NAMES[kinds[0] as string]!, KIND_NAMES[expr.type.kind]!)
    }
    return expr
  }

  number(node: Node): Expr {
    return this.typed(node, 'number')
  }

  boolean(node: Node): Expr {
    return this.typed(node, 'boolean')
  }

  /** A number written in the formula; a minus sign before it is part of it. */
  literal(node: Node | undefined, span: Span): number {
    if (node?.kind === 'number') return Number(node.text)
    if (node?.kind === 'negation' && node.operand.kind === 'number') return -Number(node.operand.text)
    throw new Refused('formula-type', node ?? span, {
      vi: 'chỗ này cần một số viết sẵn trong công thức',
      en: 'a number written in the formula is expected here',
    })
  }

  whole(node: Node | undefined, span: Span, low: number, high: number): number {
    const n = this.literal(node, span)
    if (Number.isInteger(n) && n >= low && n <= high) return n
    throw new Refused('formula-type', node ?? span, {
      vi: `chỗ này cần một số nguyên từ ${low} đến ${high}`,
      en: `a whole number from ${low} to ${high} is expected here`,
    })
  }

  text(node: Node | undefined, span: Span): string {
    if (node?.kind === 'string') return node.value
    throw new Refused('formula-type', node ?? span, {
      vi: 'chỗ này cần một chuỗi trong dấu nháy',
      en: 'a text in quotes is expected here',
    })
  }

  /** Reads an expression in which names are dimensions of a breakdown. */
  #within(dimensions: Set<string>, node: Node): Expr {
    const outer = this.#dimensions
    this.#dimensions = dimensions
    try {
      return this.boolean(node)
    } finally {
      this.#dimensions = outer
    }
  }

  #read(node: Node): Expr {
    const refused = NOT_ALLOWED[node.kind]
    if (refused !== undefined) {
      throw new Refused('formula-not-allowed', node, {
        vi: `công thức không được dùng ${refused.vi}`,
        en: `formulas may not use ${refused.en}`,
      })
    }
    switch (node.kind) {
      case 'number':
        return constant(node, Number(node.text))
      case 'string':
        return constant(node, node.value)
      case 'boolean':
        return constant(node, node.value)
      case 'null':
        return missingConstant(node)
      case 'name':
        return this.#named(node.name, node)
      case 'path':
        return this.#path(node.source, node.name, node)
      case 'filter':
        return this.#filtered(node.source, node.condition, node)
      case 'call':
        return this.#called(node)
      case 'binary':
        return '=!<>'.includes(node.operator[0] as string)
          ? MECHANISMS.get('compare')!({
              name: node.operator,
              args: [node.left, node.right],
              span: node,
              lowering: this,
            })
          : this.call(node.operator, [node.left, node.right], node)
      case 'negation':
        return this.call('negation', [node.operand], node)
      case 'between':
        return this.call('between', [node.operand, node.low, node.high], node)
      case 'in':
        return this.call('in', [node.operand, ...node.tests], node)
      case 'if':
        return this.call('if', [node.condition, node.then, node.else], node)
      case 'error':
        return missingConstant(node)
      default:
        throw new Refused('formula-type', node, {
          vi: 'chỗ này cần một giá trị, không phải danh sách, khoảng hay thời hạn',
          en: 'a value is expected here, not a list, a range or a duration',
        })
    }
  }

  #named(code: string, span: Span): Expr {
    if (this.#dimensions !== null) {
      this.#dimensions.add(code)
      return dimension(span, code)
    }
    const definition = this.scope.items.get(code)
    if (definition === undefined) {
      throw new Refused('unknown-item', span, {
        vi: `không có chỉ tiêu "${code}" trong phạm vi này`,
        en: `there is no item "${code}" in this scope`,
      })
    }
    if (definition.formula !== undefined) {
      const body = this.#derived(definition, span)
      return body === null ? missingConstant(span) : derived(span, definition, body)
    }
    return item(span, {
      definition,
      scope: this.scope,
      type: itemType(definition, span),
      where: null,
      of: 'value',
    })
  }

  #path(source: Node, name: string, span: Span): Expr {
    const code = codeOf(source)
    const definition = code === null ? undefined : this.scope.items.get(code)
    if (definition !== undefined && (name === 'numerator' || name === 'denominator')) {
      return item(span, {
        definition,
        scope: this.scope,
        type: { kind: 'number', uom: null },
        where: null,
        of: name,
      })
    }
    throw new Refused('formula-type', span, {
      vi: `không có thành phần "${name}"; một chỉ tiêu chỉ có "numerator" và "denominator"`,
      en: `there is no component "${name}"; an item has "numerator" and "denominator" only`,
    })
  }

  #filtered(source: Node, condition: Node, span: Span): Expr {
    const code = codeOf(source)
    const definition = code === null ? undefined : this.scope.items.get(code)
    if (definition === undefined || definition.formula !== undefined) {
      throw new Refused('formula-type', source, {
        vi: 'chỉ lọc được phân tổ của một chỉ tiêu nhập',
        en: 'only the breakdown of an input item can be filtered',
      })
    }
    const names = new Set<string>()
    const where = this.#within(names, condition)
    const { breakdowns } = definition
    const unknown = breakdowns && [...names].find((name) => !breakdowns.includes(name))
    if (names.size === 0 || unknown !== undefined) {
      throw new Refused('formula-type', condition, {
        vi: `điều kiện lọc phải nói về phân tổ của "${definition.code}"${breakdowns ? `: ${breakdowns.join(', ')}` : ''}`,
        en: `the filter must speak of a breakdown of "${definition.code}"${breakdowns ? `: ${breakdowns.join(', ')}` : ''}`,
      })
    }
    return item(span, {
      definition,
      scope: this.scope,
      type: itemType(definition, span),
      where: {
        condition: where,
        dimensions: [...names].sort(),
        text: this.#text.slice(condition.start, condition.end),
      },
      of: 'value',
    })
  }

  #called(node: Node & { kind: 'call' }): Expr {
    const code = codeOf(node)
    if (code !== null && this.#dimensions === null) return this.#named(code, node)
    if (node.callee.kind !== 'name' || node.names !== null) {
      throw new Refused('formula-not-allowed', node, {
        vi: 'công thức chỉ được gọi hàm có sẵn, tham số theo thứ tự',
        en: 'formulas may only call the functions there are, with arguments in order',
      })
    }
    return this.call(node.callee.name, node.args, node)
  }
}

/** The code of a node that names an item: a name, or `item("1.2")`. */
export function codeOf(node: Node): string | null {
  if (node.kind === 'name') return node.name
  const isItem = node.kind === 'call' && node.callee.kind === 'name' && node.callee.name === 'item'
  const [argument] = isItem ? node.args : []
  return argument?.kind === 'string' && node.kind === 'call' && node.args.length === 1 ? argument.value : null
}

function itemType(definition: ItemDefinition, span: Span): FormulaType {
  if (definition.type === 'text') return { kind: 'text' }
  if (definition.type === 'yesno') return { kind: 'boolean' }
  return { kind: 'number', uom: itemUom(definition, span) }
}
