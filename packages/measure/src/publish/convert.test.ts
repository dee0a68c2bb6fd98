import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formOf, readDataFile, writeDataFile } from './convert.ts'
import { actionOf, type DataFile, type FileRow, type Form, rowOf } from './data-file.ts'

const forms: Form[] = ['csv', 'json', 'sdmx-csv']
const word = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/),
  fc.constantFrom('Đà Nẵng', 'a,b', 'nói "đúng hạn"', 'hai\ndòng', ' cách '),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('12.50', '0.10', '-0', '1e21', '007', ''),
)
const row: fc.Arbitrary<FileRow> = fc
  .record({
    unit: word,
    item: word,
    period: fc.constantFrom('', '2024', '2024-Q3', '2024-07', '2024-W05', '2024-07-01'),
    breakdown: fc.constantFrom('', 'kenh=truc_tuyen', 'gioi=nu;tuoi=15-24'),
    published: fc.constantFrom('', '2024', '2025-01', '2025-01-31'),
    value: fc.oneof(number, word),
    numerator: number,
    denominator: number,
    se: number,
    status: fc.constantFrom('', 'A', 'E', 'M', 'O', 'Q', 'X'),
    action: fc.constantFrom('I', 'A', 'M', 'R', 'D' as const),
    extra: fc.dictionary(fc.constantFrom('CONF_STATUS', 'UNIT_MEASURE', 'COMMENT[]', 'Ghi chú'), word, {
      maxKeys: 3,
    }),
  })
  .map((r) => rowOf(r, r.action, r.extra))
  .filter((r) => !/^[+-]?\d+,\d+$/.test(r.value))
  // "delete" without a status of its own and "withdrawn" are the same sentence.
  .map((r) => (r.action === 'D' && r.status === '' ? { ...r, status: 'X' } : r))

function sure(text: string): DataFile {
  const { file, problems } = readDataFile(text)
  expect(problems).toEqual([])
  return file!
}

describe('the three forms carry the same', () => {
  test('any file through any chain of forms comes back as the same rows, deletes and vintages too', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 6 }),
        fc.array(fc.constantFrom(...forms), { minLength: 1, maxLength: 4 }),
        (rows, chain) => {
          let file: DataFile = { rows }
          for (const form of chain) file = sure(writeDataFile(file, form))
          expect(file.rows).toEqual(rows)
        },
      ),
      { numRuns: 120 },
    )
  })

  test('written again, the bytes are the same; a byte order mark only comes when asked for', () => {
    const text = 'unit,item,value,status\nVN,a,12.50,\nVN,b,,X\n'
    const file = sure(text)
    expect(writeDataFile(file, 'csv')).toBe(text)
    expect(writeDataFile(file, 'csv', { bom: true })).toBe(`\ufeff${text}`)
    expect(sure(`\ufeff${text}`)).toEqual(file)
  })

  test('what was SDMX-CSV keeps its structure through the long table', () => {
    const text =
      'STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\ndatastructure,ESTAT:GDP(1.0),I,A,VN,gdp,2022,1.5,A\ndatastructure,ESTAT:GDP(1.0),D,A,VN,gdp,2023,,\n'
    const long = writeDataFile(sure(text), 'csv')
    expect(writeDataFile(sure(long), 'sdmx-csv')).toBe(text)
  })

  test('the word not_applicable comes back as the word', () => {
    const text = 'unit,item,value,period\nA,x,not_applicable,2022\nA,y,,2022\n'
    expect(writeDataFile(sure(writeDataFile(sure(text), 'sdmx-csv')), 'csv')).toBe(text)
  })

  test('a blank unit is an error with its place', () => {
    expect(readDataFile('item,unit,value\na, ,1\n').problems).toMatchObject([
      { code: 'blank-unit', line: 2, column: 3 },
    ])
  })

  test.each([
    ['{"rows":[]}', 'json'],
    ['STRUCTURE[;],STRUCTURE_ID,ACTION', 'sdmx-csv'],
    ['unit,item,value', 'csv'],
  ])('%s is read as %s', (text, form) => {
    expect(formOf(text)).toBe(form)
  })
})

describe('SDMX-CSV 2.0', () => {
  test('a withdrawn value becomes a delete', () => {
    const text = writeDataFile(
      sure('unit,item,period,value,published,status\nVN,a,2022,12.67,2023-12,\nVN,a,2022,,2024-02,X\n'),
      'sdmx-csv',
    )
    expect(text.split('\n')).toEqual([
      'STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,PUBLISHED,TIME_PERIOD,OBS_VALUE,OBS_STATUS',
      'dataflow,NHIP:OBSERVATIONS(1.0.0),I,A,VN,a,2023-12,2022,12.67,',
      'dataflow,NHIP:OBSERVATIONS(1.0.0),D,A,VN,a,2024-02,2022,,',
      '',
    ])
    expect(actionOf('X')).toBe('D')
  })

  test('the sub-field form is read, whatever its separator', () => {
    const text =
      'STRUCTURE[|],STRUCTURE_ID,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,COMMENT[]\ndataflow,ESTAT:A(1.0),VN,a,2022,1,x|y;z\n'
    const [only] = sure(text).rows
    expect(only).toMatchObject({
      action: 'I',
      value: '1',
      extra: { STRUCTURE_ID: 'ESTAT:A(1.0)', 'COMMENT[]': 'x;"y;z"' },
    })
    expect(writeDataFile(sure(text), 'sdmx-csv')).toMatch(/^STRUCTURE\[;\],/)
  })

  test('labels beside codes are taken off', () => {
    const text =
      'STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA: Địa bàn,INDICATOR: Chỉ tiêu,TIME_PERIOD,OBS_VALUE\ndataflow,N:A(1.0),R,VN: Việt Nam,gdp: GDP,2022,1\n'
    expect(sure(text).rows[0]).toMatchObject({ unit: 'VN', item: 'gdp', action: 'R' })
  })

  test('all problems of the header are told at once, each with its place', () => {
    const { file, problems } = readDataFile('STRUCTURE,ID,ref_area,ACTION,INDICATOR,INDICATOR,,OBS_VALUE[]\n')
    expect(file).toBeNull()
    expect(problems.map((p) => `${p.column} ${p.value}: ${p.message.en}`)).toEqual([
      '11 ID: The second column must be STRUCTURE_ID, not "ID"',
      '50 : Column 7 has no name',
      '51 OBS_VALUE[]: "OBS_VALUE[]" cannot have several values',
      '14 ref_area: Column names are case-sensitive: "ref_area" must be "REF_AREA"',
      '40 INDICATOR: Column "INDICATOR" appears twice',
      '23 ACTION: ACTION must stand right after STRUCTURE_ID',
      '1 REF_AREA: Column "REF_AREA" is missing',
      '1 TIME_PERIOD: Column "TIME_PERIOD" is missing',
      '1 OBS_VALUE: Column "OBS_VALUE" is missing',
    ])
  })

  test('decimal commas, unknown actions and semicolons between columns are refused in words', () => {
    const head = 'STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\n'
    const rows = 'dataflow,N:A(1.0),I,VN,a,2022,"1585,754"\ndataflow,N:A(1.0),Z,VN,a,2023,1\n'
    expect(readDataFile(head + rows).problems.map((p) => [p.code, p.line, p.value])).toEqual([
      ['decimal-comma', 2, '1585,754'],
      ['unknown-action', 3, 'Z'],
    ])
    const french = readDataFile('STRUCTURE;STRUCTURE_ID;ACTION;REF_AREA\n')
    expect(french.problems[0]!.message.vi).toBe('Các cột phải ngăn cách bằng dấu phẩy')
  })
})
