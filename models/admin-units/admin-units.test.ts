import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
