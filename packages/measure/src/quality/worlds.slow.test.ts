import { describe, expect, test } from 'vitest'
import { detect } from './detect.ts'
import { gamingDetectors, scoreCampaign } from './gaming/score-campaign.ts'
import { areaUnderCurve, simulateCampaign } from './gaming/simulation.ts'
import { curve, plantErrors, plantedKinds } from './planted-errors.ts'

// The reduced runs are in detect.test.ts and gaming/gaming.test.ts.
describe('many worlds', () => {
  test.each(Array.from({ length: 12 }, (_, i) => 301 + i))('planted errors, world %i', (seed) => {
    const { grid, truth, uoms } = plantErrors(seed)
    const [point] = curve(detect(grid, { uoms }).ratio, truth, [1])
    for (const kind of plantedKinds) expect(point!.caught[kind], kind).toBeGreaterThanOrEqual(0.9)
    expect(point!.falseAlarms).toBeLessThanOrEqual(0.05)
  })

  test('simulated campaigns: mean area under the curve of each detector', () => {
    const campaigns = Array.from({ length: 20 }, (_, i) => simulateCampaign(401 + i))
    for (const detector of gamingDetectors) {
      const areas = campaigns.map((campaign) =>
        areaUnderCurve(
          scoreCampaign(campaign)[detector],
          detector === 'identical-answers' ? campaign.twins : campaign.gaming,
        ),
      )
      expect(areas.reduce((a, b) => a + b, 0) / areas.length, detector).toBeGreaterThanOrEqual(0.9)
    }
  })
})
