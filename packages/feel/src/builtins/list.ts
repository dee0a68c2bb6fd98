import * as number from '../number.ts'
import { int, Num, toInteger } from '../number.ts'
import type { Runtime } from '../runtime.ts'
import { ANY, BOOLEAN, functionOf as functionType, listOf, NUMBER } from '../types.ts'
import { compare, equal, type FeelValue, type Func, isList, kindOf, toText } from '../values.ts'
import { define, nullable, optional, parameter, type Signature, signature } from './signature.ts'

const LIST = listOf(ANY)
type List = readonly FeelValue[]

/** A function of a list that may also be called with the items themselves. */
function ofItems(call: (list: List, runtime: Runtime) => FeelValue): Signature[] {
  const counted = (list: List, runtime: Runtime) => {
    runtime.spend(list.length)
    return call(list, runtime)
  }
  return [
    signature([parameter('list', LIST)], ([list]: [List], r) => counted(list, r)),
    signature(
      [nullable('item1', ANY), nullable('item2', ANY)],
      ([first, second, rest]: [FeelValue, FeelValue, List], r) => counted([first, second, ...rest], r),
      nullable('item', ANY),
    ),
  ]
}

/** Numbers only, at least one; anything else is null with a warning. */
function ofNumbers(name: string, call: (numbers: readonly Num[]) => FeelValue): Signature[] {
  return ofItems((list, runtime) => {
    if (list.length === 0) return runtime.warn('call.value', name, '[]')
    const wrong = list.find((item) => !(item instanceof Num))
    if (wrong !== undefined) return runtime.warn('call.value', name, toText(wrong, 60))
    return call(list as readonly Num[]) ?? runtime.warn('number.range', name)
  })
}

function sum(numbers: readonly Num[]): Num | null {
  return numbers.reduce((total: Num | null, n) => total && number.add(total, n), number.ZERO)
}

function mean(numbers: readonly Num[]): Num | null {
  const total = sum(numbers)
  return total && number.divide(total, int(numbers.length))
}

function extreme(name: string, better: (order: number) => boolean): Signature[] {
  return ofItems((list, runtime) => {
    if (list.length === 0) return runtime.warn('call.value', name, '[]')
    let best: FeelValue = null
    for (const [i, item] of list.entries()) {
      const order = i === 0 ? compare(item, item) : compare(item, best)
      if (order === null) return runtime.warn('call.value', name, toText(item, 60))
      if (i === 0 || better(order)) best = item
    }
    return best
  })
}

/** Three-valued: an item that is neither true nor false leaves the result open. */
function logical(name: string, decisive: boolean): Signature[] {
  return ofItems((list, runtime) => {
    let result: boolean | null = !decisive
    for (const item of list) {
      if (item === decisive) return decisive
      if (typeof item !== 'boolean') {
        if (item !== null) runtime.warn('call.value', name, toText(item, 60))
        result = null
      }
    }
    return result
  })
}

function median(numbers: readonly Num[]): Num | null {
  const sorted = [...numbers].sort(number.compare)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as Num
  return sorted.length % 2 === 1 ? upper : mean([sorted[middle - 1] as Num, upper])
}

/** Of the sample: the divisor is one less than the count. */
function deviation(numbers: readonly Num[]): Num | null {
  const centre = mean(numbers)
  if (centre === null || numbers.length < 2) return null
  const squares = numbers.map((n) => {
    const distance = number.subtract(n, centre)
    return distance && number.multiply(distance, distance)
  })
  const total = squares.includes(null) ? null : sum(squares as Num[])
  const variance = total && number.divide(total, int(numbers.length - 1))
  return variance && number.sqrt(variance)
}

function mode(list: List, runtime: Runtime): FeelValue {
  const wrong = list.find((item) => !(item instanceof Num))
  if (wrong !== undefined) return runtime.warn('call.value', 'mode', toText(wrong, 60))
  const counts = new Map<string, { value: Num; count: number }>()
  for (const value of list as readonly Num[]) {
    const entry = counts.get(value.toString())
    if (entry === undefined) counts.set(value.toString(), { value, count: 1 })
    else entry.count++
  }
  const most = Math.max(...[...counts.values()].map((entry) => entry.count))
  return [...counts.values()]
    .filter((entry) => entry.count === most)
    .map((entry) => entry.value)
    .sort(number.compare)
}

/** The index of a position counted from 1, or from the end when negative; -1 when there is none. */
function indexOf(position: Num, length: number): number {
  const at = toInteger(position)
  const index = at > 0 ? at - 1 : at < 0 ? length + at : -1
  return index >= 0 && index < length ? index : -1
}

function outside(name: string, position: Num, runtime: Runtime): null {
  return runtime.warn('call.value', name, position.toString())
}

function sublist([list, start, length]: [List, Num, Num | null], runtime: Runtime): FeelValue {
  const from = indexOf(start, list.length)
  const count = length === null ? list.length - from : toInteger(length)
  if (from < 0 || !(count >= 1) || from + count > list.length)
    return outside('sublist', length ?? start, runtime)
  return list.slice(from, from + count)
}

function insert([list, position, item]: [List, Num, FeelValue], runtime: Runtime): FeelValue {
  const at = indexOf(position, list.length)
  return at < 0 ? outside('insert before', position, runtime) : list.toSpliced(at, 0, item)
}

function replaceWhere([list, match, item]: [List, Func, FeelValue], runtime: Runtime): FeelValue {
  const result: FeelValue[] = []
  for (const old of list) {
    const hit = match.call([old, item], null, runtime)
    if (typeof hit !== 'boolean') return runtime.warn('call.value', 'list replace', toText(hit, 60))
    result.push(hit ? item : old)
  }
  return result
}

/** Equal by `=`; a Set of texts would not see that durations or zoned times are equal. */
function distinct(list: List, runtime: Runtime): FeelValue[] {
  const kept: FeelValue[] = []
  const seen = new Set<FeelValue>()
  for (const item of list) {
    // Texts and small numbers are compared by identity first: lists of codes are long.
    const key = item instanceof Num ? `n${item}` : item
    if (typeof key !== 'object' || key === null) {
      if (!seen.has(key)) {
        seen.add(key)
        kept.push(item)
      }
      continue
    }
    runtime.spend(kept.length)
    if (!kept.some((other) => equal(other, item) === true)) kept.push(item)
  }
  return kept
}

function flatten(list: List, runtime: Runtime): FeelValue[] {
  const flat: FeelValue[] = []
  const add = (items: List, depth: number) => {
    runtime.spend(items.length)
    for (const item of items) {
      if (isList(item) && depth < 1_000) add(item, depth + 1)
      else flat.push(item)
    }
  }
  add(list, 0)
  return flat
}

function joined(lists: readonly List[], runtime: Runtime): FeelValue[] {
  runtime.spend(lists.reduce((total, list) => total + list.length, 0))
  return ([] as FeelValue[]).concat(...lists.map((list) => [...list]))
}

/** A function of one or more lists. */
function ofLists(call: (lists: readonly List[], runtime: Runtime) => FeelValue): Signature {
  const list = parameter('list', LIST)
  return signature([list], ([first, rest]: [List, readonly List[]], r) => call([first, ...rest], r), list)
}

/** Merge sort by the user's own comparison: stable, and safe when that is no order at all. */
function sortBy(list: List, precedes: (a: FeelValue, b: FeelValue) => boolean | null): FeelValue[] | null {
  if (list.length < 2) return [...list]
  const middle = list.length >> 1
  const left = sortBy(list.slice(0, middle), precedes)
  const right = sortBy(list.slice(middle), precedes)
  if (left === null || right === null) return null
  const merged: FeelValue[] = []
  let [i, j] = [0, 0]
  while (i < left.length && j < right.length) {
    const swap = precedes(right[j] as FeelValue, left[i] as FeelValue)
    if (swap === null) return null
    merged.push((swap ? right[j++] : left[i++]) as FeelValue)
  }
  return merged.concat(left.slice(i), right.slice(j))
}

function sort([list, precedes]: [List, Func | null], runtime: Runtime): FeelValue {
  runtime.spend(list.length)
  return sortBy(list, (a, b) => {
    if (precedes === null) {
      const order = compare(a, b)
      if (order === null) runtime.warn('compare.types', kindOf(a), kindOf(b))
      return order === null ? null : order < 0
    }
    const result = precedes.call([a, b], null, runtime)
    if (typeof result === 'boolean') return result
    runtime.warn('call.value', 'sort', toText(result, 60))
    return null
  })
}

const FUNCTION = functionType(null, ANY)

export const LISTS = [
  define(
    'list contains',
    BOOLEAN,
    signature([parameter('list', LIST), nullable('element', ANY)], ([list, element]: [List, FeelValue]) =>
      list.some((item) => equal(item, element) === true),
    ),
  ),
  define(
    'count',
    NUMBER,
    signature([parameter('list', LIST)], ([list]: [List]) => int(list.length)),
  ),
  define('min', ANY, ...extreme('min', (order) => order < 0)),
  define('max', ANY, ...extreme('max', (order) => order > 0)),
  define('sum', NUMBER, ...ofNumbers('sum', sum)),
  define(
    'product',
    NUMBER,
    ...ofNumbers('product', (numbers) =>
      numbers.reduce((total: Num | null, n) => total && number.multiply(total, n), number.ONE),
    ),
  ),
  define('mean', NUMBER, ...ofNumbers('mean', mean)),
  define('median', NUMBER, ...ofNumbers('median', median)),
  define('stddev', NUMBER, ...ofNumbers('stddev', deviation)),
  define('mode', listOf(NUMBER), ...ofItems((list, r) => (list.length === 0 ? [] : mode(list, r)))),
  define('all', BOOLEAN, ...logical('all', false)),
  define('any', BOOLEAN, ...logical('any', true)),
  define(
    'sublist',
    LIST,
    signature(
      [parameter('list', LIST), parameter('start position', NUMBER), optional('length', NUMBER)],
      sublist,
    ),
  ),
  define(
    'append',
    LIST,
    signature(
      [parameter('list', LIST)],
      ([list, items]: [List, List], r) => joined([list, items], r),
      nullable('item', ANY),
    ),
  ),
  define('concatenate', LIST, ofLists(joined)),
  define(
    'union',
    LIST,
    ofLists((lists, r) => distinct(joined(lists, r), r)),
  ),
  define(
    'insert before',
    LIST,
    signature([parameter('list', LIST), parameter('position', NUMBER), nullable('newItem', ANY)], insert),
  ),
  define(
    'remove',
    LIST,
    signature(
      [parameter('list', LIST), parameter('position', NUMBER)],
      ([list, position]: [List, Num], r) => {
        const at = indexOf(position, list.length)
        return at < 0 ? outside('remove', position, r) : list.toSpliced(at, 1)
      },
    ),
  ),
  define(
    'list replace',
    LIST,
    signature(
      [parameter('list', LIST), parameter('position', NUMBER), nullable('newItem', ANY)],
      ([list, position, item]: [List, Num, FeelValue], r) => {
        const at = indexOf(position, list.length)
        return at < 0 ? outside('list replace', position, r) : list.toSpliced(at, 1, item)
      },
    ),
    signature(
      [parameter('list', LIST), parameter('match', FUNCTION), nullable('newItem', ANY)],
      replaceWhere,
    ),
  ),
  define(
    'reverse',
    LIST,
    signature([parameter('list', LIST)], ([list]: [List]) => list.toReversed()),
  ),
  define(
    'index of',
    listOf(NUMBER),
    signature([parameter('list', LIST), nullable('match', ANY)], ([list, match]: [List, FeelValue]) =>
      list.flatMap((item, i) => (equal(item, match) === true ? [int(i + 1)] : [])),
    ),
  ),
  define(
    'distinct values',
    LIST,
    signature([parameter('list', LIST)], ([list]: [List], r) => distinct(list, r)),
  ),
  define(
    'flatten',
    LIST,
    signature([parameter('list', LIST)], ([list]: [List], r) => flatten(list, r)),
  ),
  define('sort', LIST, signature([parameter('list', LIST), optional('precedes', FUNCTION)], sort)),
]
