import type { Num } from '@nhip/feel/number'
import * as number from '@nhip/feel/number'
import type { FeelValue } from '@nhip/feel/values'
import type { Scale } from '../bundle/scale.ts'
import { scaleOf } from '../bundle/scale.ts'
import type { Expressions } from './expression.ts'
import { NotLowered, scaled } from './graph.ts'
import * as interval from './interval.ts'
import { isExact, numberType } from './interval.ts'
import type { Constant } from './node.ts'
import { NULL, ofFeel, ofNode, type Value } from './value.ts'

const decimals = (n: Num) => (n.isInteger ? 0 : n.decimal.decimalPlaces())

/** `scale(s, x)`: one node where whole numbers do, else the steps of the scale's definition. */
export function scaleOfValue(value: Value, x: number, owner: Expressions): Value {
  const { values, graph } = owner
  if (value.kind === 'null') return NULL
  if (value.kind !== 'scales') throw new NotLowered('cần một biểu', 'wants a scale')
  const [only] = value.scales
  if (value.key === null) return only ? ofNode(applied(only, x, owner)) : NULL
  const { key } = value
  // The scale of each word, chosen by the word.
  const results = value.scales.map((scale) => (scale === null ? NULL : ofNode(applied(scale, x, owner))))
  const type = graph.type(key)
  return results.reduceRight<Value>(
    (otherwise, result, i) =>
      values.select(
        graph.add(
          { op: 'compare', test: '=', args: [key, graph.constant(i, type)] },
          { kind: 'boolean' },
          false,
        ),
        result,
        otherwise,
      ),
    NULL,
  )
}

function applied(scale: Scale, x: number, owner: Expressions): number {
  const { arithmetic, graph } = owner
  if (graph.valueOf(x) === null) return arithmetic.null()
  if (scale.kind === 'average-rate') return averageRate(scale, x, owner)
  return piecewise(scale, x, owner) ?? stepwise(scale, x, owner)
}

/** Thresholds, what has come together below each, and the slope above it, as whole numbers in doubles. */
function piecewise(scale: Scale, x: number, owner: Expressions): number | undefined {
  const { arithmetic, graph } = owner
  const type = arithmetic.type(x)
  const { kind, thresholds, amounts } = scale
  const own = Math.max(type.scale, ...thresholds.map(decimals))
  const rates = Math.max(0, ...amounts.map(decimals))
  const marginal = kind === 'marginal-rate'
  const result = marginal ? own + rates : rates
  if (type.form !== 'integer' || graph.valueOf(x) !== undefined) return undefined
  const bounds = interval.atScale(type, own)
  const points = thresholds.map((t) => scaled(t, own))
  const slopes = amounts.map((a) => (marginal ? scaled(a, rates) : 0n))
  const bases: bigint[] = []
  for (const [i, amount] of amounts.entries()) {
    const before = bases[i - 1] ?? 0n
    const last = points[i - 1] ?? 0n
    if (marginal)
      bases.push(i === 0 ? 0n : before + (slopes[i - 1] as bigint) * ((points[i] as bigint) - last))
    else if (kind === 'single-amount') bases.push(scaled(amount, rates))
    else bases.push(before + scaled(amount, rates))
  }
  // The ends of each bracket hold all extremes, and every product on the way.
  const ends = points.flatMap((from, i) => {
    const to = interval.least(points[i + 1] ?? bounds.max, bounds.max)
    if (to < from) return [0n]
    const rise = (slopes[i] as bigint) * (to - from)
    const base = bases[i] as bigint
    return [base, rise, base + rise]
  })
  const all = [0n, ...ends, ...points, bounds.min, bounds.max]
  if (!all.every((n) => isExact({ min: n, max: n }))) return undefined
  const values = points.flatMap((from, i) => {
    const to = interval.least(points[i + 1] ?? bounds.max, bounds.max)
    if (to < from) return []
    const base = bases[i] as bigint
    return [base, base + (slopes[i] as bigint) * (to - from)]
  })
  const to = numberType({
    min: interval.least(0n, ...values),
    max: interval.greatest(0n, ...values),
    scale: result,
    finite: true,
  })
  const fine = arithmetic.finer(x, own)
  if (fine === undefined) return undefined
  return graph.add(
    {
      op: 'piecewise',
      args: [fine],
      thresholds: points.map(Number),
      bases: bases.map(Number),
      slopes: slopes.map(Number),
      reached: kind === 'single-amount',
    },
    to,
    graph.nullable(x),
  )
}

function stepwise(scale: Scale, x: number, owner: Expressions): number {
  const { arithmetic, graph } = owner
  const { kind, thresholds, amounts } = scale
  const zero = graph.integer(0n)
  if (kind === 'single-amount') {
    return thresholds.reduce(
      (below, t, i) =>
        arithmetic.select(
          arithmetic.compare('>=', x, graph.number(t)),
          graph.number(amounts[i] as Num),
          below,
        ),
      nullAs(x, zero, owner),
    )
  }
  return thresholds.reduce(
    (total, t, i) => {
      const from = graph.number(t)
      const amount = graph.number(amounts[i] as Num)
      if (kind === 'marginal-amount')
        return arithmetic.add(total, arithmetic.select(arithmetic.compare('>', x, from), amount, zero))
      const next = thresholds[i + 1]
      const upper = next === undefined ? x : arithmetic.extreme('minimum', x, graph.number(next))
      const part = arithmetic.extreme('maximum', arithmetic.subtract(upper, from), zero)
      return arithmetic.add(total, arithmetic.multiply(part, amount))
    },
    nullAs(x, zero, owner),
  )
}

/** A start of 0 that is null where x is. */
function nullAs(x: number, zero: number, { arithmetic, graph }: Expressions): number {
  return graph.nullable(x) ? arithmetic.select(graph.isNull(x), arithmetic.null(), zero) : zero
}

/** x times a rate that is linear between thresholds; the quotient in it keeps the order of the interpreter's steps. */
function averageRate({ thresholds, amounts }: Scale, x: number, owner: Expressions): number {
  const { arithmetic, graph } = owner
  const zero = nullAs(x, graph.integer(0n), owner)
  const results = thresholds.map((from, i) => {
    const low = amounts[i] as Num
    const [to, high] = [thresholds[i + 1], amounts[i + 1]]
    const run = to && number.subtract(to, from)
    const rise = high && number.subtract(high, low)
    if (!run || !rise) return arithmetic.multiply(x, graph.number(low))
    const along = arithmetic.subtract(x, graph.number(from))
    const slope = arithmetic.divide(arithmetic.multiply(graph.number(rise), along), graph.number(run))
    return arithmetic.multiply(x, arithmetic.add(graph.number(low), slope))
  })
  return results.reduce(
    (below, result, i) =>
      arithmetic.select(arithmetic.compare('>=', x, graph.number(thresholds[i] as Num)), result, below),
    zero,
  )
}

/** `lookup(parameters.folder, key)`: the entries in the order of the key's values, chosen by its code. */
export function lookedUp(folder: Value, key: Value, owner: Expressions): Value {
  const { graph, values } = owner
  if (folder.kind !== 'folder')
    throw new NotLowered('cần một thư mục tham số', 'wants a folder of parameters')
  const code = values.scalar(key)
  if (code === undefined) return NULL
  const type = graph.type(code)
  if (type.kind !== 'code')
    throw new NotLowered('khóa phải thuộc một danh mục', 'the key must be of an enumeration')
  const found = type.values.map((word): FeelValue => folder.entries.get(word) ?? null)
  const known = graph.valueOf(code)
  if (known !== undefined) return known === null ? NULL : ofFeel(found[Number(known)] ?? null, graph)
  const scales = found.map((value) => scaleOf(value) ?? null)
  if (scales.some((scale) => scale !== null)) return { kind: 'scales', key: code, scales }
  const numbers = found.map((value) => (value instanceof number.Num ? value : null))
  const scale = Math.max(0, ...numbers.map((n) => (n === null ? 0 : decimals(n))))
  const wholes = numbers.map((n) => (n === null ? null : scaled(n, scale)))
  const present = wholes.filter((n) => n !== null)
  if (present.length === 0) return NULL
  const to = numberType({
    min: interval.least(...present),
    max: interval.greatest(...present),
    scale,
    finite: true,
  })
  if (to.form !== 'integer') throw new NotLowered('tham số quá lớn', 'the parameters are too large')
  return ofNode(
    graph.pick(
      code,
      wholes.map((n): Constant => (n === null ? null : Number(n))),
      to,
    ),
  )
}
