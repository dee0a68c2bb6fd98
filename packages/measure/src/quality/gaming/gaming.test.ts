import { normal } from '@nhip/random/normal'
import { RandomStream } from '@nhip/random/stream'
import { describe, expect, test } from 'vitest'
import { bunching } from './bunching.ts'
import { copiedEvidence } from './copied-evidence.ts'
import { heaping } from './heaping.ts'
import { answerTwins } from './identical-answers.ts'
import { lastHourChanges } from './last-hour.ts'
import { gamingDetectors, scoreCampaign } from './score-campaign.ts'
import { selfScoreFlags } from './self-score.ts'
import { areaUnderCurve, simulateCampaign } from './simulation.ts'

describe('simulated campaigns: each detector ranks who games above who does not (AUC ≥ 0.9)', () => {
  test.each([21])('campaign %i', (seed) => {
    const campaign = simulateCampaign(seed)
    const scores = scoreCampaign(campaign)
    for (const detector of gamingDetectors) {
      const truth = detector === 'identical-answers' ? campaign.twins : campaign.gaming
      expect(areaUnderCurve(scores[detector], truth), detector).toBeGreaterThanOrEqual(0.9)
    }
  })
})

describe('another simulation, written apart: 40 units, 10 of them game', () => {
  const stream = new RandomStream(99, 'other campaign')
  const units = Array.from({ length: 40 }, (_, u) => `x${u}`)
  const gaming = units.map((_, u) => u < 10)

  test('bunching: values lifted just over the bound', () => {
    const scores = units.map((_, u) => {
      const values = Array.from({ length: 80 }, () => 8 * stream.uniform() - 4)
      return bunching(
        u < 10 ? values.map((d) => (d < 0 && d > -1 && stream.chance(0.7) ? d + 1 : d)) : values,
        1,
      ).z
    })
    expect(areaUnderCurve(scores, gaming)).toBeGreaterThanOrEqual(0.9)
  })

  test('heaping: every third number guessed to the nearest fifty', () => {
    const scores = units.map(
      (_, u) =>
        heaping(
          Array.from({ length: 60 }, () => {
            const x = 300 + Math.floor(20_000 * stream.uniform() ** 2)
            return u < 10 && stream.chance(0.33) ? Math.round(x / 50) * 50 : x
          }),
        ).z,
    )
    expect(areaUnderCurve(scores, gaming)).toBeGreaterThanOrEqual(0.9)
  })

  test('identical answers: five pairs that share three quarters of yes-no and free answers', () => {
    const answers = units.map(() =>
      Array.from({ length: 50 }, (_, i) =>
        i % 5 === 0 ? Math.round(normal(stream, 50, 15)) : stream.chance(0.6) ? 'co' : 'khong',
      ),
    )
    for (let u = 0; u < 10; u += 2)
      answers[u + 1] = answers[u + 1]!.map((own, i) => (stream.chance(0.75) ? answers[u]![i]! : own))
    expect(
      areaUnderCurve(
        answerTwins(answers).map((t) => t.z),
        gaming,
      ),
    ).toBeGreaterThanOrEqual(0.9)
    expect(answerTwins(answers)[0]!.twin).toBe(1)
  })

  test('last hour, self-score and copied evidence', () => {
    const closes = '2026-03-31T17:00:00+07:00'
    const changes = units.flatMap((unit, u) =>
      Array.from({ length: 30 }, () => {
        const hurried = stream.chance(u < 10 ? 0.4 : 0.1)
        const back = hurried ? 1800e3 * stream.uniform() : 3600e3 + 5e8 * stream.uniform()
        return { unit, at: new Date(Date.parse(closes) - back).toISOString(), gain: 1 }
      }),
    )
    const late = new Map(lastHourChanges(changes, closes).map((c) => [c.unit, c.z]))
    expect(
      areaUnderCurve(
        units.map((unit) => late.get(unit) ?? 0),
        gaming,
      ),
    ).toBeGreaterThanOrEqual(0.9)

    const flags = selfScoreFlags(
      units.map((unit, u) => {
        const base = 40 + 40 * stream.uniform()
        return {
          unit,
          verified: [base + normal(stream, 0, 1), base + 2],
          self: base + 4 + normal(stream, 0, 3) + (u < 10 ? 10 : 0),
        }
      }),
    )
    expect(
      areaUnderCurve(
        flags.map((f) => f.z),
        gaming,
      ),
    ).toBeGreaterThanOrEqual(0.9)

    const evidence = copiedEvidence(
      units.flatMap((unit, u) =>
        Array.from({ length: 20 }, (_, i) => ({
          unit,
          item: `i${i}`,
          sha256: i < 4 ? `decree${i}` : u < 10 && i < 9 ? `copied${i}-${u >> 1}` : `own${u}-${i}`,
        })),
      ),
    )
    expect(evidence.map((c) => c.unit).sort()).toEqual(units.slice(0, 10).sort())
    expect(evidence[0]).toMatchObject({ files: 16, shared: 5 })
  })
})

test('a file belongs to whoever handed it in first', () => {
  const [only, ...rest] = copiedEvidence(
    [
      { unit: 'chép', item: 'a', sha256: 'f', at: '2026-03-02T08:00:00+07:00' },
      { unit: 'gốc', item: 'a', sha256: 'f', at: '2026-03-01T08:00:00+07:00' },
    ],
    1,
  )
  expect([only?.unit, rest]).toEqual(['chép', []])
})

test('a uniform density shows no bunching, its slope neither', () => {
  const stream = new RandomStream(1)
  const slope = Array.from({ length: 40_000 }, () => 8 * Math.sqrt(stream.uniform()) - 4)
  expect(Math.abs(bunching(slope, 1).z)).toBeLessThan(3)
})
