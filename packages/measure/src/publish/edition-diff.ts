import type { EditionDocument, EditionUnit } from './edition.ts'

/**
 * Why a published value differs, several joined by `+`: the unit's own `data`; the `method` (framework file or engine); `membership`
 * (the unit is in one edition only, or others came or went); `peers` (only other units' data changed, and the method compares units).
 */
export type Cause = 'data' | 'method' | 'membership' | 'peers' | 'data+method'

export interface Change {
  unit: string
  node: string
  before: number | null
  after: number | null
  cause: Cause
  /** Only when an edition holds several periods. */
  period?: string | null
}

export interface RankChange {
  unit: string
  before: number | null
  after: number | null
  period?: string | null
}

/** Every published value that differs between two editions, with its cause, and every unit whose rank moved. By period, unit, node. */
export function diffEditions(
  before: EditionDocument,
  after: EditionDocument,
): { changes: Change[]; ranks: RankChange[] } {
  const changes: Change[] = []
  const ranks: RankChange[] = []
  const periods = [...new Set([...before.results, ...after.results].map((r) => r.period))]
  const several = Math.max(before.results.length, after.results.length) > 1
  const isMethod =
    before.edition.frameworkHash !== after.edition.frameworkHash ||
    before.edition.engine !== after.edition.engine
  const below = leavesBelow(before, after)
  for (const period of periods) {
    const old = unitsOf(before, period)
    const now = unitsOf(after, period)
    const units = [...new Set([...old.keys(), ...now.keys()])].sort()
    const isSameField = old.size === now.size && units.every((unit) => old.has(unit) && now.has(unit))
    for (const unit of units) {
      const a = old.get(unit)
      const b = now.get(unit)
      const at = several ? { period } : {}
      if ((a?.rank ?? null) !== (b?.rank ?? null))
        ranks.push({ unit, before: a?.rank ?? null, after: b?.rank ?? null, ...at })
      for (const node of new Set([...Object.keys(a?.nodes ?? {}), ...Object.keys(b?.nodes ?? {})])) {
        const was = a?.nodes[node]
        const is = b?.nodes[node]
        if ((was?.value ?? null) === (is?.value ?? null) && was?.state === is?.state) continue
        const ownData = a && b ? [...(below.get(node) ?? [])].some((leaf) => !sameInput(a, b, leaf)) : false
        const cause: Cause =
          !a || !b
            ? 'membership'
            : ownData
              ? isMethod
                ? 'data+method'
                : 'data'
              : isMethod
                ? 'method'
                : isSameField
                  ? 'peers'
                  : 'membership'
        changes.push({ unit, node, before: was?.value ?? null, after: is?.value ?? null, cause, ...at })
      }
    }
  }
  return { changes, ranks }
}

function unitsOf(document: EditionDocument, period: string | null): Map<string, EditionUnit> {
  const found = document.results.find((r) => r.period === period)
  return new Map((found?.units ?? []).map((unit) => [unit.unit, unit]))
}

function sameInput(a: EditionUnit, b: EditionUnit, leaf: string): boolean {
  const before = a.nodes[leaf]
  const after = b.nodes[leaf]
  // A leaf that one framework lacks differs by method, not by data.
  return (
    !before || !after || (before.raw === after.raw && (before.state === after.state || before.raw !== null))
  )
}

/** Codes of the leaves below each node, itself when it is one; of both trees together. */
function leavesBelow(...documents: EditionDocument[]): Map<string, Set<string>> {
  const below = new Map<string, Set<string>>()
  for (const { nodes } of documents) {
    const parent = new Map(nodes.map(({ code, parent }) => [code, parent]))
    const inner = new Set(nodes.map((node) => node.parent))
    for (const { code } of nodes) {
      if (inner.has(code)) continue
      for (let at: string | null | undefined = code; at !== null && at !== undefined; at = parent.get(at))
        below.set(at, (below.get(at) ?? new Set()).add(code))
    }
  }
  return below
}
