import { normal } from '@nhip/random/normal'
import { RandomStream, type Seed } from '@nhip/random/stream'
import type { EvidenceUse } from './copied-evidence.ts'
import type { AnswerChange } from './last-hour.ts'
import type { SelfScore } from './self-score.ts'

/** One simulated campaign in which some units game; what each of them does is drawn by the seed. */
export interface GamedCampaign {
  units: string[]
  /** Which units game. */
  gaming: boolean[]
  /** Units with a twin in their answers: who copied and who was copied from, which answers alone cannot tell apart. */
  twins: boolean[]
  /** By unit: distance of each item's value to the nearest bound, in windows. */
  distances: number[][]
  counts: number[][]
  evidence: EvidenceUse[]
  answers: (string | number | null)[][]
  changes: AnswerChange[]
  closes: string
  selfScores: SelfScore[]
}

export interface CampaignOptions {
  units?: number
  items?: number
  /** Share of units that game; default 0.2. */
  gaming?: number
  /** How much of a gaming unit's material is gamed; default drawn between 0.4 and 0.8. */
  strength?: number
}

/** Simulates what honest and gaming units hand in. Honest units round, hurry, share decrees and overrate themselves too, only less. */
export function simulateCampaign(seed: Seed, options: CampaignOptions = {}): GamedCampaign {
  const stream = new RandomStream(seed, 'campaign')
  const n = options.units ?? 120
  const items = options.items ?? 60
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform()
  const strength = options.strength ?? between(0.4, 0.8)
  const habits = {
    round: between(0, 0.1),
    late: between(0.02, 0.15),
    missing: between(0, 0.1),
    progress: between(0, 5),
  }
  const units = Array.from({ length: n }, (_, u) => `u${String(u).padStart(4, '0')}`)
  const gaming = units.map(() => stream.chance(options.gaming ?? 0.2))
  const closes = '2026-03-31T17:00:00+07:00'
  const end = Date.parse(closes)
  const levels = Array.from({ length: items }, () => 2 + stream.integer(0, 6))
  const common = Array.from({ length: 8 }, (_, f) => `decree-${f}`)
  const campaign: GamedCampaign = {
    units,
    gaming,
    twins: units.map(() => false),
    distances: [],
    counts: [],
    evidence: [],
    answers: [],
    changes: [],
    closes,
    selfScores: [],
  }
  for (let u = 0; u < n; u++) {
    const unit = units[u]!
    const games = gaming[u]!
    const tilt = between(-0.3, 0.3)
    campaign.distances.push(
      Array.from({ length: items }, () => {
        const d = normal(stream, tilt, 2.5)
        return games && d < 0 && d > -1.5 && stream.chance(strength) ? 0.9 * stream.uniform() : d
      }),
    )
    campaign.counts.push(
      Array.from({ length: items }, () => {
        const x = Math.round(Math.exp(normal(stream, 7, 1)))
        if (games && stream.chance(strength))
          return Math.round(x / (stream.chance(0.5) ? 10 : 5)) * (stream.chance(0.5) ? 10 : 5)
        return stream.chance(habits.round) ? Math.round(x / 10) * 10 : x
      }),
    )
    const copiesFrom = games ? stream.integer(0, n - 1) : -1
    for (let i = 0; i < items / 2; i++) {
      const sha256 = stream.chance(0.25)
        ? common[stream.integer(0, common.length - 1)]!
        : stream.chance(0.02)
          ? `joint-${stream.integer(0, 20)}`
          : copiesFrom >= 0 && copiesFrom !== u && stream.chance(strength / 2)
            ? `file-${copiesFrom}-${i}`
            : `file-${u}-${i}`
      // Whoever copies a file does so after its owner.
      const day = sha256.startsWith(`file-${u}-`) ? 1 + stream.integer(0, 9) : 11 + stream.integer(0, 9)
      campaign.evidence.push({
        unit,
        item: `i${i}`,
        sha256,
        at: `2026-03-${String(day).padStart(2, '0')}T09:00:00+07:00`,
      })
    }
    const quality = normal(stream, 0, 1)
    campaign.answers.push(
      levels.map((count) => {
        if (stream.chance(habits.missing)) return null
        const x = normal(stream, quality * 0.7, 1)
        return Math.max(0, Math.min(count - 1, Math.floor(count / 2 + (x * count) / 4)))
      }),
    )
    const edits = 20 + stream.integer(0, 30)
    for (let k = 0; k < edits; k++) {
      const late = stream.chance(games ? habits.late + strength / 3 : habits.late)
      const back = late ? stream.uniform() * 3_600_000 : 3_600_000 + stream.uniform() * 20 * 86_400_000
      campaign.changes.push({
        unit,
        at: new Date(end - back).toISOString(),
        gain: normal(stream, late && games ? 1 : 0, 1),
      })
    }
    const truth = normal(stream, 60, 12)
    const verified = Array.from({ length: 3 }, (_, r) => truth + r * habits.progress + normal(stream, 0, 2))
    const padding = games ? 20 * strength : 0
    campaign.selfScores.push({
      unit,
      verified,
      earlierSelf: verified.map((v) => v + Math.max(0, normal(stream, 2 + padding / 3, 2))),
      self:
        truth +
        3 * habits.progress +
        Math.max(0, normal(stream, 2, 2)) +
        padding * between(0.6, 1.2) +
        normal(stream, 0, 2),
    })
  }
  // Copying of answers after all are there: the copier takes most of another's over and changes the rest.
  for (let u = 0; u < n; u++) {
    if (!gaming[u]) continue
    const from = stream.integer(0, n - 1)
    if (from === u) continue
    const source = campaign.answers[from]!
    campaign.twins[u] = true
    campaign.twins[from] = true
    campaign.answers[u] = campaign.answers[u]!.map((own, i) =>
      stream.chance(0.5 + strength / 2) ? source[i]! : own,
    )
  }
  return campaign
}

/** Share of pairs (gaming, honest) in which the gaming unit has the higher score, ties half: the area under the ROC curve. */
export function areaUnderCurve(scores: readonly number[], positive: readonly boolean[]): number {
  let wins = 0
  let pairs = 0
  scores.forEach((a, i) => {
    if (!positive[i]) return
    scores.forEach((b, j) => {
      if (positive[j]) return
      pairs++
      wins += a > b ? 1 : a === b ? 0.5 : 0
    })
  })
  return pairs === 0 ? Number.NaN : wins / pairs
}
