import { describe, expect, it } from 'vitest'
import { FRAMEWORKS, pipelineCoverage } from './pipeline-coverage.fixture.ts'

describe('rank sets of whole frameworks on synthetic truth', () => {
  const cases = (['linear', 'bent'] as const).flatMap((kind) =>
    [2, 5, 10].map((error) => ({ kind, error, runs: kind === 'linear' ? 200 : 40 })),
  )
  it.each(cases)('$kind, mean error $error', async ({ kind, error, runs }) => {
    const found = await pipelineCoverage(FRAMEWORKS[kind], { units: 34, error, runs, draws: 300, seed: 5 })
    console.log(
      `${kind} error ${error}: units ${found.units.toFixed(4)}, joint ${found.joint.toFixed(3)}, width ratio ${found.ratio.toFixed(3)} (${runs} runs)`,
    )
    expect(found.units).toBeGreaterThanOrEqual(0.93)
    expect(found.joint).toBeGreaterThanOrEqual(0.9)
    expect(found.ratio).toBeLessThanOrEqual(1.25)
  })
})
