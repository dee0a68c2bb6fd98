import type { Runtime } from '../runtime.ts'
import { ANY, BOOLEAN, rangeOf } from '../types.ts'
import { compare, type FeelValue, kindOf, Range } from '../values.ts'
import { type BuiltIn, define, parameter, type Signature, signature } from './signature.ts'

/** One end of a range for comparisons: `limit` is null where there is no end. */
interface End {
  readonly limit: FeelValue
  readonly included: boolean
}

const startOf = (range: Range): End => ({ limit: range.start, included: range.startIncluded })
const endOf = (range: Range): End => ({ limit: range.end, included: range.endIncluded })

/** Signals that two limits cannot be compared: the whole relation is null. */
const INCOMPARABLE = Symbol('incomparable')

function order(a: FeelValue, b: FeelValue): number {
  const result = compare(a, b)
  if (result === null) throw INCOMPARABLE
  return result
}

const less = (a: FeelValue, b: FeelValue) => order(a, b) < 0
const same = (a: FeelValue, b: FeelValue) => order(a, b) === 0
const sameEnd = (a: End, b: End) => same(a.limit, b.limit) && a.included === b.included

type Point = FeelValue

// The definitions of DMN 1.5, 10.3.4.7, one line each.
const before = {
  points: (a: Point, b: Point) => less(a, b),
  pointRange: (p: Point, r: Range) => less(p, r.start) || (same(p, r.start) && !r.startIncluded),
  rangePoint: (r: Range, p: Point) => less(r.end, p) || (same(r.end, p) && !r.endIncluded),
  ranges: (a: Range, b: Range) =>
    less(a.end, b.start) || (same(a.end, b.start) && !(a.endIncluded && b.startIncluded)),
}

const contains = (r: Range, p: Point): boolean =>
  (less(r.start, p) && less(p, r.end)) ||
  (same(r.start, p) && r.startIncluded) ||
  (same(r.end, p) && r.endIncluded)

const covers = (a: Range, b: Range): boolean =>
  (less(a.start, b.start) || (same(a.start, b.start) && (a.startIncluded || !b.startIncluded))) &&
  (less(b.end, a.end) || (same(a.end, b.end) && (a.endIncluded || !b.endIncluded)))

const meets = (a: Range, b: Range) => a.endIncluded && b.startIncluded && same(a.end, b.start)

const overlap = (a: Range, b: Range): boolean =>
  (less(b.start, a.end) || (same(a.end, b.start) && a.endIncluded && b.startIncluded)) &&
  (less(a.start, b.end) || (same(b.end, a.start) && b.endIncluded && a.startIncluded))

const startsEarlier = (a: Range, b: Range) =>
  less(a.start, b.start) || (same(a.start, b.start) && a.startIncluded && !b.startIncluded)

const overlapsBefore = (a: Range, b: Range): boolean =>
  startsEarlier(a, b) &&
  (less(b.start, a.end) || (same(a.end, b.start) && a.endIncluded && b.startIncluded)) &&
  (less(a.end, b.end) || (same(a.end, b.end) && (!a.endIncluded || b.endIncluded)))

const starts = (a: Range, b: Range): boolean =>
  sameEnd(startOf(a), startOf(b)) &&
  (less(a.end, b.end) || (same(a.end, b.end) && (!a.endIncluded || b.endIncluded)))

const finishes = (a: Range, b: Range): boolean =>
  sameEnd(endOf(a), endOf(b)) &&
  (less(b.start, a.start) || (same(a.start, b.start) && (!a.startIncluded || b.startIncluded)))

const RANGE = rangeOf(ANY)

function relation(
  names: readonly [string, string],
  kinds: readonly ['point' | 'range', 'point' | 'range'],
  test: unknown,
): Signature {
  const parameters = names.map((name, i) => parameter(name, kinds[i] === 'range' ? RANGE : ANY))
  return signature(parameters, ([a, b]: [FeelValue, FeelValue], runtime: Runtime) => {
    if ((kinds[0] === 'point' && a instanceof Range) || (kinds[1] === 'point' && b instanceof Range)) {
      return runtime.warn('compare.types', kindOf(a), kindOf(b))
    }
    try {
      return (test as (a: FeelValue, b: FeelValue) => boolean)(a, b)
    } catch (error) {
      if (error !== INCOMPARABLE) throw error
      return runtime.warn('compare.types', kindOf(a), kindOf(b))
    }
  })
}

const pointPoint = (test: (a: Point, b: Point) => boolean) =>
  relation(['point1', 'point2'], ['point', 'point'], test)
const pointRange = (test: (p: Point, r: Range) => boolean) =>
  relation(['point', 'range'], ['point', 'range'], test)
const rangePoint = (test: (r: Range, p: Point) => boolean) =>
  relation(['range', 'point'], ['range', 'point'], test)
const rangeRange = (test: (a: Range, b: Range) => boolean) =>
  relation(['range1', 'range2'], ['range', 'range'], test)

/** The most specific shape first: a parameter that takes any value must not catch a range. */
const relations = (name: string, ...signatures: Signature[]): BuiltIn => define(name, BOOLEAN, ...signatures)

export const RANGES = [
  relations(
    'before',
    rangeRange(before.ranges),
    pointRange(before.pointRange),
    rangePoint(before.rangePoint),
    pointPoint(before.points),
  ),
  relations(
    'after',
    rangeRange((a, b) => before.ranges(b, a)),
    pointRange((p, r) => before.rangePoint(r, p)),
    rangePoint((r, p) => before.pointRange(p, r)),
    pointPoint((a, b) => less(b, a)),
  ),
  relations('meets', rangeRange(meets)),
  relations(
    'met by',
    rangeRange((a, b) => meets(b, a)),
  ),
  relations('overlaps', rangeRange(overlap)),
  relations('overlaps before', rangeRange(overlapsBefore)),
  relations(
    'overlaps after',
    rangeRange((a, b) => overlapsBefore(b, a)),
  ),
  relations(
    'finishes',
    rangeRange(finishes),
    pointRange((p, r) => r.endIncluded && same(r.end, p)),
  ),
  relations(
    'finished by',
    rangeRange((a, b) => finishes(b, a)),
    rangePoint((r, p) => r.endIncluded && same(r.end, p)),
  ),
  relations('includes', rangeRange(covers), rangePoint(contains)),
  relations(
    'during',
    rangeRange((a, b) => covers(b, a)),
    pointRange((p, r) => contains(r, p)),
  ),
  relations(
    'starts',
    rangeRange(starts),
    pointRange((p, r) => r.startIncluded && same(r.start, p)),
  ),
  relations(
    'started by',
    rangeRange((a, b) => starts(b, a)),
    rangePoint((r, p) => r.startIncluded && same(r.start, p)),
  ),
  relations(
    'coincides',
    rangeRange((a, b) => sameEnd(startOf(a), startOf(b)) && sameEnd(endOf(a), endOf(b))),
    pointPoint(same),
  ),
]
