import { describe, expect, it } from 'vitest'
import type { Area } from '../../scripts/boundaries.d.mts'
import { build, readInputs, squareKilometres } from '../../scripts/boundaries.mjs'

const made = build(readInputs())
const inside = ([lon, lat]: readonly [number, number], { geometry }: Area) =>
  geometry.coordinates.some(
    (rings) => rings.filter((ring) => crossings(ring, lon, lat) % 2 === 1).length % 2 === 1,
  )
/** How many sides of a ring a ray to the east of a point crosses. */
function crossings(ring: readonly (readonly [number, number])[], lon: number, lat: number): number {
  return ring.slice(1).filter(([x2, y2], i) => {
    const [x1, y1] = ring[i]!
    return y1 > lat !== y2 > lat && lon < x1 + ((lat - y1) * (x2 - x1)) / (y2 - y1)
  }).length
}
const at = (features: readonly Area[], lon: number, lat: number) =>
  features.filter((f) => inside([lon, lat], f)).map((f) => f.properties.name)
const area = (features: readonly Area[]) => features.reduce((sum, f) => sum + squareKilometres(f.geometry), 0)

describe('the areas made at build time', () => {
  it('are 63 provinces before July 2025 and 34 since, each once, under the entity ids of the program', () => {
    expect(made.provinces63.features).toHaveLength(63)
    expect(new Set(made.provinces63.features.map((f) => f.properties.code)).size).toBe(63)
    expect(made.provinces34.features).toHaveLength(34)
    expect(made.provinces34.features.find((f) => f.properties.code === '91')?.properties).toEqual({
      code: '91',
      name: 'An Giang',
      entity: 'urn:nhip:unit:91@2025-07-01',
    })
    expect(made.provinces63.features.find((f) => f.properties.code === '91')?.properties).toEqual({
      code: '91',
      name: 'Kiên Giang',
      entity: 'urn:nhip:unit:91@2004-01-01',
    })
  })

  it('put known towns where they belong, the three mislabelled provinces among them', () => {
    const towns = [
      [105.83, 22.15, 'Bắc Kạn', 'Thái Nguyên'],
      [106.05, 20.75, 'Hưng Yên', 'Hưng Yên'],
      [107.2, 11.1, 'Đồng Nai', 'Đồng Nai'],
      [105.85, 21.03, 'Hà Nội', 'Hà Nội'],
      [105.63, 10.46, 'Đồng Tháp', 'Đồng Tháp'],
      [108.1, 15.6, 'Quảng Nam', 'Đà Nẵng'],
      [107.55, 16.4, 'Huế', 'Huế'],
      [106.66, 10.8, 'Hồ Chí Minh', 'Hồ Chí Minh'],
      // Islands that the source draws under a neighbour, or that lie nearer to another coast.
      [107.02, 20.79, 'Hải Phòng', 'Hải Phòng'], // Cát Bà
      [107.74, 20.13, 'Hải Phòng', 'Hải Phòng'], // Bạch Long Vĩ
      [109.356, 13.616, 'Bình Định', 'Gia Lai'], // Cù Lao Xanh
      [106.62, 8.71, 'Bà Rịa - Vũng Tàu', 'Hồ Chí Minh'], // Côn Đảo
      [109.12, 15.38, 'Quảng Ngãi', 'Quảng Ngãi'], // Lý Sơn
      [103.47, 9.29, 'Kiên Giang', 'An Giang'], // Thổ Châu
    ] as const
    for (const [lon, lat, then, now] of towns) {
      expect([then, at(made.provinces63.features, lon, lat)]).toEqual([then, [then]])
      expect([now, at(made.provinces34.features, lon, lat)]).toEqual([now, [now]])
    }
  })

  it('lose no land when provinces are dissolved into those of today', () => {
    expect(area(made.provinces34.features) / area(made.provinces63.features)).toBeCloseTo(1, 4)
  })

  it('have closed rings, the outer one counter-clockwise, inside the bounds of the map', () => {
    for (const f of [...made.provinces63.features, ...made.provinces34.features]) {
      for (const [i, ring] of f.geometry.coordinates.flatMap((rings) =>
        rings.map((ring, k) => [k, ring] as const),
      )) {
        expect(ring[0]).toEqual(ring.at(-1))
        const turn = ring.slice(1).reduce((sum, [x, y], k) => sum + ring[k]![0] * y - x * ring[k]![1], 0)
        expect(turn > 0).toBe(i === 0)
      }
    }
  })

  it('are small enough for the web', () => {
    for (const c of [made.provinces63, made.provinces34])
      expect(JSON.stringify(c).length).toBeLessThan(250_000)
  })

  it('come with Hoàng Sa and Trường Sa as labelled points', () => {
    expect(made.islands.features.map((f) => [f.properties.label, f.properties.province])).toEqual([
      ['Quần đảo Hoàng Sa (Đà Nẵng)', '48'],
      ['Quần đảo Trường Sa (Khánh Hòa)', '56'],
    ])
    for (const { geometry } of made.islands.features) {
      expect(geometry.coordinates[0]).toBeGreaterThan(111)
      expect(geometry.coordinates[0]).toBeLessThan(116)
    }
  })
})

describe('a faulty source fails the build and names the province', () => {
  it('when a name matches none, or one province has no shape', () => {
    const inputs = readInputs()
    const geometry = inputs.topology.objects.vnm.geometries.find((g) => g.properties.name === 'Bình Định')!
    geometry.properties.name = 'Bình Nguyên'
    expect(() => build(inputs)).toThrow(
      /"Bình Nguyên" is no province[\s\S]*52 Bình Định is not in the source/,
    )
  })
  it('when two provinces have changed places', () => {
    const inputs = readInputs()
    const named = (name: string) =>
      inputs.topology.objects.vnm.geometries.find((g) => g.properties.name === name)!
    const [large, small] = [named('Nghệ An'), named('Ha Tinh')]
    large.properties.name = 'Ha Tinh'
    small.properties.name = 'Nghệ An'
    expect(() => build(inputs)).toThrow(/40 Nghệ An: area is 0\.3/)
  })
})
