import { type Box, boxContains, boxesMeet, isEmptyBox, narrowColumns } from './box.ts'
import type { Budget } from './budget.ts'
import { uncovered } from './cover.ts'
import { finding } from './finding.ts'
import { contains, type IndexSet, same, union } from './index-set.ts'
import { compareRanks, rankOf, sameOutput } from './outputs.ts'
import type { Pairs } from './overlap.ts'
import { MOST_FINDINGS, placeOf, reportRegion, type TableCheck, unlessProved } from './table-check.ts'
import { isTransparent, regionText, type TableView } from './view.ts'

/** Rules that never win, say what another says already, or could be one. */
export function checkShadows(check: TableCheck, pairs: Pairs): void {
  const meeting = neighbours(pairs, check.view.may, check.budget)
  checkMasked(check, meeting)
  checkSubsumed(check, pairs)
  checkMergeable(check, meeting)
}

/** Of each rule, the rules that may meet it. */
function neighbours(
  { pairs, complete }: Pairs,
  boxes: readonly Box[],
  budget: Budget,
): (rule: number) => readonly number[] {
  const all = boxes.map((_, i) => i)
  if (!complete) {
    return (rule) =>
      budget.spend(boxes.length * (boxes[0]?.length ?? 0))
        ? all.filter((i) => i !== rule && boxesMeet(boxes[i] as Box, boxes[rule] as Box))
        : []
  }
  const lists: number[][] = boxes.map(() => [])
  for (const [i, j] of pairs) {
    lists[i]?.push(j)
    lists[j]?.push(i)
  }
  return (rule) => lists[rule] ?? []
}

// ── masked ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The rules that win over a rule where both hold. */
export function strongerThan(
  { table, outputs }: Pick<TableView, 'table' | 'outputs'>,
  rule: number,
  others: readonly number[],
): readonly number[] {
  if (table.hitPolicy === 'FIRST') return others.filter((i) => i < rule)
  if (table.hitPolicy !== 'PRIORITY') return []
  const own = rankOf(outputs, outputs.rules[rule] ?? [])
  if (own === undefined) return []
  return others.filter((i) => {
    const rank = rankOf(outputs, outputs.rules[i] ?? [])
    return rank !== undefined && compareRanks(rank, own) < 0
  })
}

function checkMasked(check: TableCheck, meeting: (rule: number) => readonly number[]): void {
  const { view, budget } = check
  const { hitPolicy } = view.table
  if (hitPolicy !== 'FIRST' && hitPolicy !== 'PRIORITY') return
  for (const [rule, box] of view.may.entries()) {
    if (budget.spent) return
    if (isEmptyBox(box)) continue
    const stronger = strongerThan(view, rule, meeting(rule))
    if (stronger.length === 0) continue
    const { pieces, complete } = uncovered(
      box,
      stronger.map((i) => view.must[i] as Box),
      budget,
      { most: 1 },
    )
    if (pieces.length > 0 || !complete) continue
    const single = stronger.find((i) => boxContains(view.must[i] as Box, box))
    const by = (single === undefined ? [...stronger].sort((a, b) => a - b) : [single]).map((i) => i + 1)
    const names = by.slice(0, 8).join(', ') + (by.length > 8 ? ', …' : '')
    reportRegion(
      check,
      box,
      {
        severity: 'error',
        code: 'table.masked',
        rules: [rule + 1, ...by],
        place: placeOf(view, rule + 1),
        message: {
          vi: `dòng ${rule + 1} của bảng "${view.decision}" không bao giờ được dùng: đã bị dòng ${names} che hết`,
          en: `rule ${rule + 1} of table "${view.decision}" is never used: ${by.length > 1 ? 'rules' : 'rule'} ${names} ${by.length > 1 ? 'take' : 'takes'} all of it`,
        },
        hint: {
          vi: 'đưa dòng này lên trước, thu hẹp dòng che nó, hoặc bỏ đi',
          en: 'move it up, narrow what covers it, or remove it',
        },
      },
      (hits) => stronger.some((i) => hits.includes(i + 1)),
    )
  }
}

// ── duplicate, subsumed ────────────────────────────────────────────────────────────────────────────────────────

function checkSubsumed(check: TableCheck, { pairs }: Pairs): void {
  const { view, findings } = check
  const { table, outputs } = view
  const rules = new RulesCompared(view)
  let reported = 0
  for (const [i, j] of pairs) {
    if (reported >= MOST_FINDINGS) return
    if (sameOutput(outputs.rules[i] ?? [], outputs.rules[j] ?? []) !== true) continue
    if (rules.areSame(i, j)) {
      reported++
      const counted =
        table.hitPolicy === 'COLLECT' && (table.aggregation === 'SUM' || table.aggregation === 'COUNT')
      findings.push(
        finding({
          severity: 'warning',
          code: 'table.duplicate',
          place: placeOf(view, j + 1),
          decision: view.decision,
          rules: [i + 1, j + 1],
          region: regionText(view, view.may[j] as Box),
          message: {
            vi: `dòng ${j + 1} của bảng "${view.decision}" giống hệt dòng ${i + 1}${counted ? ': bị cộng hai lần' : ''}`,
            en: `rule ${j + 1} of table "${view.decision}" is the same as rule ${i + 1}${counted ? ': it is counted twice' : ''}`,
          },
        }),
      )
      continue
    }
    const [inner, outer] = rules.isInside(i, j) ? [i, j] : rules.isInside(j, i) ? [j, i] : []
    if (inner === undefined || outer === undefined) continue
    if (table.hitPolicy === 'FIRST' && inner < outer && interrupted(view, inner, outer)) continue
    reported++
    findings.push(
      finding({
        severity: 'warning',
        code: 'table.subsumed',
        place: placeOf(view, inner + 1),
        decision: view.decision,
        rules: [inner + 1, outer + 1],
        region: regionText(view, view.may[inner] as Box),
        message: {
          vi: `dòng ${inner + 1} của bảng "${view.decision}" nằm gọn trong dòng ${outer + 1}, cùng kết quả`,
          en: `rule ${inner + 1} of table "${view.decision}" lies inside rule ${outer + 1} and gives the same`,
        },
        hint: {
          vi: 'nếu không cố ý thì bỏ dòng này',
          en: 'remove it, unless it is meant',
        },
      }),
    )
  }
}

/** Rules of a table two by two; what is asked of each is worked out once. */
class RulesCompared {
  readonly #view: TableView
  readonly #texts: readonly string[]
  readonly #transparent: readonly boolean[]
  readonly #mayNarrow: readonly (readonly number[])[]
  readonly #mustNarrow: readonly (readonly number[])[]

  constructor(view: TableView) {
    const { cells, may, must, domain } = view
    this.#view = view
    this.#texts = cells.map((row) => row.map(({ text }) => text).join('\n'))
    this.#transparent = cells.map(isTransparent)
    this.#mayNarrow = narrowColumns(may, domain)
    this.#mustNarrow = narrowColumns(must, domain)
  }

  /** Whether two rules read the same or hold for the same values. */
  areSame(i: number, j: number): boolean {
    if (this.#texts[i] === this.#texts[j]) return true
    if (!this.#transparent[i] || !this.#transparent[j]) return false
    const { may, must } = this.#view
    return this.#alike(may, this.#mayNarrow, i, j) && this.#alike(must, this.#mustNarrow, i, j)
  }

  /** Whether a rule holds only where another does: column by column, by sets or because the cells read the same. */
  isInside(inner: number, outer: number): boolean {
    const { cells, columns, may, must } = this.#view
    return (this.#mustNarrow[outer] ?? []).every((d) => {
      if (contains(must[outer]?.[d] as IndexSet, may[inner]?.[d] as IndexSet)) return true
      const { inputs = [] } = columns[d] ?? {}
      return inputs.length > 0 && inputs.every((c) => cells[inner]?.[c]?.text === cells[outer]?.[c]?.text)
    })
  }

  #alike(boxes: readonly Box[], narrow: readonly (readonly number[])[], i: number, j: number): boolean {
    const [own, other] = [narrow[i] ?? [], narrow[j] ?? []]
    return (
      own.length === other.length &&
      own.every((d, k) => d === other[k] && same(boxes[i]?.[d] as IndexSet, boxes[j]?.[d] as IndexSet))
    )
  }
}

/** Whether between two rules of a FIRST table a third one with another output meets the first. */
function interrupted({ may, outputs }: TableView, first: number, last: number): boolean {
  for (let k = first + 1; k < last; k++) {
    if (sameOutput(outputs.rules[k] ?? [], outputs.rules[first] ?? []) === true) continue
    if (boxesMeet(may[k] as Box, may[first] as Box)) return true
  }
  return false
}

// ── mergeable ──────────────────────────────────────────────────────────────────────────────────────────────────

const MOST_NOTES = 20

function checkMergeable({ view, findings }: TableCheck, meeting: (rule: number) => readonly number[]): void {
  const { may, cells, columns, outputs, table } = view
  const usable = may.flatMap((box, i) =>
    !isEmptyBox(box) &&
    isTransparent(cells[i] ?? []) &&
    outputs.rules[i]?.every((o) => o.constant || o.text === '')
      ? [i]
      : [],
  )
  let reported = 0
  const done = new Set<number>()
  const { ids, sums } = fingerprints(may)
  const said = outputs.rules.map((rule) => rule.map((o) => o.text).join('|'))
  const places = new Map(said.map((text, i) => [text, i]))
  for (const [d, { column }] of columns.entries()) {
    const first = new Map<number, number>()
    const groups = new Map<number, number[]>()
    for (const i of usable) {
      const rest = (sums[i] as number) - mixed(d, ids[i]?.[d] as number)
      const key = rest * said.length + (places.get(said[i] as string) as number)
      const other = first.get(key)
      if (other === undefined) first.set(key, i)
      else if (groups.has(key)) groups.get(key)?.push(i)
      else groups.set(key, [other, i])
    }
    for (const group of groups.values()) {
      const sorted = group.sort((a, b) => (may[a]?.[d]?.[0] as number) - (may[b]?.[d]?.[0] as number))
      for (let k = 1; k < sorted.length && reported < MOST_NOTES; k++) {
        const [i, j] = [sorted[k - 1] as number, sorted[k] as number]
        if (done.has(i) || done.has(j)) continue
        const [a, b] = [may[i]?.[d] as IndexSet, may[j]?.[d] as IndexSet]
        const joined = union(a, b)
        const one = column.ordered ? a.length === 2 && b.length === 2 && joined.length === 2 : true
        if (
          !one ||
          same(a, b) ||
          said[i] !== said[j] ||
          !sameBut(d, ids[i] as number[], ids[j] as number[]) ||
          boxesMeet(may[i] as Box, may[j] as Box)
        )
          continue
        const [first, last] = [Math.min(i, j), Math.max(i, j)]
        const between =
          meeting(last).some((m) => m > first && m < last) ||
          meeting(first).some((m) => m > first && m < last)
        if (table.hitPolicy === 'FIRST' && between) continue
        done.add(i).add(j)
        reported++
        findings.push(
          finding({
            severity: unlessProved('info', true),
            code: 'table.mergeable',
            place: placeOf(view, last + 1),
            decision: view.decision,
            rules: [first + 1, last + 1],
            region: regionText(view, (may[i] as Box).with(d, joined)),
            message: {
              vi: `dòng ${first + 1} và dòng ${last + 1} của bảng "${view.decision}" cho cùng kết quả, có thể gộp làm một`,
              en: `rules ${first + 1} and ${last + 1} of table "${view.decision}" give the same and could be one`,
            },
          }),
        )
      }
    }
  }
}

/** A number for every distinct set of a column, and the sum of these by rule: rules that agree but for one column are found by it. */
function fingerprints(boxes: readonly Box[]): { ids: number[][]; sums: number[] } {
  const known = new Map<string, number>()
  const ids = boxes.map((box) =>
    box.map((set) => {
      const text = set.length === 2 ? `${set[0]},${set[1]}` : set.join()
      const id = known.get(text) ?? known.size
      known.set(text, id)
      return id
    }),
  )
  return { ids, sums: ids.map((row) => row.reduce((sum, id, d) => sum + mixed(d, id), 0)) }
}

/** Scatters a set and its column over 31 bits, so that different rows seldom have one sum. */
function mixed(column: number, id: number): number {
  const x = Math.imul(Math.imul(id + 1, 0x9e3779b1) ^ (column + 1), 0x85ebca6b)
  return (x ^ (x >>> 15)) >>> 1
}

const sameBut = (column: number, a: readonly number[], b: readonly number[]) =>
  a.every((id, d) => d === column || id === b[d])
