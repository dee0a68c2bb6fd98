// Re-tabulates the administrative units of Viet Nam into models/admin-units/*.csv.
//   node models/scripts/admin-units.mjs <folder>     with <folder>/vn-admin/*.csv and <folder>/figures/gso-population-province.csv
// The same input gives the same bytes. What each column means: models/admin-units/SOURCES.md.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCsv, writeCsv } from './csv.mjs'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node models/scripts/admin-units.mjs <folder of the source tables>')
  process.exit(2)
}
const source = (name) => readCsv(join(folder, name))
const target = join(dirname(dirname(fileURLToPath(import.meta.url))), 'admin-units')

const codes2004 = '2004-01-01' // the 64 provinces after the divisions of Nghị quyết 22/2003/QH11
const hanoiGrows = '2008-08-01' // Nghị quyết 15/2008/QH12
const hueBecomesCity = '2025-01-01' // Nghị quyết 175/2024/QH15
const merger = '2025-07-01' // Nghị quyết 202/2025/QH15 and 34 resolutions on communes
const dongNaiBecomesCity = '2026-04-30' // Nghị quyết 30/2026/QH16
const dayBeforeMerger = '2025-06-30'

const kinds = {
  Tỉnh: 'province',
  Quận: 'urban-district',
  Huyện: 'rural-district',
  'Thị xã': 'town',
  Xã: 'commune',
  Phường: 'ward',
  'Thị trấn': 'township',
  'Đặc khu': 'special-zone',
}

/** "Thành phố Hà Nội" → the kind of unit and the name alone; a city is a municipality when it stands directly under the nation. */
function splitFullName(full, level) {
  const text = full.normalize('NFC').trim()
  const lower = text.toLowerCase() // the lists write both "Thành phố" and "Thành Phố"
  if (lower.startsWith('thành phố '))
    return { kind: level === 'province' ? 'municipality' : 'city', name: text.slice(10) }
  const word = Object.keys(kinds).find((w) => lower.startsWith(`${w.toLowerCase()} `))
  if (!word) throw new Error(`no type word in "${full}"`)
  // Numbered wards keep the number as their name: "Phường 1" → "1".
  return { kind: kinds[word], name: text.slice(word.length + 1) }
}

const fold = (s) =>
  s
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
const ascii = (s) => s.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D')
const byCode = (a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.valid_from < b.valid_from ? -1 : 1)
/** An English name is stored only where it is not simply the Vietnamese one without marks. */
const english = (vi, en) => (en && en !== ascii(vi) ? en : '')

const edges = []
function edge(from, to, on, kind, share = '1', basis = '') {
  edges.push({ from, to, on, kind, share, basis })
}

// ── provinces ────────────────────────────────────────────────────────────────
const old63 = source('vn-admin/provinces-63.csv')
const now34 = source('vn-admin/provinces-34.csv')
const oldCommunes = source('vn-admin/communes-pre-2025-07.csv')
const population2016 = new Map(
  source('figures/gso-population-province.csv')
    .filter((r) => r.year === '2016' && r.total_k)
    .map((r) => [r.province_code, String(Math.round(Number(r.total_k) * 1000))]),
)
const englishOf34 = new Map(now34.map((r) => [fold(r.name_vi), r.name_en]))
const provinces = [
  {
    code: 'VN',
    level: 'nation',
    kind: 'nation',
    name: 'Việt Nam',
    name_en: 'Viet Nam',
    valid_from: '1976-07-02',
    source: 'law',
  },
]

const province = (code, fullName, valid_from, valid_to, more = {}) => {
  const { kind, name } = splitFullName(fullName, 'province')
  provinces.push({
    code,
    level: 'province',
    kind,
    name,
    name_en: english(name, englishOf34.get(fold(name)) ?? ''),
    valid_from,
    valid_to,
    parent: 'VN',
    ...more,
  })
}

const grown = new Set(['01', '17', '26']) // Hà Nội and the two that gave it a part of their land in 2008
province('28', 'Tỉnh Hà Tây', codes2004, hanoiGrows, { act: '15/2008/QH12', source: 'law' })
const into = group(old63, (r) => r.new_province_code)
const data2025 = (r) => ({
  area_km2: String(Number(r.area_km2)),
  population: r.population,
  lat: r.lat,
  lon: r.lon,
  source: 'resolutions-2025',
})
for (const r of old63) {
  const unchanged = into.get(r.new_province_code).length === 1
  const now = now34.find((n) => n.code === r.new_province_code)
  const more = unchanged
    ? data2025(now)
    : {
        population: population2016.get(r.code),
        flags: 'population-2016',
        source: 'gso-2025+gso-population-2016',
      }
  const end = unchanged ? '' : merger
  if (grown.has(r.code)) {
    province(r.code, r.full_name_vi, codes2004, hanoiGrows, { source: 'law' })
    province(r.code, r.full_name_vi, hanoiGrows, end, { act: '15/2008/QH12', ...more })
  } else if (r.code === '46') {
    province('46', 'Tỉnh Thừa Thiên Huế', codes2004, hueBecomesCity, { source: 'law' })
    province('46', r.full_name_vi, hueBecomesCity, end, { act: '175/2024/QH15', ...more })
    edge('46', '46', hueBecomesCity, 'rename')
  } else province(r.code, r.full_name_vi, codes2004, end, more)
}

// No share of the two provinces that lost a part in 2008 is published in figures we hold. The number of communes of the list of 2025 on
// either side stands in: Mê Linh (district 250) against Vĩnh Phúc, and the four communes of the former Lương Sơn against Hòa Bình.
const gave = {
  26: oldCommunes.filter((c) => c.district_code === '250').length,
  17: oldCommunes.filter((c) => ['04927', '04930', '04936', '04939'].includes(c.code)).length,
}
for (const from of ['17', '26']) {
  const kept = oldCommunes.filter((c) => c.province_code === from).length
  const share = (gave[from] / (gave[from] + kept)).toFixed(4)
  edge(from, '01', hanoiGrows, 'transfer', share, 'count')
  edge(from, from, hanoiGrows, 'transfer', (1 - Number(share)).toFixed(4), 'count')
}
edge('01', '01', hanoiGrows, 'merge')
edge('28', '01', hanoiGrows, 'merge')

for (const r of now34) {
  if (into.get(r.code).length === 1) continue
  const upgraded = r.full_name_vi_2025_07_01.split(' ')[0] !== r.full_name_vi.split(' ')[0]
  province(r.code, r.full_name_vi_2025_07_01, merger, upgraded ? dongNaiBecomesCity : '', {
    act: '202/2025/QH15',
    ...data2025(r),
  })
  if (upgraded) {
    province(r.code, r.full_name_vi, dongNaiBecomesCity, '', { act: '30/2026/QH16', ...data2025(r) })
    edge(r.code, r.code, dongNaiBecomesCity, 'rename')
  }
  for (const from of into.get(r.code)) edge(from.code, r.code, merger, 'merge')
}

// ── districts (abolished on 2025-07-01) ──────────────────────────────────────
const pairs = source('vn-admin/commune-map-old-to-new.csv')
const newCommunes = source('vn-admin/communes-2025.csv')
const districts = new Map()
for (const c of oldCommunes)
  districts.set(c.district_code, { code: c.district_code, full: c.district_vi, province: c.province_code })
for (const p of pairs.filter((p) => !p.old_commune)) {
  // Five island districts had no commune under them; each became one special zone of the same name.
  districts.set(p.old_district, {
    code: p.old_district,
    full: `Huyện ${newCommunes.find((c) => c.code === p.new_commune).name_vi}`,
    province: p.old_province,
  })
  edge(p.old_district, p.new_commune, merger, 'rename')
}
const districtRows = [...districts.values()].map((d) => {
  const { kind, name } = splitFullName(d.full, 'district')
  return {
    code: d.code,
    level: 'district',
    kind,
    name,
    valid_from: hanoiGrows,
    valid_to: merger,
    parent: d.province,
    attested: dayBeforeMerger,
    source: 'gso-2025',
  }
})

// ── communes ─────────────────────────────────────────────────────────────────
const baChe = { '06970': '06978' } // written 06970 in the lists of 2025, 06978 in the list of 2026
const codeIn2025 = (code) => Object.keys(baChe).find((k) => baChe[k] === code) ?? code
const successors = group(
  pairs.filter((p) => p.old_commune),
  (p) => p.old_commune,
)
const predecessors = group(pairs, (p) => p.new_commune)
const flagNames = {
  same_area_and_population_as_namesake_in_other_province: 'namesake-figures',
  population_missing: 'population-missing',
  density_over_60000_per_km2: 'density-implausible',
  population_implausible: 'population-implausible',
  '': '',
}
const oldByCode = new Map(oldCommunes.map((c) => [c.code, { ...c, ...splitFullName(c.name_vi, 'commune') }]))
const continues = new Set() // old communes that the merger left as they were
const current = []
for (const c of newCommunes) {
  const code = codeIn2025(c.code)
  const name = c.name_vi.normalize('NFC')
  const kind2025 = kinds[c.type_vi_2025_07_01]
  const flag = flagNames[c.qa_flag]
  if (flag === undefined) throw new Error(`unknown qa_flag "${c.qa_flag}" of ${c.code}`)
  const figures = {
    area_km2: Number(c.area_km2) > 0 ? c.area_km2 : '',
    population: c.population,
    lat: c.lat,
    lon: c.lon,
    flags: flag,
    source: 'resolutions-2025',
  }
  const row = {
    code,
    level: 'commune',
    kind: kind2025,
    name,
    name_en: english(name, c.name_en),
    valid_from: merger,
    valid_to: '',
    parent: c.province_code,
    act: c.resolution,
    ...figures,
  }
  const from = predecessors.get(code)
  if (!from) throw new Error(`commune ${code} has no predecessor`)
  const only = from.length === 1 && oldByCode.get(from[0].old_commune)
  const whole = only && successors.get(only.code).length === 1
  if (whole && only.code === code && only.kind === kind2025 && fold(only.name) === fold(name)) {
    continues.add(code)
    Object.assign(row, {
      valid_from: hanoiGrows,
      parent: `${only.district_code};${c.province_code}@${merger}`,
      attested: dayBeforeMerger,
      act: '',
    })
  } else {
    for (const p of from) {
      if (!p.old_commune) continue // an island district: written above
      const divided = successors.get(p.old_commune).length > 1
      edge(
        p.old_commune,
        code,
        merger,
        divided ? 'split' : from.length > 1 ? 'merge' : 'rename',
        divided ? '' : '1',
      )
    }
  }
  if (kinds[c.type_vi_now] !== kind2025 || c.code !== code) {
    current.push({ ...row, valid_to: dongNaiBecomesCity })
    current.push({
      ...row,
      code: c.code,
      kind: kinds[c.type_vi_now],
      valid_from: dongNaiBecomesCity,
      act: c.province_code === '75' ? '30/2026/QH16' : '',
      attested: '',
    })
    edge(code, c.code, dongNaiBecomesCity, 'rename')
  } else current.push(row)
}
const before = oldCommunes
  .filter((c) => !continues.has(c.code))
  .map((c) => {
    const { kind, name } = oldByCode.get(c.code)
    return {
      code: c.code,
      level: 'commune',
      kind,
      name,
      valid_from: hanoiGrows,
      valid_to: merger,
      parent: c.district_code,
      attested: dayBeforeMerger,
      source: 'gso-2025',
    }
  })

// ── aliases: other codes and spellings that published tables use ─────────────
const aliases = [
  {
    alias: '06978',
    kind: 'code',
    unit: '06970',
    valid_from: merger,
    valid_to: dongNaiBecomesCity,
    source: 'gso-2026',
  },
  {
    alias: '06970',
    kind: 'code',
    unit: '06978',
    valid_from: dongNaiBecomesCity,
    valid_to: '',
    source: 'gso-2025',
  },
  ...[
    ['TP HCM', '79'],
    ['TPHCM', '79'],
    ['HCMC', '79'],
    ['Sài Gòn', '79'],
    ['BRVT', '77'],
    ['BR-VT', '77'],
    ['Vũng Tàu - Bà Rịa', '77'],
    ['Thừa Thiên - Huế', '46'],
    ['TT Huế', '46'],
    ['TT-Huế', '46'],
    ['Huế', '46'],
    ['Dac Lac', '66'],
    ['Daklak', '66'],
    ['Dac Nong', '67'],
    ['Daknong', '67'],
  ].map(([alias, unit]) => ({
    alias,
    kind: 'name',
    unit,
    valid_from: codes2004,
    valid_to: '',
    source: 'usage',
  })),
  { alias: 'Cả nước', kind: 'name', unit: 'VN', valid_from: '1976-07-02', valid_to: '', source: 'usage' },
  {
    alias: 'Whole country',
    kind: 'name',
    unit: 'VN',
    valid_from: '1976-07-02',
    valid_to: '',
    source: 'usage',
  },
]

const unitColumns = [
  'code',
  'level',
  'kind',
  'name',
  'name_en',
  'valid_from',
  'valid_to',
  'parent',
  'area_km2',
  'population',
  'lat',
  'lon',
  'flags',
  'attested',
  'act',
  'source',
]
/** One layout for all tables of units; a column that would be empty in the whole table is left out. */
function writeUnits(name, rows) {
  const used = unitColumns.filter((c) => rows.some((r) => r[c]))
  return writeCsv(join(target, name), used, rows.sort(byCode))
}
const counts = {
  'units-provinces.csv': writeUnits('units-provinces.csv', provinces),
  'units-districts.csv': writeUnits('units-districts.csv', districtRows),
  'units-communes-before-2025-07.csv': writeUnits('units-communes-before-2025-07.csv', before),
  'units-communes.csv': writeUnits('units-communes.csv', current),
  'edges.csv': writeCsv(
    join(target, 'edges.csv'),
    ['from', 'to', 'on', 'kind', 'share', 'basis'],
    edges.sort((a, b) => (a.on + a.from + a.to < b.on + b.from + b.to ? -1 : 1)),
  ),
  'aliases.csv': writeCsv(
    join(target, 'aliases.csv'),
    ['alias', 'kind', 'unit', 'valid_from', 'valid_to', 'source'],
    aliases,
  ),
}
for (const [file, rows] of Object.entries(counts)) console.log(`${file}: ${rows} rows`)

function group(rows, key) {
  const groups = new Map()
  for (const row of rows) {
    const k = key(row)
    const list = groups.get(k)
    if (list) list.push(row)
    else groups.set(k, [row])
  }
  return groups
}
