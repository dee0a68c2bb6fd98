import { bunching } from './bunching.ts'
import { copiedEvidence } from './copied-evidence.ts'
import { heaping } from './heaping.ts'
import { answerTwins } from './identical-answers.ts'
import { lastHourChanges } from './last-hour.ts'
import { selfScoreFlags } from './self-score.ts'
import type { GamedCampaign } from './simulation.ts'

export const gamingDetectors = [
  'bunching',
  'heaping',
  'copied-evidence',
  'identical-answers',
  'last-hour',
  'self-score',
] as const
export type GamingDetector = (typeof gamingDetectors)[number]

/** What a campaign handed in, without who gamed. */
export type CampaignRecord = Omit<GamedCampaign, 'gaming' | 'twins'>

/**
 * The score of each detector for each unit, in the order of `units`. A score says where to look first; it never takes points away.
 */
export function scoreCampaign(record: CampaignRecord): Record<GamingDetector, number[]> {
  const { units } = record
  const evidence = new Map(copiedEvidence(record.evidence).map((c) => [c.unit, c.score]))
  const late = new Map(lastHourChanges(record.changes, record.closes).map((c) => [c.unit, c.z]))
  return {
    bunching: record.distances.map((distances) => bunching(distances, 1).z),
    heaping: record.counts.map((counts) => heaping(counts).z),
    'copied-evidence': units.map((unit) => evidence.get(unit) ?? 0),
    'identical-answers': answerTwins(record.answers).map((twin) => twin.z),
    'last-hour': units.map((unit) => late.get(unit) ?? 0),
    'self-score': selfScoreFlags(record.selfScores).map((flag) => flag.z),
  }
}
