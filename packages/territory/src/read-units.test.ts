import { describe, expect, it } from 'vitest'
import { readAdminUnits } from './read-units.ts'
import { buildTerritory } from './territory.ts'

const units = (text: string) => [{ file: 'units.csv', text }]
const header = 'code,level,kind,name,valid_from,valid_to,parent\n'
const edgeHeader = 'from,to,on,kind,share,basis\n'

describe('readAdminUnits', () => {
  it('gives ids by code and first day, and parents over time', () => {
    const read = readAdminUnits({
      units: units(
        `${header}01,province,municipality,Hà Nội,2008-08-01,,
001,district,urban-district,Ba Đình,2008-08-01,2025-07-01,01
00001,commune,ward,Phúc Xá,2008-08-01,,001;01@2025-07-01
`,
      ),
      edges: { file: 'edges.csv', text: edgeHeader },
    })
    expect(read.problems).toEqual([])
    expect(read.units[2]?.id).toBe('urn:nhip:unit:00001@2008-08-01')
    expect(read.units[2]?.name).toEqual({ vi: 'Phúc Xá', en: 'Phuc Xa' })
    expect(read.units[2]?.parents).toEqual([
      { id: 'urn:nhip:unit:001@2008-08-01', valid: { from: '2008-08-01', to: '2025-07-01' } },
      { id: 'urn:nhip:unit:01@2008-08-01', valid: { from: '2025-07-01', to: null } },
    ])
    const { territory, problems } = buildTerritory(read)
    expect(problems.filter((p) => p.severity === 'error')).toEqual([])
    expect(territory.parentAt('urn:nhip:unit:00001@2008-08-01', '2025-06-30')?.code).toBe('001')
    expect(territory.parentAt('urn:nhip:unit:00001@2008-08-01', '2025-07-01')?.code).toBe('01')
  })

  it('finds by the day of an edge which bearer of a code is meant', () => {
    const read = readAdminUnits({
      units: units(`${header}89,province,province,An Giang,2004-01-01,2025-07-01,
91,province,province,Kiên Giang,2004-01-01,2025-07-01,
91,province,province,An Giang,2025-07-01,,
`),
      edges: {
        file: 'edges.csv',
        text: `${edgeHeader}89,91,2025-07-01,merge,1,\n91,91,2025-07-01,merge,1,\n`,
      },
    })
    expect(read.problems).toEqual([])
    expect(read.edges.map((e) => `${e.from} → ${e.to}`)).toEqual([
      'urn:nhip:unit:89@2004-01-01 → urn:nhip:unit:91@2025-07-01',
      'urn:nhip:unit:91@2004-01-01 → urn:nhip:unit:91@2025-07-01',
    ])
  })

  it('reports each fault with file, line and column', () => {
    const read = readAdminUnits({
      units: units(`${header}01,province,municipality,Hà Nội,2008-02-30,,
02,province,province,,2008-08-01,,
03,province,province,Sơn,2008-08-01,,99
04,province
`),
      edges: { file: 'edges.csv', text: `${edgeHeader}03,05,2025-07-01,join,1,\n` },
    })
    expect(read.problems.map((p) => [p.file, p.line, p.column, p.code, p.value])).toEqual([
      ['units.csv', 5, undefined, 'row-length', '2'],
      ['units.csv', 2, 5, 'date', '2008-02-30'],
      ['units.csv', 3, 4, 'blank', ''],
      ['units.csv', 4, 7, 'unknown-parent', '99'],
      ['edges.csv', 2, 4, 'edge-kind', 'join'],
      ['edges.csv', 2, 1, 'edge-unknown-unit', '03'],
      ['edges.csv', 2, 2, 'edge-unknown-unit', '05'],
    ])
    expect(read.problems[1]?.message.vi).toBe(
      'dòng 2, cột "valid_from": "2008-02-30" không phải là ngày dạng năm-tháng-ngày',
    )
  })

  it('names the missing columns', () => {
    const read = readAdminUnits({
      units: units('code,name\n01,Hà Nội\n'),
      edges: { file: 'edges.csv', text: edgeHeader },
    })
    expect(read.problems[0]?.message.en).toBe('missing column "level", "kind", "valid_from"')
    expect(read.units).toEqual([])
  })

  it('reads quoted cells, a byte order mark and Windows line ends', () => {
    const read = readAdminUnits({
      units: units(
        '\uFEFFcode,level,kind,name,valid_from\r\nA,office,office,"Sở ""Nội vụ"", tỉnh",2020-01-01\r\n',
      ),
      edges: { file: 'edges.csv', text: edgeHeader },
    })
    expect(read.problems).toEqual([])
    expect(read.units[0]?.name.vi).toBe('Sở "Nội vụ", tỉnh')
  })
})
