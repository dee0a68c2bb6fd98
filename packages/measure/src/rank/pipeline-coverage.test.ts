import { describe, expect, it } from 'vitest'
import { FRAMEWORKS, pipelineCoverage } from './pipeline-coverage.fixture.ts'

describe('rank sets of whole frameworks on synthetic truth (reduced run; the whole one is pipeline-coverage.slow.test.ts)', () => {
  it('hold the true ranks at least 93 times in 100 at a nominal 95 %, exactly propagated', async () => {
    const found = await pipelineCoverage(FRAMEWORKS.linear, {
      units: 20,
      error: 5,
      runs: 15,
      draws: 2,
      seed: 1,
    })
    expect(found.from).toBe('linear')
    expect(found.units).toBeGreaterThanOrEqual(0.93)
    expect(found.ratio).toBeLessThanOrEqual(1.25)
  })
  it('and by draws through a pipeline that is not linear', async () => {
    const found = await pipelineCoverage(FRAMEWORKS.bent, {
      units: 20,
      error: 5,
      runs: 3,
      draws: 100,
      seed: 2,
    })
    expect(found.from).toBe('draws')
    expect(found.units).toBeGreaterThanOrEqual(0.93)
    expect(found.ratio).toBeLessThanOrEqual(1.25)
  })
})
