// Re-tabulates the margins of the synthetic population of Viet Nam into models/populations/viet-nam/*.csv.
//   node models/populations/tabulate.mjs <folder>     with <folder>/figures/gso-*.csv
// The 63 provinces of the sources become the 34 of 1 July 2025: persons are added, means are averaged by the
// population of 2016. The same input gives the same bytes. What each column means: models/populations/SOURCES.md.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCsv, writeCsv } from '../scripts/csv.mjs'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node models/populations/tabulate.mjs <folder of the source tables>')
  process.exit(2)
}
const here = dirname(fileURLToPath(import.meta.url))
const target = (name) => join(here, 'viet-nam', name)
const figures = (name) => readCsv(join(folder, 'figures', name))

const merged = new Map()
for (const { from, to, on } of readCsv(join(here, '../admin-units/edges.csv'))) {
  if (on === '2025-07-01' && /^\d\d$/.test(from) && /^\d\d$/.test(to)) merged.set(from, to)
}
const now = (code) => merged.get(code) ?? code
const provinces = [
  ...new Set([...figures('gso-age-projection-province.csv')].map((r) => now(r.province_code))),
].sort()
if (provinces.length !== 34) throw new Error(`${provinces.length} provinces instead of 34`)

// Persons by province, age and sex: the projection's 2024.
const ages = new Map()
for (const row of figures('gso-age-projection-province.csv')) {
  if (row.year !== '2024') continue
  const age = Number.parseInt(row.age, 10)
  const key = `${now(row.province_code)}|${age}`
  const cell = ages.get(key) ?? { province: now(row.province_code), age, male: 0, female: 0 }
  cell.male += Number(row.male)
  cell.female += Number(row.female)
  ages.set(key, cell)
}
writeCsv(
  target('age.csv'),
  ['province', 'age', 'male', 'female'],
  [...ages.values()].sort((a, b) => a.province.localeCompare(b.province) || a.age - b.age),
)

// Urban and rural persons of 2016, and the weights for averaging.
const persons2016 = new Map()
const residence = new Map(provinces.map((province) => [province, { province, urban: 0, rural: 0 }]))
for (const row of figures('gso-population-province.csv')) {
  if (row.year !== '2016' || row.total_k === '') continue
  persons2016.set(row.province_code, Math.round(Number(row.total_k) * 1000))
  const cell = residence.get(now(row.province_code))
  cell.urban += Math.round(Number(row.urban_k) * 1000)
  cell.rural += Math.round(Number(row.rural_k) * 1000)
}
writeCsv(target('residence.csv'), ['province', 'urban', 'rural'], [...residence.values()])

// Mean monthly income per head by quintile, 2016; the means of 2024 that were published for single provinces.
const published2024 = new Map()
for (const row of readCsv(join(here, '../figures/income-headline.csv'))) {
  if (row.period === '2024' && row.breakdown === '' && /^\d\d$/.test(row.entity))
    published2024.set(row.entity, Number(row.value))
}
const quintiles = ['mean_kVND_month', 'q1', 'q2', 'q3', 'q4', 'q5']
const income = new Map(
  provinces.map((province) => [
    province,
    { sums: quintiles.map(() => 0), persons: 0, known: 0, sum2024: 0, of2024: 0 },
  ]),
)
for (const row of figures('gso-income-quintile-province.csv')) {
  if (row.year !== '2016') continue
  const persons = persons2016.get(row.province_code)
  const cell = income.get(now(row.province_code))
  cell.persons += persons
  for (const [k, name] of quintiles.entries()) cell.sums[k] += Number(row[name]) * 1000 * persons
  const mean = published2024.get(row.province_code)
  if (mean !== undefined) {
    cell.known += persons
    cell.sum2024 += mean * persons
    cell.of2024 += Number(row.mean_kVND_month) * 1000 * persons
  }
}
writeCsv(
  target('income.csv'),
  ['province', 'mean', 'q1', 'q2', 'q3', 'q4', 'q5', 'known_share', 'known_growth'],
  [...income].map(([province, { sums, persons, known, sum2024, of2024 }]) => {
    const [mean, q1, q2, q3, q4, q5] = sums.map((sum) => Math.round(sum / persons))
    return {
      province,
      mean,
      q1,
      q2,
      q3,
      q4,
      q5,
      known_share: known === 0 ? '' : (known / persons).toFixed(4),
      known_growth: known === 0 ? '' : (sum2024 / of2024).toFixed(4),
    }
  }),
)

// The share of poor persons, the latest year that has one.
const latest = new Map()
for (const row of figures('gso-poverty-rate-province.csv')) {
  if (row.poverty_rate_pct === '' || row.province_code === '') continue
  const known = latest.get(row.province_code)
  if (!known || Number(row.year) > known.year)
    latest.set(row.province_code, { year: Number(row.year), rate: Number(row.poverty_rate_pct) })
}
const poverty = new Map(provinces.map((province) => [province, { poor: 0, persons: 0 }]))
for (const [code, { rate }] of latest) {
  const persons = persons2016.get(code)
  if (persons === undefined) continue
  const cell = poverty.get(now(code))
  cell.poor += rate * persons
  cell.persons += persons
}
writeCsv(
  target('poverty.csv'),
  ['province', 'rate_pct'],
  [...poverty].map(([province, { poor, persons }]) => ({ province, rate_pct: (poor / persons).toFixed(2) })),
)
