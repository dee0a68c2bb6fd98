import { detect } from '@nhip/measure/quality/detect'
import { gamingDetectors, scoreCampaign } from '@nhip/measure/quality/gaming/score-campaign'
import { areaUnderCurve, simulateCampaign } from '@nhip/measure/quality/gaming/simulation'
import { type CurvePoint, curve, plantErrors, plantedKinds } from '@nhip/measure/quality/planted-errors'
import { scanOutliers } from '@nhip/measure/quality/scan'
import { fillNormal } from '@nhip/random/normal'
import { RandomStream } from '@nhip/random/stream'
import type { Bench, Context, Measure } from './contract.ts'

const strictness = [0.6, 0.8, 1, 1.25, 1.5, 2, 3]

const bench: Bench = {
  name: 'quality',
  about:
    'planted errors of six fixed kinds in a tenth of the cells, gaming detectors on simulated campaigns, outlier scan of 325,458 series of 60 months',
  peers: [],
  async run(context: Context): Promise<Measure[]> {
    return [...planted(context), ...gaming(context), ...scan(context)]
  },
}
export default bench

/** Worlds by seed; the worst world of each kind is the figure, so that no average hides one. */
function planted(context: Context): Measure[] {
  const worlds = context.full ? 12 : 3
  const points: CurvePoint[][] = []
  for (let seed = 101; seed < 101 + worlds; seed++) {
    const { grid, truth, uoms, noise, world } = plantErrors(seed)
    const points1 = curve(detect(grid, { uoms }).ratio, truth, strictness)
    points.push(points1)
    const about = Object.entries(world)
      .map(([key, value]) => `${key} ${typeof value === 'number' ? value.toFixed(2) : value}`)
      .join(', ')
    context.log(`world ${seed}: noise ${(100 * noise).toFixed(1)} % (${about})`)
    const own = points1[strictness.indexOf(1)] as CurvePoint
    context.log(
      `  caught ${plantedKinds.map((k) => `${k} ${(100 * own.caught[k]).toFixed(1)}`).join(' · ')} %, false alarms ${(100 * own.falseAlarms).toFixed(2)} %`,
    )
  }
  context.log('mean over worlds, from lax to strict: caught of each kind and false alarms, %')
  strictness.forEach((limit, at) => {
    const mean = (pick: (point: CurvePoint) => number): string =>
      ((100 * points.reduce((sum, list) => sum + pick(list[at] as CurvePoint), 0)) / points.length).toFixed(1)
    context.log(
      `  × ${limit}: ${plantedKinds.map((k) => `${k} ${mean((p) => p.caught[k])}`).join(' · ')} | alarms ${mean((p) => p.falseAlarms)}`,
    )
  })
  const at = strictness.indexOf(1)
  const worst = (pick: (point: CurvePoint) => number, choose: (...xs: number[]) => number): number =>
    choose(...points.map((list) => pick(list[at] as CurvePoint)))
  return [
    ...plantedKinds.map(
      (kind): Measure => ({
        name: `caught: ${kind}, worst of ${worlds} worlds`,
        value: 100 * worst((p) => p.caught[kind], Math.min),
        uom: '%',
        better: 'more',
        floor: 90,
      }),
    ),
    {
      name: `false alarms, worst of ${worlds} worlds`,
      value: 100 * worst((p) => p.falseAlarms, Math.max),
      uom: '%',
      better: 'less',
      floor: 5,
    },
  ]
}

function gaming(context: Context): Measure[] {
  const campaigns = Array.from({ length: context.full ? 20 : 5 }, (_, i) => simulateCampaign(201 + i))
  const scores = campaigns.map((campaign) => scoreCampaign(campaign))
  return gamingDetectors.map((detector): Measure => {
    const areas = campaigns.map((campaign, c) =>
      areaUnderCurve(
        (scores[c] as (typeof scores)[number])[detector],
        detector === 'identical-answers' ? campaign.twins : campaign.gaming,
      ),
    )
    return {
      name: `gaming: ${detector}, mean area under the curve`,
      value: areas.reduce((a, b) => a + b, 0) / areas.length,
      uom: '1',
      better: 'more',
      floor: 0.9,
    }
  })
}

function scan(context: Context): Measure[] {
  const series = context.full ? 325_458 : 32_546
  const periods = 60
  const values = fillNormal(new RandomStream(301), new Float64Array(series * periods))
  for (let c = 0; c < values.length; c++) {
    const t = c % periods
    values[c] = Math.exp(5 + 0.1 * (values[c] as number) + 0.2 * Math.cos((t * Math.PI) / 6) + 0.004 * t)
  }
  for (let c = 17; c < values.length; c += 997) values[c] = (values[c] as number) * 10
  const start = performance.now()
  const found = scanOutliers(values, periods)
  const seconds = ((performance.now() - start) / 1000) * (325_458 / series)
  context.log(
    `scan: ${found.length} outliers of ${values.length} values; peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  )
  return [{ name: 'outlier scan of 325,458 series × 60', value: seconds, uom: 's', better: 'less', floor: 5 }]
}
