import type { CallNode, Span } from '@nhip/feel/ast'
import { BUILT_INS } from '@nhip/feel/builtins'
import { LIBRARY, LOOKUP_SCALE } from '../interpret/library.ts'
import { inexact } from './arithmetic.ts'
import type { Expressions, Lowering } from './expression.ts'
import { BOOLEAN, NotLowered } from './graph.ts'
import { numberType } from './interval.ts'
import type { AggregateKind, NumberType, Rounding } from './node.ts'
import { lookedUp, scaleOfValue } from './scale-nodes.ts'
import { NULL, ofNode, type Value } from './value.ts'

const ROUNDINGS: ReadonlyMap<string, Rounding> = new Map<string, Rounding>([
  ['floor', 'floor'],
  ['ceiling', 'ceiling'],
  ['decimal', 'half even'],
  ['round up', 'up'],
  ['round down', 'down'],
  ['round half up', 'half up'],
  ['round half down', 'half down'],
  ['round half even', 'half even'],
])

const EPOCH_DAYS: NumberType = numberType({ min: -(2n ** 31n), max: 2n ** 31n, scale: 0, finite: true })

/** Calls of functions, each in the sense that the interpreter gives it. */
export class Calls {
  readonly #owner: Expressions

  constructor(owner: Expressions) {
    this.#owner = owner
  }

  call(node: CallNode, at: Lowering): Value {
    const { callee, names } = node
    const args = node.args.map((arg) => at.node(arg))
    if (
      callee.kind === 'name' &&
      callee.binding === 'function' &&
      at.bound(callee.name, callee) === undefined
    )
      return this.byName(callee.name, names === null ? args : ordered(callee.name, args, names), at, node)
    const target = at.node(callee)
    if (target.kind !== 'function') throw new NotLowered('không phải một hàm', 'not a function')
    return target.call(args, names)
  }

  byName(name: string, args: readonly Value[], at: Lowering, _span: Span): Value {
    const { arithmetic, graph, values } = this.#owner
    const [a = NULL, b = NULL, c = NULL] = args
    const rounding = ROUNDINGS.get(name)
    if (rounding !== undefined) return this.#round(a, args.length === 1 ? 0 : this.#digits(b), rounding)
    switch (name) {
      case 'abs':
        if (a.kind === 'duration') return { ...a, id: arithmetic.absolute(a.id) }
        return ofNode(arithmetic.absolute(values.number(a)))
      case 'modulo':
        return ofNode(arithmetic.modulo(values.number(a), values.number(b)))
      case 'odd':
      case 'even': {
        const rest = arithmetic.modulo(values.number(a), graph.integer(2n))
        return ofNode(arithmetic.compare('=', rest, graph.integer(name === 'odd' ? 1n : 0n)))
      }
      case 'not':
        return ofNode(graph.not(values.boolean(a)))
      case 'min':
      case 'max':
        return this.#extreme(name, args)
      case 'sum':
        return this.#sum(args, at)
      case 'product': {
        const items = this.#items(args)
        return ofNode(items.map((item) => values.number(item)).reduce((x, y) => arithmetic.multiply(x, y)))
      }
      case 'mean': {
        const total = this.#sum(args, at)
        const count = this.#count(args.length === 1 ? a : { kind: 'list', items: args })
        const [n, d] = [values.number(total), values.number(count)]
        return graph.valueOf(d) === undefined
          ? { kind: 'quotient', numerator: n, denominator: d }
          : ofNode(arithmetic.divide(n, d))
      }
      case 'count':
        return this.#count(a)
      case 'any':
      case 'all':
        return this.#logical(name, args)
      case 'list contains':
        return this.#contains(a, b)
      case 'clamp':
        return this.#clamp(values.number(a), values.number(b), values.number(c))
      case 'scale':
        return scaleOfValue(a, values.number(b), this.#owner)
      case 'lookup':
      case LOOKUP_SCALE:
        return lookedUp(a, b, this.#owner)
      case 'age':
        return this.#age(a, b, c)
      case 'months between': {
        const [from, to] = [values.date(a), values.date(b)]
        const type = numberType({ min: -75_000_000n, max: 75_000_000n, scale: 0, finite: true })
        return ofNode(graph.add({ op: 'months-between', args: [from, to] }, type, graph.nullable(from, to)))
      }
      case 'sqrt':
      case 'exp':
      case 'log':
        if (!at.scope.approximate) {
          throw new NotLowered(
            `${name}(…) không chính xác: khai báo approximate: true cho biến nếu chấp nhận gần đúng`,
            `${name}(…) is not exact: declare the variable approximate: true where that will do`,
            'number.unproved',
          )
        }
        return ofNode(arithmetic.function(name, [values.number(a)]))
      default:
        throw new NotLowered(
          `hàm "${name}" chưa biên dịch được cho cả dân số`,
          `function "${name}" cannot be lowered for a whole population`,
          'not-lowered',
          name,
        )
    }
  }

  /** Days from 1970-01-01 as a number. */
  epoch(date: number): number {
    const { graph } = this.#owner
    const value = graph.valueOf(date)
    if (typeof value === 'number') return graph.integer(BigInt(value))
    return graph.add({ op: 'date-part', part: 'epoch', args: [date] }, EPOCH_DAYS, graph.nullable(date))
  }

  datePart(
    date: number,
    [min, max]: readonly [bigint, bigint],
    part: 'year' | 'month' | 'day' | 'weekday',
  ): number {
    const { graph } = this.#owner
    const type = numberType({ min, max, scale: 0, finite: true })
    return graph.add({ op: 'date-part', part, args: [date] }, type, graph.nullable(date))
  }

  #digits(value: Value): number {
    const { graph, values } = this.#owner
    const digits = graph.numberOf(values.number(value))?.int
    if (digits === undefined || Number.isNaN(digits) || Math.abs(digits) > 30)
      throw new NotLowered(
        'số chữ số làm tròn phải là một hằng số nguyên',
        'the number of digits to round to must be a whole constant',
      )
    return digits
  }

  /** A quotient is rounded in the same exact step in which it is worked out. */
  #round(value: Value, digits: number, rounding: Rounding): Value {
    const { arithmetic, values } = this.#owner
    if (value.kind === 'quotient') {
      const whole = arithmetic.roundQuotient(value.numerator, value.denominator, digits, rounding)
      if (whole !== undefined) return ofNode(whole)
    }
    const id = values.number(value)
    if (arithmetic.type(id).form === 'double') throw inexact()
    return ofNode(arithmetic.round(id, digits, rounding))
  }

  #items(args: readonly Value[]): readonly Value[] {
    const [only] = args
    if (args.length !== 1 || only === undefined) return args
    if (only.kind === 'list') return only.items
    if (only.kind === 'members' || only.kind === 'member')
      throw new NotLowered('danh sách này không có độ dài cố định', 'this list has no fixed length')
    return [only]
  }

  #extreme(name: 'min' | 'max', args: readonly Value[]): Value {
    const { arithmetic, graph, values, comparison } = this.#owner
    const [only] = args
    if (args.length === 1 && only?.kind === 'members') {
      const id = values.scalar(only.map ?? { kind: 'member', firstOf: null })
      if (id === undefined) return NULL
      const type = graph.type(id)
      if (type.kind === 'number') return ofNode(arithmetic.aggregate(name, id, only.keep, 1, true))
      if (type.kind !== 'date')
        throw new NotLowered('min, max chỉ cho số và ngày', 'min and max are of numbers and dates')
      return ofNode(this.#aggregate(name, id, only.keep, type, true))
    }
    const items = this.#items(args)
    if (items.length === 0 || items.some((item) => item.kind === 'null')) return NULL
    const isDate = items.every((item) => item.kind === 'node' && graph.type(item.id).kind === 'date')
    if (isDate) {
      return items.reduce((x, y) => {
        const better = comparison.compare(name === 'min' ? '<=' : '>=', x, y)
        const missing = graph.or(values.isNull(x), values.isNull(y))
        return values.select(missing, NULL, values.select(better, x, y))
      })
    }
    const which = name === 'min' ? 'minimum' : 'maximum'
    return ofNode(items.map((item) => values.number(item)).reduce((x, y) => arithmetic.extreme(which, x, y)))
  }

  #aggregate(
    kind: AggregateKind,
    id: number,
    keep: number | null,
    type: Parameters<Expressions['graph']['add']>[1],
    nullable: boolean,
  ): number {
    const { graph } = this.#owner
    const args = (keep === null ? [id] : [id, keep]).map((one) => graph.project(one))
    return graph.add({ op: 'aggregate', kind, args }, type, nullable, 'group')
  }

  /** The first of the members kept, null where there is none. */
  first(map: Value, keep: number | null): Value {
    const { arithmetic, graph, values } = this.#owner
    const id = values.scalar(map)
    if (id === undefined) return NULL
    const type = graph.type(id)
    return ofNode(
      type.kind === 'number'
        ? arithmetic.aggregate('first', id, keep, 1, true)
        : this.#aggregate('first', id, keep, type, true),
    )
  }

  #sum(args: readonly Value[], at: Lowering): Value {
    const { arithmetic, graph, values } = this.#owner
    const [only] = args
    if (args.length === 1 && only?.kind === 'members') {
      const id = values.number(only.map ?? { kind: 'member', firstOf: null })
      const total = arithmetic.aggregate('sum', id, only.keep, at.scope.maxMembers, graph.nullable(id))
      if (at.scope.emptySum === 'zero') return ofNode(total)
      const none = arithmetic.compare('=', values.number(this.#count(only)), graph.integer(0n))
      return ofNode(graph.nullIf(none, total))
    }
    const items = this.#items(args)
    if (items.length === 0) return at.scope.emptySum === 'zero' ? ofNode(graph.integer(0n)) : NULL
    return ofNode(items.map((item) => values.number(item)).reduce((x, y) => arithmetic.add(x, y)))
  }

  #count(list: Value): Value {
    const { graph } = this.#owner
    if (list.kind === 'list') return ofNode(graph.integer(BigInt(list.items.length)))
    if (list.kind !== 'members') throw new NotLowered('cần một danh sách', 'wants a list')
    const type = numberType({ min: 0n, max: 2n ** 31n, scale: 0, finite: true })
    const args = list.keep === null ? [] : [graph.project(list.keep)]
    return ofNode(graph.add({ op: 'aggregate', kind: 'count', args }, type, false, 'group'))
  }

  #logical(name: 'any' | 'all', args: readonly Value[]): Value {
    const { graph, values } = this.#owner
    const [only] = args
    if (args.length === 1 && only?.kind === 'members') {
      const id = values.boolean(only.map ?? { kind: 'member', firstOf: null })
      return ofNode(this.#aggregate(name, id, only.keep, BOOLEAN, graph.nullable(id)))
    }
    const items = this.#items(args).map((item) => values.boolean(item))
    return ofNode(
      name === 'any'
        ? items.reduce((x, y) => graph.or(x, y), graph.boolean(false))
        : items.reduce((x, y) => graph.and(x, y), graph.boolean(true)),
    )
  }

  #contains(list: Value, element: Value): Value {
    const { graph, comparison } = this.#owner
    if (list.kind === 'members') {
      const equal = comparison.equal(list.map ?? { kind: 'member', firstOf: null }, element)
      return ofNode(this.#aggregate('any', equal, list.keep, BOOLEAN, false))
    }
    if (list.kind !== 'list') throw new NotLowered('cần một danh sách', 'wants a list')
    return ofNode(
      list.items
        .map((item) => comparison.equal(item, element))
        .reduce((x, y) => graph.or(x, y), graph.boolean(false)),
    )
  }

  #clamp(x: number, low: number, high: number): Value {
    const { arithmetic, graph } = this.#owner
    const within = arithmetic.extreme('minimum', arithmetic.extreme('maximum', x, low), high)
    const crossed = graph.truth(arithmetic.compare('>', low, high))
    return ofNode(graph.isTrue(crossed) ? arithmetic.null() : graph.nullIf(crossed, within))
  }

  #age(birth: Value, on: Value, leap: Value): Value {
    const { graph, values } = this.#owner
    const option = leap.kind === 'null' ? '28-02' : this.#text(leap)
    if (option !== '28-02' && option !== '01-03') return NULL
    const [born, day] = [values.date(birth), values.date(on)]
    const type = numberType({ min: -12_000_000n, max: 12_000_000n, scale: 0, finite: true })
    return ofNode(
      graph.add({ op: 'age', args: [born, day], late: option === '01-03' }, type, graph.nullable(born, day)),
    )
  }

  #text(value: Value): string | undefined {
    const { graph } = this.#owner
    if (value.kind !== 'node') return undefined
    const type = graph.type(value.id)
    const code = graph.valueOf(value.id)
    return type.kind === 'code' && typeof code === 'number' ? type.values[code] : undefined
  }
}

/** Arguments with names in the order of the function's parameters. */
function ordered(name: string, args: readonly Value[], names: readonly string[]): readonly Value[] {
  const { signatures } = LIBRARY.get(name)?.signature ?? BUILT_INS.get(name) ?? { signatures: [] }
  const fitting = signatures.find(({ parameters }) =>
    names.every((n) => parameters.some((p) => p.name === n)),
  )
  if (fitting === undefined) throw new NotLowered('tham số có tên', 'named arguments')
  return fitting.parameters.map((p) => args[names.indexOf(p.name)] ?? NULL)
}
