/** One use of an evidence file by its content. */
export interface EvidenceUse {
  unit: string
  item: string
  sha256: string
  /** ISO instant with offset at which it was handed in: then only those who came later are said to share a file. */
  at?: string
}

export interface CopiedEvidence {
  unit: string
  /** Different files of the unit, and those of them that other units hand in too (before it, where times are known). */
  files: number
  shared: number
  /** The share of `shared`, drawn towards 0 for units with few files; 0 to 1. */
  score: number
  /** Units it has most of these files in common with, at most five. */
  with: string[]
}

/**
 * Units that hand in the same files as other units. Files that more than `common` of all units hand in are left out: decrees and
 * circulars from above are everybody's evidence. Units without a shared file are not listed.
 */
export function copiedEvidence(uses: readonly EvidenceUse[], common = 0.2): CopiedEvidence[] {
  const holders = new Map<string, Set<string>>()
  const first = new Map<string, { unit: string; time: number }>()
  const files = new Map<string, Set<string>>()
  for (const { unit, sha256, at } of uses) {
    holders.set(sha256, (holders.get(sha256) ?? new Set()).add(unit))
    files.set(unit, (files.get(unit) ?? new Set()).add(sha256))
    const time = at === undefined ? Number.NaN : Date.parse(at)
    const known = first.get(sha256)
    if (!known || time < known.time) first.set(sha256, { unit, time })
  }
  const limit = Math.max(2, common * files.size)
  const found: CopiedEvidence[] = []
  for (const [unit, own] of files) {
    const partners = new Map<string, number>()
    let counted = 0
    let shared = 0
    for (const sha256 of own) {
      const others = holders.get(sha256) as Set<string>
      if (others.size > limit) continue
      counted++
      const origin = first.get(sha256) as { unit: string; time: number }
      if (others.size < 2 || (origin.unit === unit && !Number.isNaN(origin.time))) continue
      shared++
      for (const other of others) if (other !== unit) partners.set(other, (partners.get(other) ?? 0) + 1)
    }
    if (shared === 0) continue
    found.push({
      unit,
      files: counted,
      shared,
      score: shared / (counted + 2),
      with: [...partners]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, 5)
        .map(([other]) => other),
    })
  }
  return found.sort((a, b) => b.score - a.score || (a.unit < b.unit ? -1 : 1))
}
