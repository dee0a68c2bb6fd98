import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detectDelimiter, readRows } from './csv.ts'
import { UnreadableFile } from './csv-scanner.ts'
import { decodedText, detectEncoding, type Encoding } from './encoding.ts'
import { guessMapping, type Knowledge } from './guess.ts'
import { rowMapper } from './map-rows.ts'
import { isBlank, NumberEvidence, parseNumber } from './number-format.ts'
import { dataRows, profileFile } from './profile.ts'
import { parseTime, TimeEvidence } from './time-format.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-files-'))
let count = 0
function file(content: string | Buffer): string {
  count += 1
  const path = join(folder, `${count}.csv`)
  writeFileSync(path, content)
  return path
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

const text = 'tên,giá trị\nPhường Hòa Xuân,1\n'

describe('encoding', () => {
  const utf16 = (bigEndian: boolean, mark: boolean) => {
    const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le')
    return bigEndian ? bytes.swap16() : bytes
  }
  test.each([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['UTF-8 in decomposed form', Buffer.from(text.normalize('NFD')), 'utf-8'],
    ['UTF-16 LE', utf16(false, true), 'utf-16le'],
    ['UTF-16 BE', utf16(true, true), 'utf-16be'],
    ['UTF-16 LE without BOM', utf16(false, false), 'utf-16le'],
    // windows-1258: ê EA, Phường: ư FD, ờ = ơ F5 + huyền CC, Hòa: o + CC, Xuân: â E2, giá: a + EC, trị: i + F2
    [
      'windows-1258',
      Buffer.from('t\xean,gia\xec tri\xf2\nPh\xfd\xf5\xccng Ho\xcca Xu\xe2n,1\n', 'latin1'),
      'windows-1258',
    ],
  ] satisfies [string, Buffer, Encoding][])(
    '%s is recognised and read as the same text',
    async (_name, bytes, encoding) => {
      const path = file(bytes)
      expect(await detectEncoding(path)).toEqual({ encoding })
      expect((await all(decodedText(path, encoding))).join('')).toBe(text)
    },
  )

  test('TCVN3 and VNI are refused by name, a binary file as no text', async () => {
    // "Tỉnh Thừa Thiên Huế, Phường Vỹ Dạ" in both.
    const tcvn3 = file(Buffer.from('T\xd8nh Th\xf5a Thi\xaan Hu\xd5,Ph\xad\xeang V\xfc D\xb9\n', 'latin1'))
    const vni = file(
      Buffer.from(
        'T\xe6nh Th\xf6\xf8a Thi\xean Hu\xe1,\x50h\xf6\xf4\xf8ng V\xf5 D\xef\n'
          .replace('Hu\xe1', 'Hue\xe1')
          .replace('Thi\xean', 'Thie\xe2n')
          .replace('V\xf5', 'Vy\xf5')
          .replace('D\xef', 'Da\xef'),
        'latin1',
      ),
    )
    expect((await detectEncoding(tcvn3)).problem?.code).toBe('encoding-tcvn3')
    expect((await detectEncoding(vni)).problem?.code).toBe('encoding-vni')
    expect((await detectEncoding(file(Buffer.from([1, 0, 2, 0, 0, 7, 3, 0, 0])))).problem).toBeDefined()
  })
})

describe('delimiter and records', () => {
  test.each([
    ['a,b,c\n1,2,3\n', ','],
    ['a;b;c\n1,5;2,5;3\n', ';'],
    ['a\tb\n1,2\t3\n', '\t'],
    ['a|b\n"x,y"|2\n', '|'],
    ['one\ntwo\n', ','],
    ['tên,ghi chú\nA,"một; hai; ba"\nB,"bốn; năm"\n', ','],
  ])('%j is cut at %j', async (content, delimiter) => {
    expect(await detectDelimiter(file(content), 'utf-8')).toBe(delimiter)
  })

  test('quoted line breaks keep the number of the line they start on', async () => {
    const rows = (await all(readRows(file('a,b\n"x\ny",1\nz,2\n'), 'utf-8', ','))).flat()
    expect(rows).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['x\ny', '1'] },
      { line: 4, cells: ['z', '2'] },
    ])
  })

  test('a quotation mark that never closes is an error with its line', async () => {
    await expect(all(readRows(file('a,b\n"x,1\ny,2\n'), 'utf-8', ','))).rejects.toThrow(UnreadableFile)
  })

  test('titles above the header, blank lines and repeated headers are left out', async () => {
    const path = file(
      'BÁO CÁO THÁNG 7,,\n,,\ntrạm,ngày,mưa\nA,2026-07-01,1.5\n\ntrạm,ngày,mưa\nB,2026-07-02,2\n',
    )
    const profile = await profileFile(path)
    expect([profile.skipRows, profile.header, profile.rows]).toEqual([2, true, 2])
    const rows = (await all(dataRows(path, profile))).flat()
    expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [4, 'A'],
      [7, 'B'],
    ])
  })

  test('a file without a header has its columns numbered', async () => {
    const profile = await profileFile(file('A,2026-07-01,1.5\nB,2026-07-02,2.5\n'))
    expect([profile.header, profile.columns.map(({ name }) => name)]).toEqual([false, ['#1', '#2', '#3']])
  })

  test('20,000 rows pass in bounded memory', async () => {
    const path = file(`station,time,value\n${'s1,2026-01-01T00:00:00Z,1.25\n'.repeat(20_000)}`)
    const before = process.memoryUsage().rss
    const profile = await profileFile(path)
    expect(profile.rows).toBe(20_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
  })
})

describe('numbers are decided per column', () => {
  const decide = (...cells: string[]) => {
    const evidence = new NumberEvidence()
    for (const cell of cells) evidence.add(cell)
    return evidence.decide('cột')
  }
  test.each([
    [['1.5', '2.25'], '.'],
    [['1,5', '2,25'], ','],
    [['1.234,5', '7'], ','],
    [['1,234.5', '7'], '.'],
    [['1.234.567', '2.000'], ','],
    [['1,234,567', '2,000'], '.'],
    [['0.123', '1.234'], '.'],
    [['12', '7'], '.'],
    [['1 234,5'], ','],
  ])('%j: decimal %s', (cells, decimal) => {
    expect(decide(...cells)).toEqual({ decimal })
  })
  test('1.234 alone is asked', () => {
    expect(decide('1.234', '5.678').problem?.code).toBe('decimal-ambiguous')
  })
  test('a column of both ways is read by the more frequent one and says so', () => {
    expect(decide('1,5', '2,5', '3.25')).toMatchObject({ decimal: ',', problem: { code: 'decimal-mixed' } })
  })
  test.each([
    ['1.234,5', ',', 1234.5],
    ['-1,234.5', '.', -1234.5],
    ['(7,5)', ',', -7.5],
    ['−3', '.', -3],
    ['12 %', '.', 12],
    ['1e3', '.', 1000],
    ['12,5,0', '.', null],
    ['1.23.4', ',', null],
    ['12,34', '.', null],
    ['abc', '.', null],
    ['', '.', null],
    ['9007199254740993', '.', 9007199254740992],
  ] as const)('%s with decimal %s = %s', (cell, decimal, value) => {
    expect(parseNumber(cell, decimal)?.value ?? null).toBe(value)
  })
  test('the text of a number that a double cannot hold is kept', () => {
    expect(parseNumber('9.007.199.254.740.993', ',')?.text).toBe('9007199254740993')
  })
  test('signs for "no figure" are blank, zero is not', () => {
    expect(['', ' ', '-', '…', '...', 'N/A', 'không có'].map(isBlank)).toEqual(Array(7).fill(true))
    expect(['0', '-1', 'x'].map(isBlank)).toEqual([false, false, false])
  })
})

describe('times are decided per column', () => {
  const decide = (cells: string[], named = true) => {
    const evidence = new TimeEvidence()
    for (const cell of cells) evidence.add(cell)
    return evidence.decide('thời gian', named)
  }
  test.each([
    [['2026-07-01 08:00:00'], 'iso'],
    [['2026-07', '2026-08'], 'iso'],
    [['01/07/2026', '02/07/2026'], 'dmy'],
    [['13/07/2026'], 'dmy'],
    [['07/13/2026'], 'mdy'],
    [['46204', '46205'], 'excel'],
    [['Quý III/2025', 'Quý IV/2025'], 'period-vi'],
    [['2019', '2020'], 'iso'],
  ])('%j: %s', (cells, format) => {
    expect(decide(cells)?.format).toBe(format)
  })
  test('years and serials in a column that does not speak of time are just numbers', () => {
    expect(decide(['2019', '2020'], false)).toBeNull()
    expect(decide(['46204'], false)).toBeNull()
  })
  const vn = (text: string) => new Date(text).getTime()
  test.each([
    ['2026-07-01 08:00:00', 'iso', vn('2026-07-01T08:00+07:00'), null],
    ['2026-07-01T08:00:00Z', 'iso', vn('2026-07-01T08:00Z'), null],
    ['2026-07', 'iso', vn('2026-07-01T00:00+07:00'), vn('2026-08-01T00:00+07:00')],
    ['01/07/2026', 'dmy', vn('2026-07-01T00:00+07:00'), vn('2026-07-02T00:00+07:00')],
    ['01/07/2026 08:30', 'dmy', vn('2026-07-01T08:30+07:00'), null],
    ['07/01/2026', 'mdy', vn('2026-07-01T00:00+07:00'), vn('2026-07-02T00:00+07:00')],
    ['46204', 'excel', vn('2026-07-01T00:00+07:00'), vn('2026-07-02T00:00+07:00')],
    ['6 tháng đầu năm 2025', 'period-vi', vn('2025-01-01T00:00+07:00'), vn('2025-07-01T00:00+07:00')],
  ] as const)('%s as %s', (cell, format, from, to) => {
    expect(parseTime(cell, format, '+07:00')).toEqual({ from, to })
  })
  test.each([
    ['31/02/2026', 'dmy'],
    ['2026-13-01', 'iso'],
    ['hôm qua', 'dmy'],
    ['', 'iso'],
  ] as const)('%s is no time', (cell, format) => {
    expect(parseTime(cell, format, '+07:00')).toBeNull()
  })
})

const knowledge: Knowledge = {
  propertyCode: (name) => ({ 'PM2.5': 'pm25', population: 'population', area: 'area' })[name] ?? null,
  uomCode: (unit) => ({ km2: 'km2', 'nghìn người': '10^3.người', '%': '%', mm: 'mm' })[unit] ?? null,
  isUnitCode: (code) => /^\d{2}(\d{3})?$/.test(code),
}

async function guessed(content: string) {
  const profile = await profileFile(file(content))
  const { mapping, detected } = guessMapping(profile, knowledge)
  const roles = Object.fromEntries(
    detected.columns.map(({ name, guess }) => [
      name,
      [guess.role, guess.property, guess.uom, guess.period].filter(Boolean).join(' '),
    ]),
  )
  return { profile, mapping, detected, roles }
}

describe('the meaning of columns', () => {
  test('a station file of a Vietnamese office', async () => {
    const { roles } = await guessed(
      'trạm;thời gian;vĩ độ;kinh độ;PM2.5\nA;01/11/2026 08:00;21,02;105,85;41,5\n',
    )
    expect(roles).toEqual({
      trạm: 'entity',
      'thời gian': 'time',
      'vĩ độ': 'lat',
      'kinh độ': 'lon',
      'PM2.5': 'value pm25',
    })
  })
  test('a table of communes', async () => {
    const { roles } = await guessed(
      'code,province_code,name_vi,slug,area_km2,population,lat,lon,qa_flag\n00004,01,Ba Đình,ba_dinh,2.97,65023,21.03,105.83,\n00008,01,Ngọc Hà,ngoc_ha,2.68,,21.03,105.81,population_missing\n',
    )
    expect(roles).toMatchObject({
      code: 'entity',
      province_code: 'entity-parent',
      name_vi: 'entity-name',
      slug: 'ignore',
      area_km2: 'value area km2',
      population: 'value population',
      qa_flag: 'quality-flag',
    })
  })
  test('long form', async () => {
    const { roles, detected } = await guessed(
      'entity,property,period,value,published\nVN,egdi,2022,0.6787,2022-09\n',
    )
    expect(detected.shape).toBe('long')
    expect(roles).toEqual({
      entity: 'entity',
      property: 'property',
      period: 'time',
      value: 'value',
      published: 'published',
    })
  })
  test('columns that are years', async () => {
    const { roles } = await guessed('tỉnh,2019,2020\nHà Nội,1.5,2.5\nHuế,3.5,4.5\n')
    expect(roles).toEqual({ tỉnh: 'entity', 2019: 'value 2019', 2020: 'value 2020' })
  })
  test('units of measure in brackets', async () => {
    const { roles } = await guessed('trạm,ngày,Lượng mưa (mm)\nA,2026-01-01,1.5\n')
    expect(roles['Lượng mưa (mm)']).toBe('value luong_mua mm')
  })
})

describe('rows', () => {
  async function mapped(content: string, change: object = {}) {
    const path = file(content)
    const profile = await profileFile(path)
    const mapping = { ...guessMapping(profile, knowledge).mapping, ...change }
    const map = rowMapper(
      mapping,
      profile.columns.map(({ name }) => name),
      Date.parse('2026-12-01T00:00:00Z'),
    )
    return (await all(dataRows(path, profile))).flat().map(map)
  }
  test('a blank is a finding and no value', async () => {
    const [row] = await mapped('trạm,ngày,mưa,gió\nA,2026-01-01,-,2.5\nB,2026-01-01,1.5,2.5\n')
    expect(row!.candidates.map(({ property, value }) => [property, value])).toEqual([['gio', 2.5]])
    expect(row!.findings.map(({ rule, column }) => [rule, column])).toEqual([['blank', 'mưa']])
  })
  test('a row of totals is left out, with a finding', async () => {
    const rows = await mapped('trạm,ngày,mưa\nA,2026-01-01,1.5\nTổng cộng,2026-01-01,1.5\n')
    expect(rows.map(({ candidates }) => candidates.length)).toEqual([1, 0])
    expect(rows[1]!.findings[0]!.rule).toBe('total-row')
  })
  test('a shifted row is refused, empty cells at its end are not', async () => {
    const rows = await mapped('trạm,ngày,mưa\nA,2026-01-01,1.5\nB,2026-01-01\nC,2026-01-01,2.5,,\n')
    expect(rows.map(({ errors }) => errors.map(({ code }) => code))).toEqual([[], ['ragged-row'], []])
  })
  test('a doubt of the source marks the values of its row', async () => {
    const [good, doubted] = await mapped('code,population,flag\n00004,5,\n00008,6,namesake\n', {
      period: '2025-07-01',
    })
    expect(good!.candidates[0]!.quality).toBe(0)
    expect(doubted!.candidates[0]!.quality).toBe(2 ** 12)
    expect(doubted!.findings[0]).toMatchObject({ rule: 'source-doubt', value: 'namesake', line: 3 })
  })
  test('a period of publication means the end of its last day', async () => {
    const [row] = await mapped('entity,property,period,value,published\nVN,egdi,2022,0.5,2024\n')
    expect(row!.candidates[0]!.published).toBe(Date.parse('2025-01-01T00:00:00+07:00'))
  })
})
