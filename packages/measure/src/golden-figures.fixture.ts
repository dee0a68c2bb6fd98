import type { Framework } from './framework/framework.ts'
import { records, scoresOfText, sharedFile } from './golden.fixture.ts'

/** How a framework compares with what was published: cells compared and those that differ, in words. */
export interface Comparison {
  cells: number
  wrong: string[]
}

const HDI = 'conformance/composite-index/hdi_2022_inputs_expected.csv'
const DTI = 'conformance/composite-index/dti_2022_provinces_top5.csv'
const ASEM = 'conformance/composite-index/asem_raw.csv'
const PAPI = 'data/vn-indicators/papi.csv'
const PCI = 'data/vn-indicators/pci.csv'
const SERIES = 'data/figures/vn-published-series.csv'

/** By file of `models/frameworks` the comparison with its published figures; null where those are absent. */
export const GOLDEN: Record<string, (framework: Framework) => Comparison | null> = {
  'hdi-2022.yaml': (framework) => {
    const text = sharedFile(HDI)
    if (text === null) return null
    const published = new Map(records(text).map((r) => [r.iso3, r]))
    const [scores] = scoresOfText(framework, text, { wide: 'iso3' })
    // One country, the 19th, is not in the table: those behind it stand one rank higher.
    const place = (rank: number) => (rank > 19 ? rank - 1 : rank)
    return compare([
      ...scores!.units.map(
        (u) => [u.unit, u.published, Number(published.get(u.unit)!.hdi_published), 0] as const,
      ),
      ...scores!.units.map(
        (u) => [`${u.unit} rank`, u.rank, place(Number(published.get(u.unit)!.rank_2022)), 0] as const,
      ),
    ])
  },
  'dti-922-province-2022.yaml': (framework) => {
    const text = sharedFile(DTI)
    if (text === null) return null
    const published = new Map(records(text).map((r) => [r.province, r]))
    const [scores] = scoresOfText(framework, text, { wide: 'province' })
    return compare([
      ...scores!.units.map(
        (u) => [u.unit, u.score, Number(published.get(u.unit)!.pdti_published), 1e-4] as const,
      ),
      ...scores!.units.map(
        (u) => [`${u.unit} rank`, u.rank, Number(published.get(u.unit)!.rank), 0] as const,
      ),
      ...scores!.units.map((u) => [`${u.unit} maximum`, u.max, 1000, 0] as const),
    ])
  },
  'index-766-2022.yaml': (framework) => {
    const text = sharedFile(SERIES)
    if (text === null) return null
    const rows = records(text).filter(
      (r) => r.series?.startsWith('index766_') || Object.values(r)[0]?.startsWith('index766_'),
    )
    const cells = rows.map((r) => Object.values(r) as [string, string, string, string, string])
    const total = cells.find(([item]) => item === 'index766_total')!
    const parts = cells.filter(([item]) => item !== 'index766_total')
    const csv = [
      'unit,item,value',
      ...parts.map(([item, unit, , , value]) => `${unit},${item},${value}`),
    ].join('\n')
    const [scores] = scoresOfText(framework, csv, {})
    const unit = scores!.units[0]!
    return compare([
      ['total', unit.published, Number(total[4]), 0],
      ['points', unit.points, Number(total[4]), 1e-12],
      ['maximum', unit.max, 100, 0],
      ...parts.map(([item, , , , value]) => [item, unit.nodes[item]!.points, Number(value), 1e-12] as const),
    ])
  },
  'papi-2011.yaml': (framework) => {
    const text = sharedFile(PAPI)
    if (text === null) return null
    const dimensions = framework.leaves.map((i) => framework.nodes[i]!.code)
    return compareYears(framework, text, dimensions, 'papi_unweighted')
  },
  'pci-2005.yaml': (framework) => comparePci(framework, '2005'),
  'pci-2007.yaml': (framework) => comparePci(framework, '2007'),
  'asem-2018.yaml': (framework) => {
    const text = sharedFile(ASEM)
    if (text === null) return null
    const scored = records(sharedFile(ASEM.replace('raw', 'expected_scores'))!)
    const treated = records(sharedFile(ASEM.replace('raw', 'expected_treated'))!)
    const [scores] = scoresOfText(framework, text, { wide: 'uCode' })
    const units = new Map(scores!.units.map((u) => [u.unit, u]))
    return compare([
      ...scored.flatMap((row) =>
        Object.entries(row)
          .filter(([key]) => key !== 'uCode' && key !== 'Rank')
          .map(
            ([key, value]) =>
              [
                `${row.uCode} ${key}`,
                units.get(row.uCode!)!.nodes[key]?.value ?? null,
                Number(value),
                1e-9,
              ] as const,
          ),
      ),
      ...scored.map(
        (row) => [`${row.uCode} rank`, units.get(row.uCode!)!.rank, Number(row.Rank), 0] as const,
      ),
      ...treated.flatMap((row) =>
        Object.entries(row)
          .filter(([key]) => key !== 'uCode')
          .map(([key, value]) => {
            const wanted = Number(value)
            return [
              `${row.uCode} ${key} treated`,
              units.get(row.uCode!)!.nodes[key]?.treated ?? null,
              wanted,
              1e-6 * Math.abs(wanted),
            ] as const
          }),
      ),
    ])
  },
}

function comparePci(framework: Framework, year: string): Comparison | null {
  const text = sharedFile(PCI)
  if (text === null) return null
  const [head, ...rest] = text.trim().split(/\r?\n/)
  const rows = rest.filter((line) => line.split(',')[2] === year)
  return compareYears(
    framework,
    [head, ...rows].join('\n'),
    framework.leaves.map((i) => framework.nodes[i]!.code),
    'pci_unweighted',
  )
}

/** Sums of published parts, each rounded to four decimals: the total agrees within their roundings. */
function compareYears(
  framework: Framework,
  text: string,
  parts: readonly string[],
  total: string,
): Comparison {
  const published = new Map(records(text).map((r) => [`${r.province} ${r.year}`, r]))
  const cells: [string, number | null, number | null, number][] = []
  for (const scores of scoresOfText(framework, text, { wide: 'province' })) {
    for (const unit of scores.units) {
      const row = published.get(`${unit.unit} ${scores.period}`)
      if (!row) continue
      const isWhole = parts.every((p) => row[p] !== '')
      cells.push([
        `${unit.unit} ${scores.period}`,
        unit.score,
        isWhole ? Number(row[total]) : null,
        5.1e-5 * (parts.length + 1),
      ])
      if (isWhole) cells.push([`${unit.unit} ${scores.period} maximum`, unit.max, 10 * parts.length, 0])
    }
  }
  return compare(cells)
}

function compare(cells: readonly (readonly [string, number | null, number | null, number])[]): Comparison {
  const wrong = cells.flatMap(([name, have, want, tolerance]) => {
    const same = have === null || want === null ? have === want : Math.abs(have - want) <= tolerance
    return same ? [] : [`${name}: ${have} instead of ${want}`]
  })
  return { cells: cells.length, wrong }
}
