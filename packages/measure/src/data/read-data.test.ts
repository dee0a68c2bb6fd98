import { describe, expect, test } from 'vitest'
import { CELL } from '../panel.ts'
import { type ReadDataOptions, readData } from './read-data.ts'

function places(text: string, options: ReadDataOptions = {}) {
  const { data, problems } = readData(text, { file: 'd.csv', ...options })
  return {
    data,
    found: problems.map((p) =>
      `${p.severity} ${p.code} ${p.line ?? '-'}:${p.column ?? '-'} ${p.value ?? ''}`.trim(),
    ),
  }
}

/** Cells of one period as text: a number, `-` missing, `x` not applicable. */
function table(text: string, options: ReadDataOptions = {}) {
  const { data, problems } = readData(text, options)
  expect(problems.filter((p) => p.severity === 'error')).toEqual([])
  return data!.panels.map((panel) => ({
    period: panel.period,
    ...Object.fromEntries(
      panel.items.map((item, i) => [
        item,
        panel.units
          .map((unit, u) => {
            const at = i * panel.units.length + u
            return `${unit}=${panel.state[at] === CELL.ok ? panel.value[at] : panel.state[at] === CELL.missing ? '-' : 'x'}`
          })
          .join(' '),
      ]),
    ),
  }))
}

describe('long form', () => {
  test('empty, NA and absent rows are missing, not_applicable is its own state', () => {
    const csv = 'value,item,unit\n1.5,x,B\nNA,x,A\n,y,A\nnot_applicable,y,B\n-2e3,x,C\n'
    expect(table(csv)).toEqual([{ period: null, x: 'A=- B=1.5 C=-2000', y: 'A=- B=x C=-' }])
  })

  test('one panel a period, ascending', () => {
    const csv = 'unit,item,value,period\nA,x,3,2024\nA,x,1,2022\nA,x,2,2023\n'
    expect(table(csv).map((p) => p.period)).toEqual(['2022', '2023', '2024'])
  })

  test('rows without a period hold in every period that says nothing itself', () => {
    const csv = 'unit,item,value,period\nA,area,7,\nA,x,1,2022\nA,x,2,2023\nA,area,9,2023\n'
    expect(table(csv)).toEqual([
      { period: '2022', area: 'A=7', x: 'A=1' },
      { period: '2023', area: 'A=9', x: 'A=2' },
    ])
  })

  test('a ratio may come as numerator and denominator alone', () => {
    const csv = 'unit,item,value,numerator,denominator\nA,x,,1,4\nB,x,,1,0\nC,x,0.5,9,10\n'
    expect(table(csv)).toEqual([{ period: null, x: 'A=0.25 B=- C=0.5' }])
    expect(readData(csv).data!.panels[0]!.parts!.denominator).toEqual(Float64Array.of(4, 0, 10))
  })

  test('breakdowns stay out of the totals; a star is the total', () => {
    const csv = 'unit,item,value,breakdown\nA,x,10,*\nA,x,4,kenh=truc_tuyen\n'
    expect(table(csv)).toEqual([{ period: null, x: 'A=10' }])
    expect(readData(csv).data!.panels[0]!.breakdowns).toMatchObject([
      { item: 'x', breakdown: 'kenh=truc_tuyen', value: 4 },
    ])
  })

  test('statuses without a number: missing, suppressed, withdrawn; M is not applicable', () => {
    const csv = 'unit,item,value,status\nA,x,1,A\nB,x,2,Q\nC,x,3,X\nD,x,,M\nE,x,,O\n'
    expect(table(csv)).toEqual([{ period: null, x: 'A=1 B=- C=- D=x E=-' }])
  })

  test('items that are all text are attributes', () => {
    const { data } = readData('unit,item,value\nA,g,Europe\nB,g,\nA,x,1\n')
    expect(data!.panels[0]!.items).toEqual(['x'])
    expect(data!.panels[0]!.attributes.get('g')).toEqual(['Europe', null])
  })

  test('quotes, CR LF, a byte order mark and composed accents', () => {
    expect(table('\ufeffunit,item,value\r\n"Đà Nẵng, TP",x,1\r\n"Hòa ""B""",x,2\r\n')).toEqual([
      { period: null, x: 'Hòa "B"=2 Đà Nẵng, TP=1' },
    ])
    expect(table(`unit,item,value\n${'Hòa'.normalize('NFD')},x,1\n`)).toEqual([{ period: null, x: 'Hòa=1' }])
  })

  test('the order of the rows changes nothing', () => {
    const rows = ['A,x,1,2022', 'B,x,2,2022', 'A,y,3,2022', 'B,y,4,2023']
    const head = 'unit,item,value,period'
    expect(table([head, ...rows.reverse()].join('\n'))).toEqual(table([head, ...rows].join('\n')))
  })
})

describe('vintages', () => {
  const csv = `unit,item,value,period,published
VN,share,14.26,2022,2022-12-31
VN,share,12.33,2022,2023-06-28
VN,share,12.63,2022,2024
VN,share,12.87,2022,2025-01-06
`
  const on = (asPublished?: string) =>
    table(csv, asPublished === undefined ? {} : { asPublished }).map(
      (p) => (p as Record<string, unknown>).share,
    )

  test('the newest wins; as published on a day ignores what came later; a year means its last day', () => {
    expect(on()).toEqual(['VN=12.87'])
    expect(on('2025-01-05')).toEqual(['VN=12.63'])
    expect(on('2024-12-30')).toEqual(['VN=12.33'])
    expect(on('2024-12-31')).toEqual(['VN=12.63'])
    expect(on('2023-01')).toEqual(['VN=14.26'])
    expect(on('2022-12-30')).toEqual([])
  })
})

describe('wide form', () => {
  test('one row per unit, the other columns are items', () => {
    expect(table('name,id,x,y\nAnna,A,1,NA\nBert,B,2,3\n', { wide: 'id' })).toEqual([
      { period: null, x: 'A=1 B=2', y: 'A=- B=3' },
    ])
  })

  test('a column of years, or one named period, is the period', () => {
    expect(table('id,year,x\nA,2020,1\nA,2021,2\n', { wide: 'id' }).map((p) => p.period)).toEqual([
      '2020',
      '2021',
    ])
    expect(table('id,nam,x\nA,2020,1\nA,2021,2\n', { wide: 'id', time: 'nam' }).map((p) => p.period)).toEqual(
      ['2020', '2021'],
    )
  })

  test('a unit twice is a duplicate', () => {
    expect(places('id,x\nA,1\nA,2\n', { wide: 'id' }).found).toEqual(['error duplicate 3:3 A, x'])
  })
})

describe('what cannot be used is refused with its place, and nothing is read', () => {
  test.each([
    ['duplicate', 'unit,item,value\nA,x,1\nA,x,2\n', ['error duplicate 3:5 A, x']],
    ['unreadable-number', 'unit,item,value\nA,x,1\nB,x,"12,5,0"\n', ['error unreadable-number 3:5 12,5,0']],
    ['decimal comma', 'unit,item,value\nA,x,1\nB,x,"12,5"\n', ['error unreadable-number 3:5 12,5']],
    ['thousands mark', 'unit,item,value\nA,x,1\nB,x,1 000\n', ['error unreadable-number 3:5 1 000']],
    ['infinity', 'unit,item,value\nA,x,1\nB,x,1e999\n', ['error unreadable-number 3:5 1e999']],
    ['blank unit', 'unit,item,value\n,x,1\n', ['error blank-unit 2:1']],
    ['bad period', 'unit,item,value,period\nA,x,1,2024-13\n', ['error unreadable-period 2:7 2024-13']],
    ['bad day', 'unit,item,value,published\nA,x,1,soon\n', ['error unreadable-date 2:7 soon']],
    ['no header', 'a,b\n1,2\n', ['error header 1:1 unit', 'error header 1:1 item', 'error header 1:1 value']],
    ['column twice', 'unit,item,value,unit\nA,x,1,B\n', ['error header 1:17 unit']],
    ['short row', 'unit,item,value\nA,x\n', ['error row-width 2:1']],
    ['open quote', 'unit,item,value\nA,x,"1\n', ['error csv 2:5 1']],
    ['nothing', '', ['error header -:-']],
    ['negative standard error', 'unit,item,value,se\nA,x,1,-1\n', ['error unreadable-number 2:7 -1']],
  ])('%s', (_, text, expected) => {
    const { data, found } = places(text)
    expect(data).toBeNull()
    expect(found).toEqual(expected)
  })

  test('an item that must be a number is one even when no cell is', () => {
    expect(places('unit,item,value\nA,x,many\n', { roles: () => 'number' }).found).toEqual([
      'error unreadable-number 2:5 many',
    ])
  })

  test('a text in a column that nobody uses is no error', () => {
    expect(
      places('id,note,x\nA,3,1\nB,see page 4,2\n', {
        wide: 'id',
        roles: (item) => (item === 'x' ? 'number' : 'unused'),
      }).found,
    ).toEqual([])
  })
})
