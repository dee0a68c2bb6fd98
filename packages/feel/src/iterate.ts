import type { Span } from './ast.ts'
import { int, Num } from './number.ts'
import type { Runtime } from './runtime.ts'
import { dateOfEpochDay, LocalDate } from './temporal.ts'
import { type FeelValue, isList, kindOf, Range } from './values.ts'

/**
 * What a loop runs over: the items of a list, the whole numbers or days of a range (downwards too when it is written
 * `start..end`), or a single value as a list of one. Null with a warning for anything else.
 */
export function iterate(
  source: FeelValue,
  end: FeelValue | undefined,
  runtime: Runtime,
  node: Span,
): readonly FeelValue[] | null {
  if (end !== undefined) return span(source, end, runtime, node)
  if (isList(source)) return source
  if (source instanceof Range) {
    if (source.form !== 'interval') return runtime.warnAt(node, 'for.domain', 'range')
    return inside(source, span(source.start, source.end, runtime, node))
  }
  return source === null ? runtime.warnAt(node, 'for.domain', 'null') : [source]
}

function span(start: FeelValue, end: FeelValue, runtime: Runtime, node: Span): FeelValue[] | null {
  if (
    start instanceof Num &&
    end instanceof Num &&
    Number.isInteger(start.int) &&
    Number.isInteger(end.int)
  ) {
    return count(start.int, end.int, runtime, int)
  }
  if (start instanceof LocalDate && end instanceof LocalDate) {
    return count(start.epochDay, end.epochDay, runtime, (day) => dateOfEpochDay(day))
  }
  return runtime.warnAt(node, 'for.domain', `${kindOf(start)}..${kindOf(end)}`)
}

function count(from: number, to: number, runtime: Runtime, make: (n: number) => FeelValue): FeelValue[] {
  // Charged before the items are made, so that `1..1e15` ends here and not in memory.
  runtime.spend(Math.abs(to - from) + 1)
  const items: FeelValue[] = []
  if (from <= to) for (let n = from; n <= to; n++) items.push(make(n))
  else for (let n = from; n >= to; n--) items.push(make(n))
  return items
}

function inside(range: Range, items: FeelValue[] | null): readonly FeelValue[] | null {
  if (items === null) return null
  const from = range.startIncluded ? 0 : 1
  return items.slice(from, range.endIncluded ? undefined : Math.max(from, items.length - 1))
}
