import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mapSeries, type SeriesValue } from '@nhip/territory/map-series'
import { NameMatcher } from '@nhip/territory/match-name'
import { readAdminUnits } from '@nhip/territory/read-units'
import { buildTerritory } from '@nhip/territory/territory'
import { describe, expect, it } from 'vitest'

const folder = dirname(fileURLToPath(import.meta.url))
const file = (name: string) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') })
const read = readAdminUnits({
  units: readdirSync(folder)
    .filter((n) => /^units-.*\.csv$/.test(n))
    .sort()
    .map(file),
  edges: file('edges.csv'),
  aliases: file('aliases.csv'),
})
const { territory, problems } = buildTerritory(read)

const count = (at: string, level: string, kind?: string) =>
  territory.units({ at, level }).filter((u) => kind === undefined || u.kind === kind).length

describe('the administrative units of Viet Nam', () => {
  it('are read without a fault', () => {
    expect(read.problems).toEqual([])
    expect(problems.filter((p) => p.severity !== 'info')).toEqual([])
  })

  it('number 34 provinces since 1 July 2025, 28 and 6 cities, then 27 and 7 since 30 April 2026', () => {
    expect(count('2025-07-01', 'province')).toBe(34)
    expect(count('2025-07-01', 'province', 'municipality')).toBe(6)
    expect(count('2026-04-30', 'province')).toBe(34)
    expect(count('2026-04-30', 'province', 'municipality')).toBe(7)
  })

  it('number 63 provinces on 30 June 2025, five or six of them cities, and 64 before Hà Tây joined Hà Nội', () => {
    expect(count('2025-06-30', 'province')).toBe(63)
    expect(count('2025-06-30', 'province', 'municipality')).toBe(6)
    expect(count('2024-12-31', 'province', 'municipality')).toBe(5)
    expect(count('2008-07-31', 'province')).toBe(64)
    expect(territory.resolve('28', '2007-01-01').unit?.name.vi).toBe('Hà Tây')
    expect(territory.resolve('28', '2009-01-01').problem?.code).toBe('unit-closed')
  })

  it('number 3,321 communes: 697 wards, 2,611 communes, 13 special zones; ten of the wards only since 30 April 2026', () => {
    expect(['ward', 'commune', 'special-zone'].map((kind) => count('2026-04-30', 'commune', kind))).toEqual([
      697, 2611, 13,
    ])
    expect(['ward', 'commune', 'special-zone'].map((kind) => count('2025-07-01', 'commune', kind))).toEqual([
      687, 2621, 13,
    ])
    expect(count('2026-04-30', 'commune')).toBe(3321)
  })

  it('number 10,035 communes and 696 districts on 30 June 2025, and no district the day after', () => {
    expect(count('2025-06-30', 'commune')).toBe(10_035)
    expect(count('2025-06-30', 'district')).toBe(696)
    expect(count('2025-07-01', 'district')).toBe(0)
  })

  it('lead from each old commune to at least one commune in force today', () => {
    const lost = territory
      .units({ at: '2025-06-30', level: 'commune' })
      .filter((u) => u.valid.to !== null && territory.successors(u.id).length === 0)
    expect(lost).toEqual([])
    const divided = territory
      .units({ at: '2025-06-30', level: 'commune' })
      .filter((u) => territory.successors(u.id).length > 1)
    expect(divided).toHaveLength(471)
    expect(divided.every((u) => territory.successors(u.id).every((e) => e.share === null))).toBe(true)
  })

  it('keep every edge inside its province, so that totals of provinces are exact', () => {
    const crossing = territory.edges.filter((edge) => {
      if (edge.on !== '2025-07-01') return false
      const before = territory.ancestorAt(edge.from, 'province', '2025-06-30')
      const after = territory.ancestorAt(edge.to, 'province', '2025-07-01')
      return before !== after && !territory.successors(before?.id ?? '').some((e) => e.to === after?.id)
    })
    expect(crossing).toEqual([])
  })

  it('know Ba Chẽ by both of its codes', () => {
    expect(territory.resolve('06970', '2026-01-01').unit?.name.vi).toBe('Ba Chẽ')
    expect(territory.resolve('06978', '2026-01-01').unit?.id).toBe('urn:nhip:unit:06970@2025-07-01')
    expect(territory.resolve('06978', '2026-05-01').unit?.id).toBe('urn:nhip:unit:06978@2026-04-30')
    expect(territory.resolve('06970', '2026-05-01').unit?.id).toBe('urn:nhip:unit:06978@2026-04-30')
  })

  it('flag the doubtful figures: 298 with those of a namesake, 8 others; 71 populations are blank', () => {
    const now = territory.units({ at: '2026-04-30', level: 'commune' })
    const flagged = (flag: string) => now.filter((u) => u.flags.includes(flag)).length
    expect(flagged('namesake-figures')).toBe(298)
    expect(flagged('density-implausible') + flagged('population-implausible')).toBe(8)
    expect(now.filter((u) => u.population === undefined)).toHaveLength(71)
    expect(flagged('population-missing')).toBe(71)
  })

  it('place Hoàng Sa under Đà Nẵng and Trường Sa under Khánh Hòa, each with a position', () => {
    for (const [name, province] of [
      ['Hoàng Sa', 'Đà Nẵng'],
      ['Trường Sa', 'Khánh Hòa'],
    ] as const) {
      const unit = territory.units({ at: '2026-04-30', level: 'commune' }).find((u) => u.name.vi === name)
      expect(unit?.kind).toBe('special-zone')
      expect(unit?.lat).toBeGreaterThan(7)
      expect(territory.ancestorAt(unit?.id ?? '', 'province', '2026-04-30')?.name.vi).toBe(province)
    }
  })

  it('find provinces under the names that published tables use', () => {
    const then = new NameMatcher(territory, { at: '2010-01-01', level: 'province' })
    const names = [
      'TP HCM',
      'BRVT',
      'Thua Thien Hue',
      'Thừa Thiên - Huế',
      'TP. Đà Nẵng',
      'Tỉnh Hòa Bình',
      'Ba Ria - Vung Tau',
      'Hà nội',
    ]
    expect(names.map((n) => then.match(n).unit?.code)).toEqual([
      '79',
      '77',
      '46',
      '46',
      '48',
      '17',
      '77',
      '01',
    ])
  })
})

/** Amounts drawn anew for each property by a small congruential generator: whole, or with up to three decimals. */
function randomAmounts(
  units: readonly { id: string }[],
  properties: number,
  decimals: number,
): SeriesValue[] {
  let seed = 12_345
  const next = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed
  }
  const step = 10 ** decimals
  return Array.from({ length: properties }, (_, k) =>
    units.map((u) => ({ unit: u.id, key: `p${k}`, value: (next() % 2_000_000) / step })),
  ).flat()
}

/** Sums by key in whole steps, so that the comparison itself does not round. */
function totals(
  values: readonly { key?: string; value?: number | string | null }[],
  decimals: number,
): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { key = '', value } of values)
    sums.set(key, (sums.get(key) ?? 0) + Math.round(Number(value) * 10 ** decimals))
  return sums
}

describe('carrying figures over the merger of 2025', () => {
  const provinces = territory.units({ at: '2025-06-30', level: 'province' })
  const communes = territory.units({ at: '2025-06-30', level: 'commune' })
  const additive = { view: 'as_now', shares: 'equal', semantics: 'additive' } as const

  it.each([
    [1000, 0],
    [100, 3],
  ])(
    '63 provinces to 34: %i random amounts with %i decimals are conserved exactly, and none is estimated',
    (properties, decimals) => {
      const before = randomAmounts(provinces, properties, decimals)
      const { values, problems: found } = mapSeries(territory, before, additive)
      expect(found).toEqual([])
      expect(values).toHaveLength(34 * properties)
      expect(totals(values, decimals)).toEqual(totals(before, decimals))
      expect(values.filter((v) => v.status !== 'A' || v.methods.length > 0)).toEqual([])
    },
  )

  it('34 provinces back to 63: conserved, and every province that had been merged is marked as estimated', () => {
    const before = randomAmounts(territory.units({ at: '2026-04-30', level: 'province' }), 20, 0)
    const { values } = mapSeries(territory, before, { ...additive, view: '2025-06-30', shares: 'population' })
    expect(values).toHaveLength(20 * 63)
    expect(totals(values, 0)).toEqual(totals(before, 0))
    expect(values.filter((v) => v.status === 'E')).toHaveLength(20 * 52)
    expect(values.every((v) => (v.status === 'E') === (v.methods.join() === 'population'))).toBe(true)
  })

  it.each(['equal', 'area', 'population'] as const)(
    '10,035 communes to 3,321 by %s: conserved, and every commune that got part of a divided one is marked',
    (shares) => {
      const before = randomAmounts(communes, 1, 0)
      const { values } = mapSeries(territory, before, { ...additive, shares })
      // Five special zones came from districts, which have no values here.
      expect(values).toHaveLength(3316)
      expect(totals(values, 0)).toEqual(totals(before, 0))
      const touched = new Set(
        communes
          .filter((u) => territory.successors(u.id).length > 1)
          .flatMap((u) => territory.successors(u.id).map((e) => territory.successors(e.to)[0]?.to ?? e.to)),
      )
      expect(new Set(values.filter((v) => v.status === 'E').map((v) => v.unit))).toEqual(touched)
      expect(values.filter((v) => v.status === 'E').every((v) => v.methods.length > 0)).toBe(true)
    },
  )

  it('keeps the total of every province, as then and as now', () => {
    const before = randomAmounts(communes, 1, 0)
    const { values } = mapSeries(territory, before, additive)
    const now = new Map<string, number>()
    for (const v of values) {
      const province = territory.ancestorAt(v.unit, 'province', '2026-04-30')?.code ?? ''
      now.set(province, (now.get(province) ?? 0) + (v.value ?? 0))
    }
    const then = before.map((v) => ({
      unit: territory.ancestorAt(v.unit, 'province', '2025-06-30')?.id ?? '',
      value: Number(v.value),
    }))
    const provinceTotals = new Map<string, number>()
    for (const v of then) provinceTotals.set(v.unit, (provinceTotals.get(v.unit) ?? 0) + v.value)
    const carried = mapSeries(
      territory,
      [...provinceTotals].map(([unit, value]) => ({ unit, value })),
      additive,
    ).values
    expect(now).toEqual(new Map(carried.map((v) => [territory.unit(v.unit)?.code, v.value])))
  })

  it('never adds scores up: a rank goes on only where the province stayed what it was', () => {
    const ranks = provinces.map((u, i) => ({ unit: u.id, value: i + 1 }))
    const { values } = mapSeries(territory, ranks, { ...additive, semantics: 'last' })
    expect(values.filter((v) => v.value !== null)).toHaveLength(11)
    expect(values.filter((v) => v.reason === 'not-additive')).toHaveLength(23)
  })
})
