import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readAdminUnits } from '@nhip/territory/read-units'
import { buildTerritory } from '@nhip/territory/territory'
import { describe, expect, it } from 'vitest'

const folder = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(folder))
const shared = process.env.NHIP_SHARED ?? join(dirname(root), 'shared')
const json = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T
const datasets = json<{ code: string; file: string; properties: string[] }[]>('datasets.json')
const properties =
  json<
    {
      code: string
      kind: string
      range?: { hardMin?: number; hardMax?: number }
      entityType: string
      preferredDataset: string
    }[]
  >('properties.json')
const entities = json<{ id: string; type: string }[]>('entities.json')

type Row = Record<string, string>
function rowsOf(path: string): Row[] {
  const [header = [], ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n').map(cellsOf)
  return rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])))
}
/** One line of a table without line breaks inside cells. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .map((m) => (m[1] ?? '').replace(/^"|"$/g, '').replaceAll('""', '"'))
}
const figures = new Map(datasets.map((d) => [d.code, rowsOf(join(folder, d.file))]))
const rows = (dataset: string) => figures.get(dataset) ?? []
const total = (some: Row[], column = 'value') => some.reduce((sum, r) => sum + Number(r[column]), 0)

const units = join(folder, '..', 'admin-units')
const file = (name: string) => ({ file: name, text: readFileSync(join(units, name), 'utf8') })
const { territory } = buildTerritory(
  readAdminUnits({
    units: readdirSync(units)
      .filter((n) => n.startsWith('units-'))
      .map(file),
    edges: file('edges.csv'),
    aliases: file('aliases.csv'),
  }),
)
const firstDay = (period: string) =>
  period.length === 4 ? `${period}-01-01` : period.length === 7 ? `${period}-01` : period
const level = (row: Row) => territory.resolve(row.entity ?? '', firstDay(row.period ?? '')).unit?.level

describe('the published figures', () => {
  it('stand each in a declared dataset under a declared property, and every declaration is used', () => {
    const used = new Map(
      datasets.map((d) => [d.code, [...new Set(rows(d.code).map((r) => r.property))].sort()]),
    )
    for (const d of datasets)
      expect({ [d.code]: used.get(d.code) }).toEqual({ [d.code]: [...d.properties].sort() })
    expect([...new Set([...used.values()].flat())].sort()).toEqual(properties.map((p) => p.code).sort())
    for (const p of properties) expect(used.get(p.preferredDataset)).toContain(p.code)
  })

  it('belong to an entity that exists: a declared station or ministry, or a unit in force at the period', () => {
    const known = new Set(entities.map((e) => e.id))
    const lost = [...figures].flatMap(([dataset, list]) =>
      list
        .filter(
          (r) =>
            !known.has(r.entity ?? '') && !territory.resolve(r.entity ?? '', firstDay(r.period ?? '')).unit,
        )
        .map((r) => `${dataset} ${r.entity} ${r.period}`),
    )
    expect([...new Set(lost)]).toEqual([])
  })

  it('are plain decimals inside the range of their property; missing ones have a status and a reason', () => {
    const range = new Map(properties.map((p) => [p.code, p.range]))
    const wrong = [...figures].flatMap(([dataset, list]) =>
      list.filter((r) => {
        const { hardMin = -Infinity, hardMax = Infinity } = range.get(r.property ?? '') ?? {}
        const x = Number(r.value)
        if (r.value !== '') return !/^-?\d+(\.\d+)?$/.test(r.value ?? '') || x < hardMin || x > hardMax
        // Blank cells of the resolutions stay blank: the import reports each as a finding.
        return dataset !== 'population-resolutions-2025' && !(r.status === 'O' && r.text)
      }),
    )
    expect(wrong).toEqual([])
  })

  it('never say two different things about one fact at one time', () => {
    const keys = [...figures].flatMap(([dataset, list]) =>
      list.map((r) => [dataset, r.entity, r.property, r.breakdown, r.period, r.published].join('|')),
    )
    expect(keys.length - new Set(keys).size).toBe(0)
  })

  it('count 112.1 million residents of the resolutions, 101.1 million of the census, 99.3 million projected', () => {
    const resolutions = rows('population-resolutions-2025').filter((r) => r.property === 'population')
    expect(total(resolutions.filter((r) => level(r) === 'province'))).toBe(112_093_848)
    expect(resolutions.filter((r) => level(r) === 'commune')).toHaveLength(3321)
    const census = rows('population-census').filter(
      (r) => r.property === 'population' && r.period === '2024-04-01',
    )
    expect(total(census.filter((r) => r.breakdown === ''))).toBe(101_112_656)
    for (const dimension of ['sex=', 'residence='])
      expect(total(census.filter((r) => r.breakdown?.startsWith(dimension)))).toBe(101_112_656)
    const projection = rows('population-projection').filter((r) => r.period === '2024' && r.breakdown === '')
    expect(Math.round(total(projection) / 1e5) / 10).toBe(99.3)
  })

  it('flag 298 + 8 doubtful communes and leave 71 populations blank', () => {
    const communes = rows('population-resolutions-2025').filter(
      (r) => r.property === 'population' && level(r) === 'commune',
    )
    expect(communes.filter((r) => r.quality === 'namesake-figures')).toHaveLength(298)
    expect(communes.filter((r) => r.quality?.endsWith('implausible'))).toHaveLength(8)
    expect(communes.filter((r) => r.value === '')).toHaveLength(71)
  })

  it('give four vintages of the digital economy of 2022', () => {
    const said = rows('digital-economy')
      .filter((r) => r.period === '2022')
      .map((r) => [r.published, r.value])
    expect(said).toEqual([
      ['2023-09', '12.86'],
      ['2023-12', '12.67'],
      ['2024', '12.63'],
      ['2025-01', '12.83'],
    ])
  })

  it('keep the parts of index 766 equal to its total', () => {
    const list = rows('index-766')
    const parts = list.filter((r) => r.property !== 'index-766')
    expect(total(parts)).toBeCloseTo(Number(list.find((r) => r.property === 'index-766')?.value), 10)
  })

  it('sum the six dimensions of PAPI to its unweighted index, and leave the two unpublished provinces missing', () => {
    const list = rows('papi')
    const main = [
      'participation',
      'transparency',
      'accountability',
      'corruption',
      'procedures',
      'service',
    ].map((d) => `papi-${d}`)
    const sums = new Map<string, number>()
    for (const r of list) {
      if (r.value !== '' && main.includes(r.property ?? ''))
        sums.set(`${r.entity} ${r.period}`, (sums.get(`${r.entity} ${r.period}`) ?? 0) + Number(r.value))
    }
    const index = list.filter((r) => r.property === 'papi-unweighted')
    expect(
      index.filter(
        (r) =>
          r.value !== '' && Math.abs(Number(r.value) - (sums.get(`${r.entity} ${r.period}`) ?? 0)) > 0.00031,
      ),
    ).toEqual([])
    expect(index.filter((r) => r.value === '').map((r) => [r.entity, r.period, r.status])).toEqual([
      ['24', '2014', 'O'],
      ['87', '2014', 'O'],
    ])
  })

  it('keep Hà Tây under its own code until it joined Hà Nội', () => {
    const haTay = rows('pci').filter((r) => r.entity === '28' && r.property === 'pci-weighted')
    expect(haTay.map((r) => [r.period, r.value])).toEqual([
      ['2005', '38.8065'],
      ['2006', '40.7298'],
      ['2007', '52.2413'],
      ['2008', '45.0936'],
    ])
    expect(rows('poverty-gso').find((r) => r.entity === '28')?.value).toBe('12.4')
  })

  it.skipIf(!existsSync(shared))(
    'hold every figure of the source tables (skipped without the source tables)',
    () => {
      const sourceRows = (name: string) => rowsOf(join(shared, 'data', name))
      const filled = (name: string, from: number) =>
        sourceRows(name)
          .flatMap((r) => Object.values(r).slice(from))
          .filter((v) => v !== '' && v !== undefined)
      const ours = (dataset: string) => rows(dataset).filter((r) => r.value !== '')
      expect(ours('population-gso')).toHaveLength(filled('figures/gso-population-province.csv', 3).length)
      expect(total(ours('population-gso'))).toBe(
        Math.round(
          filled('figures/gso-population-province.csv', 3).reduce((a, v) => a + Number(v) * 1000, 0),
        ),
      )
      expect(ours('poverty-gso')).toHaveLength(filled('figures/gso-poverty-rate-province.csv', 3).length)
      expect(ours('income-gso')).toHaveLength(filled('figures/gso-income-quintile-province.csv', 3).length)
      expect(total(ours('income-gso'))).toBe(
        filled('figures/gso-income-quintile-province.csv', 3).reduce((a, v) => a + Number(v) * 1000, 0),
      )
      expect(ours('pci')).toHaveLength(filled('vn-indicators/pci.csv', 3).length)
      expect(ours('papi')).toHaveLength(filled('vn-indicators/papi.csv', 3).length - 2) // the two zeros that stand for "not published"
      expect(ours('budget-final')).toHaveLength(filled('vn-indicators/province-budget-final.csv', 3).length)
      expect(ours('rainfall-gso')).toHaveLength(filled('figures/gso-rainfall-monthly.csv', 3).length)
      expect(ours('river-level-gso')).toHaveLength(filled('figures/gso-river-level-yearly.csv', 3).length)
    },
  )
})
