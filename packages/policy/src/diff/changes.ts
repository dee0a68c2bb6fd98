import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Message } from '@nhip/canonical/problem'
import type { BundleModel, Source } from '../bundle/model.ts'
import { type Line, type LineKind, linesOf } from './lines.ts'

/** One change between two bundles, as a lawyer reads it: which article, what stood there, what stands there now. */
export interface Change {
  readonly kind: `${LineKind}.${'added' | 'removed' | 'changed'}`
  readonly path: string
  readonly from: CivilDate | null
  readonly title: Message | null
  /** Null where there was nothing. */
  readonly before: string | null
  readonly after: string | null
  /** The article that the new text rests on, or the old one where there is no new text. */
  readonly reference: {
    readonly source: string
    readonly number: string | null
    readonly title: Message
    readonly article: string
  } | null
}

/**
 * Everything that differs between two bundles, in the order of the second one, removed things last. Values are compared
 * line by line: a parameter on a date, a formula from a date, a rule of a table.
 */
export function changesBetween(before: BundleModel, after: BundleModel): Change[] {
  const [old, now] = [grouped(linesOf(before)), grouped(linesOf(after))]
  const changes: Change[] = []
  for (const [key, lines] of now) changes.push(...compare(old.get(key) ?? [], lines, before, after))
  for (const [key, lines] of old) if (!now.has(key)) changes.push(...compare(lines, [], before, after))
  return changes
}

/** Lines that stand at the same place: one each, or the rules of a table. */
function grouped(lines: readonly Line[]): Map<string, Line[]> {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const key = `${line.kind}\u0000${line.path}\u0000${line.from ?? ''}`
    const group = groups.get(key)
    if (group) group.push(line)
    else groups.set(key, [line])
  }
  return groups
}

function compare(
  old: readonly Line[],
  now: readonly Line[],
  before: BundleModel,
  after: BundleModel,
): Change[] {
  const changes: Change[] = []
  for (const { a, b } of aligned(old, now)) {
    const line = b?.line ?? a?.line
    if (line === undefined || (a && b && sameLine(a.line, b.line))) continue
    const how = a === undefined ? 'added' : b === undefined ? 'removed' : 'changed'
    const reference = (b?.line ?? a?.line)?.reference ?? null
    const source = reference && (b ? after : before).sources.get(reference.source)
    const number = line.kind === 'rule' ? ` ${(b ?? a)?.number}` : ''
    changes.push({
      kind: `${line.kind}.${how}`,
      path: `${line.path}${number === '' ? '' : ` rule${number}`}`,
      from: line.from,
      title: line.title,
      before: a?.line.text ?? null,
      after: b?.line.text ?? null,
      reference: reference && {
        source: reference.source,
        ...sourceText(source ?? undefined, reference.source),
        article: reference.article,
      },
    })
  }
  return changes
}

function sourceText(source: Source | undefined, id: string): { number: string | null; title: Message } {
  return source ? { number: source.number, title: source.title } : { number: null, title: { vi: id, en: id } }
}

const sameLine = (a: Line, b: Line) =>
  a.text === b.text &&
  a.reference?.source === b.reference?.source &&
  a.reference?.article === b.reference?.article

interface Numbered {
  readonly line: Line
  readonly number: number
}

/** Pairs lines in order by their longest common part; what is left between two equal lines is taken as changed in turn. */
function aligned(
  old: readonly Line[],
  now: readonly Line[],
): { a: Numbered | undefined; b: Numbered | undefined }[] {
  let start = 0
  while (start < old.length && start < now.length && sameLine(old[start] as Line, now[start] as Line)) start++
  let end = 0
  while (
    end < old.length - start &&
    end < now.length - start &&
    sameLine(old[old.length - 1 - end] as Line, now[now.length - 1 - end] as Line)
  )
    end++
  const [left, right] = [old.slice(start, old.length - end), now.slice(start, now.length - end)]
  const length = commonLengths(left, right)
  const pairs: { a: Numbered | undefined; b: Numbered | undefined }[] = []
  let [i, j] = [0, 0]
  let gap: { a: Numbered[]; b: Numbered[] } = { a: [], b: [] }
  const flush = (): void => {
    for (let k = 0; k < Math.max(gap.a.length, gap.b.length); k++) pairs.push({ a: gap.a[k], b: gap.b[k] })
    gap = { a: [], b: [] }
  }
  while (i < left.length || j < right.length) {
    const [x, y] = [left[i], right[j]]
    if (x && y && sameLine(x, y)) {
      flush()
      i++
      j++
    } else if (y === undefined || (x && (length[i + 1]?.[j] ?? 0) >= (length[i]?.[j + 1] ?? 0))) {
      gap.a.push({ line: x as Line, number: start + ++i })
    } else gap.b.push({ line: y, number: start + ++j })
  }
  flush()
  return pairs
}

/** Lengths of the longest common subsequence of all tails; tables of many thousands of changed rules are paired in order. */
function commonLengths(a: readonly Line[], b: readonly Line[]): number[][] {
  if (a.length * b.length > 4_000_000) return []
  const length = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = length[i] as number[]
      row[j] = sameLine(a[i] as Line, b[j] as Line)
        ? (length[i + 1]?.[j + 1] as number) + 1
        : Math.max(length[i + 1]?.[j] as number, row[j + 1] as number)
    }
  }
  return length
}
