// Re-tabulates published official figures into models/figures/<dataset>.csv, one row an observation.
//   node models/scripts/figures.mjs <folder>     with <folder>/figures, <folder>/vn-indicators and <folder>/vn-admin
// The same input gives the same bytes. Columns, origins and defects: models/figures/SOURCES.md.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCsv, writeCsv } from './csv.mjs'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node models/scripts/figures.mjs <folder of the source tables>')
  process.exit(2)
}
const source = (name) => readCsv(join(folder, name))
const target = join(dirname(dirname(fileURLToPath(import.meta.url))), 'figures')

const columns = [
  'entity',
  'property',
  'breakdown',
  'period',
  'value',
  'text',
  'status',
  'published',
  'quality',
  'source',
]
function write(dataset, rows) {
  // A column that would be empty in the whole table is left out.
  const used = columns.filter((c) => rows.some((r) => r[c] !== undefined && r[c] !== ''))
  console.log(`${dataset}.csv: ${writeCsv(join(target, `${dataset}.csv`), used, rows)} rows`)
}

/** A decimal text times ten to a power, exactly. */
function shift(text, power) {
  const [, sign, whole, part = ''] =
    /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? fail(`not a plain decimal: "${text}"`)
  const digits = (whole + part.padEnd(power, '0')).replace(/^0+(?=\d)/, '')
  const places = Math.max(part.length - power, 0)
  const out =
    places === 0
      ? digits
      : `${digits.padStart(places + 1, '0').slice(0, -places)}.${digits.padStart(places + 1, '0').slice(-places)}`
  return sign + out.replace(/^0+(?=\d)/, '')
}

/**
 * Hà Tây has no code in the sources; it bore 28 until it joined Hà Nội on 2008-08-01. Where a table has no row of Hà Tây for
 * 2008, the figures of Hà Nội and of the two provinces that gave it land are taken to be on the boundaries after that day,
 * which only a whole id can say (a bare code means the unit of 1 January).
 */
const haTay = '28'
const changedIn2008 = ['01', '17', '26']
function unitOf(row, rows) {
  const code = row.province_code || (row.province === 'Ha Tay' ? haTay : fail(`no code for ${row.province}`))
  if (row.year !== '2008' || !changedIn2008.includes(code)) return code
  const haTayReports = rows.some(
    (r) =>
      r.province === 'Ha Tay' &&
      r.year === '2008' &&
      Object.values(r)
        .slice(3)
        .some((v) => v !== ''),
  )
  return haTayReports ? code : `urn:nhip:unit:${code}@2008-08-01`
}
const haTayIsGone = (row) =>
  row.province === 'Ha Tay' &&
  Number(row.year) >= 2008 &&
  Object.values(row)
    .slice(3)
    .every((v) => v === '')
const onNewMap = (code) => `urn:nhip:unit:${code}@2025-07-01`
const missing = (text) => ({ value: '', status: 'O', text })

// ── population and area of the merger resolutions, 2025 ──────────────────────
const merger = '2025-07-01'
const resolutions = []
for (const r of source('vn-admin/provinces-34.csv')) {
  const quality = r.code === '01' ? 'rounded' : ''
  resolutions.push({
    entity: r.code,
    property: 'population',
    period: merger,
    value: r.population,
    published: '2025-06-12',
    quality,
  })
  resolutions.push({
    entity: r.code,
    property: 'area',
    period: merger,
    value: String(Number(r.area_km2)),
    published: '2025-06-12',
  })
}
const doubts = {
  same_area_and_population_as_namesake_in_other_province: 'namesake-figures',
  density_over_60000_per_km2: 'density-implausible',
  population_implausible: 'population-implausible',
  population_missing: '', // the cell is blank: a finding at import, not a doubtful value
  '': '',
}
for (const r of source('vn-admin/communes-2025.csv')) {
  const code = r.code === '06978' ? '06970' : r.code // the code of Ba Chẽ on the day the figures stand for
  const quality = doubts[r.qa_flag] ?? fail(`unknown qa_flag "${r.qa_flag}"`)
  const area = Number(r.area_km2) > 0 ? r.area_km2 : ''
  resolutions.push({
    entity: code,
    property: 'population',
    period: merger,
    value: r.population,
    published: '2025-06-16',
    quality,
  })
  resolutions.push({
    entity: code,
    property: 'area',
    period: merger,
    value: area,
    published: '2025-06-16',
    quality: quality === 'population-implausible' ? '' : quality,
  })
}
write('population-resolutions-2025', resolutions)

// ── General Statistics Office ────────────────────────────────────────────────
const parts = {
  total_k: '',
  male_k: 'sex=male',
  female_k: 'sex=female',
  urban_k: 'residence=urban',
  rural_k: 'residence=rural',
}
const population = source('figures/gso-population-province.csv')
write(
  'population-gso',
  population
    .filter((r) => !haTayIsGone(r))
    .flatMap((r) =>
      Object.entries(parts).map(([c, breakdown]) => ({
        entity: unitOf(r, population),
        property: 'population',
        breakdown,
        period: r.year,
        value: shift(r[c], 3),
      })),
    ),
)

// The projection is on the map of 63 provinces. Its figures for 2029 lie after the end of 52 of them and are left out.
const sums = new Map()
for (const r of source('figures/gso-age-projection-province.csv').filter((row) => row.year < '2025')) {
  const key = `${r.province_code} ${r.year}`
  const sum = sums.get(key) ?? { entity: r.province_code, year: r.year, male: 0, female: 0 }
  sums.set(key, { ...sum, male: sum.male + Number(r.male), female: sum.female + Number(r.female) })
}
write(
  'population-projection',
  [...sums.values()].flatMap((s) =>
    [
      ['', s.male + s.female],
      ['sex=male', s.male],
      ['sex=female', s.female],
    ].map(([breakdown, value]) => ({
      entity: s.entity,
      property: 'population',
      breakdown,
      period: s.year,
      value: String(value),
      status: 'F',
    })),
  ),
)

const poverty = source('figures/gso-poverty-rate-province.csv')
write(
  'poverty-gso',
  poverty
    .filter((r) => !haTayIsGone(r))
    // The poverty line was drawn anew in 2010 and 2015: the first figure by each line breaks the series.
    .map((r) => ({
      entity: unitOf(r, poverty),
      property: 'poverty-rate',
      period: r.year,
      ...(r.poverty_rate_pct === ''
        ? missing('nguồn để trống')
        : { value: r.poverty_rate_pct, status: ['2010', '2015'].includes(r.year) ? 'B' : '' }),
    })),
)

const incomeColumns = {
  mean_kVND_month: '',
  q1: 'quintile=1',
  q2: 'quintile=2',
  q3: 'quintile=3',
  q4: 'quintile=4',
  q5: 'quintile=5',
}
write(
  'income-gso',
  source('figures/gso-income-quintile-province.csv').flatMap((r) =>
    Object.entries(incomeColumns).map(([c, breakdown]) => ({
      entity: r.province_code,
      property: 'income-monthly',
      breakdown,
      period: r.year,
      value: shift(r[c], 3),
    })),
  ),
)

const slug = (s) =>
  s
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
write(
  'rainfall-gso',
  source('figures/gso-rainfall-monthly.csv').map((r) => ({
    entity: `urn:nhip:RainStation:${slug(r.station)}`,
    property: 'rainfall-month',
    period: `${r.year}-${r.month.padStart(2, '0')}`,
    ...(r.rainfall_mm === '' ? missing('nguồn để trống') : { value: r.rainfall_mm }),
  })),
)
write(
  'river-level-gso',
  source('figures/gso-river-level-yearly.csv').flatMap((r) =>
    [
      ['river-level-highest', r.highest_cm],
      ['river-level-lowest', r.lowest_cm],
    ].map(([property, value]) => ({
      entity: `urn:nhip:RiverStation:${slug(r.river.replace(' river', ''))}-${slug(r.station)}`,
      property,
      period: r.year,
      ...(value === '' ? missing('nguồn để trống') : { value }),
    })),
  ),
)

// ── final budgets of the provinces ───────────────────────────────────────────
const budget = source('vn-indicators/province-budget-final.csv')
const budgetColumns = {
  revenue_mVND: ['budget-revenue', 6],
  retained_share_pct: ['budget-retained-share', 0],
  expenditure_mVND: ['budget-expenditure', 6],
  balancing_transfer_mVND: ['budget-balancing-transfer', 6],
  targeted_transfer_mVND: ['budget-targeted-transfer', 6],
  net_transfer_mVND: ['budget-net-transfer', 6],
}
write(
  'budget-final',
  budget.flatMap((r) =>
    Object.entries(budgetColumns).map(([c, [property, power]]) => ({
      entity: unitOf(r, budget),
      property,
      period: r.year,
      value: shift(r[c], power),
    })),
  ),
)

// ── PCI, PAPI ────────────────────────────────────────────────────────────────
index('pci', source('vn-indicators/pci.csv'), /^pci_/)
index(
  'papi',
  source('vn-indicators/papi.csv').map((r) =>
    r.papi_participation === '' && r.papi_unweighted === '0' ? { ...r, papi_unweighted: '' } : r,
  ),
  /^papi_/,
)
function index(dataset, rows, pattern) {
  const items = Object.keys(rows[0]).filter((c) => pattern.test(c))
  const out = []
  for (const r of rows) {
    for (const c of items) {
      // An item that nobody has in a year was not part of the index that year; a blank beside values of others is a missing value.
      const asked = rows.some((other) => other.year === r.year && other[c] !== '')
      if (!asked) continue
      const value = r[c] === '' ? missing('không công bố cho tỉnh này trong năm này') : { value: r[c] }
      out.push({ entity: unitOf(r, rows), property: c.replaceAll('_', '-'), period: r.year, ...value })
    }
  }
  write(dataset, out)
}

// ── digital transformation: DTI, 766, EGDI, digital economy; several vintages of a year on purpose ──
const dtiColumns = {
  awareness: 'dti-awareness',
  institutions: 'dti-institutions',
  infrastructure: 'dti-infrastructure',
  human_resources: 'dti-human-resources',
  cybersecurity: 'dti-cybersecurity',
  digital_government_activity: 'dti-government',
  digital_economy_activity: 'dti-economy',
  digital_society_activity: 'dti-society',
  dti: 'dti',
}
const dti = source('figures/dti-2022-provinces.csv').flatMap((r) => {
  const common = {
    entity: r.province_code,
    period: '2022',
    published: '2023-07',
    source: 'dti.gov.vn xep-hang-2022',
  }
  return [
    { ...common, property: 'dti-rank', value: r.rank },
    ...Object.entries(dtiColumns)
      .filter(([c]) => r[c] !== '')
      .map(([c, property]) => ({ ...common, property, value: String(Number(r[c])) })),
  ]
})
const places = {
  'Việt Nam': 'VN',
  'Đà Nẵng': '48',
  'Bắc Ninh': '27',
  'Thừa Thiên Huế': '46',
  'Trà Vinh': '84',
  'Hà Nội (34)': '01',
  'Huế (34)': '46',
  'Hải Phòng (34)': onNewMap('31'),
  'TP. Hồ Chí Minh (34)': onNewMap('79'),
  'Thái Nguyên': onNewMap('19'),
  average_63: 'VN',
  average: 'VN',
  'Bộ Tài chính': 'urn:nhip:Ministry:bo-tai-chinh',
}
const series = {
  DTI_province: 'dti',
  DTI_national: 'dti-national',
  DTI_ministry_with_services: 'dti-ministry',
  DTI_ministry_without_services: 'dti-ministry',
  digital_economy_share_gdp_pct: 'digital-economy-share-gdp',
  EGDI: 'egdi',
  index766_total: 'index-766',
  index766_transparency_max18: 'index-766-transparency',
  index766_progress_max20: 'index-766-progress',
  index766_digitisation_max22: 'index-766-digitisation',
  index766_online_max22: 'index-766-online',
  index766_satisfaction_max18: 'index-766-satisfaction',
}
const published = source('figures/vn-published-series.csv').map((r) => {
  const average = r.unit_or_place.startsWith('average')
  const property = series[r.series] ?? fail(`unknown series "${r.series}"`)
  return {
    entity: places[r.unit_or_place] ?? fail(`unknown place "${r.unit_or_place}"`),
    property: average ? `${property}-mean` : property,
    breakdown: r.series.endsWith('_with_services')
      ? 'services=with'
      : r.series.endsWith('_without_services')
        ? 'services=without'
        : '',
    period: r.reference_year,
    value: String(Number(r.value)),
    published: r.published,
    source: r.source,
  }
})
const same = (a, b) =>
  ['entity', 'property', 'period', 'published'].every((c) => a[c] === b[c]) &&
  Number(a.value) === Number(b.value)
const dtiAll = [
  ...dti,
  ...published.filter((r) => r.property.startsWith('dti') && !dti.some((d) => same(d, r))),
]
write('dti', dtiAll)
write(
  'digital-economy',
  published.filter((r) => r.property.startsWith('digital-economy')),
)
write(
  'index-766',
  published.filter((r) => r.property.startsWith('index-766')),
)
const egdi = published.filter((r) => r.property === 'egdi')

// ── headline figures ─────────────────────────────────────────────────────────
const geography = {
  VN: ['VN', ''],
  urban: ['VN', 'residence=urban'],
  rural: ['VN', 'residence=rural'],
  'South East': ['VN', 'region=south-east'],
  'Northern midlands and mountains': ['VN', 'region=northern-midlands'],
  'quintile 1': ['VN', 'quintile=1'],
  'quintile 5': ['VN', 'quintile=5'],
  'quintile 5 urban': ['VN', 'quintile=5;residence=urban'],
  'quintile 5 South East': ['VN', 'quintile=5;region=south-east'],
  'quintile 5 Red River Delta': ['VN', 'quintile=5;region=red-river-delta'],
  'Bình Dương': ['74', ''],
  'Hà Nội': ['01', ''],
  'Đồng Nai': ['75', ''],
  'TP. Hồ Chí Minh': ['79', ''],
  'Hải Phòng': ['31', ''],
  'Điện Biên': ['11', ''],
  'quintile 5 Bình Dương': ['74', 'quintile=5'],
  'quintile 5 Đồng Nai': ['75', 'quintile=5'],
  'quintile 5 Hà Nội': ['01', 'quintile=5'],
  'quintile 5 TP. Hồ Chí Minh': ['79', 'quintile=5'],
}
const headline = {
  'UN EGDI rank of 193': ['egdi', 'egdi-rank'],
  'income per capita (VHLSS)': ['income-headline', 'income-monthly'],
  'income ratio quintile 5 / quintile 1': ['income-headline', 'income-quintile-ratio'],
  population: ['population-census', 'population'],
  'population male': ['population-census', 'population', 'sex=male'],
  'population female': ['population-census', 'population', 'sex=female'],
  'population urban': ['population-census', 'population', 'residence=urban'],
  'population rural': ['population-census', 'population', 'residence=rural'],
  households: ['population-census', 'households'],
  'mean household size': ['population-census', 'household-size'],
  'mean household size quintile 1': ['population-census', 'household-size', 'quintile=1'],
}
const byDataset = { egdi, 'income-headline': [], 'population-census': [] }
for (const r of source('figures/vn-headline-figures.csv')) {
  // DTI and EGDI scores of this table repeat those of vn-published-series.csv, which also knows when they were published.
  if (r.indicator.startsWith('DTI') || r.indicator === 'UN EGDI') continue
  const [dataset, property, ownBreakdown = ''] =
    headline[r.indicator] ?? fail(`unknown indicator "${r.indicator}"`)
  const [entity, breakdown] = geography[r.geography] ?? fail(`unknown geography "${r.geography}"`)
  const surveyed = r.unit.includes('VHLSS')
  const counted = dataset === 'population-census' && !surveyed
  byDataset[dataset].push({
    entity,
    property,
    breakdown: breakdown || ownBreakdown,
    period: counted ? `${r.year}-04-01` : r.year, // both counts stand for 1 April
    value: r.unit.startsWith('thousand VND') ? shift(r.value, 3) : String(Number(r.value)),
    quality: r.quality === 'rounded in press' ? 'rounded' : '',
    source: r.source,
  })
}
for (const [dataset, rows] of Object.entries(byDataset)) write(dataset, rows)

function fail(message) {
  throw new Error(message)
}
