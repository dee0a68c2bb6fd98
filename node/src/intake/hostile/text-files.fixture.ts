import type { RandomStream } from '@nhip/random/stream'
import {
  type Family,
  goodTable,
  type Hostile,
  type HostileFile,
  header,
  inTurn,
  mapping,
  type Outcome,
  openDataset,
  property,
  withTime,
  withValue,
} from './input.fixture.ts'

type Sort = Pick<HostileFile, 'what' | 'outcome'> & { bytes: Buffer | string; name?: string; fields?: object }

function files(family: string, sorts: readonly Sort[]): Family {
  return (_random, count) =>
    inTurn(sorts, count).map(
      ({ what, outcome, bytes, name = 'bang.csv', fields }): Hostile => ({
        door: 'file',
        family,
        what,
        outcome,
        name,
        bytes: () => Buffer.from(bytes as string),
        ...(fields ? { fields: { ...fields } } : {}),
      }),
    )
}

const utf16 = (text: string, big: boolean, mark: boolean) => {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le')
  return big ? bytes.swap16() : bytes
}

/** `ê` and the tone as bytes of their own: windows-1258 writes a letter and its tone one after the other. */
const windows1258 = Buffer.from(
  'tra\xf2m,th\xf5\xcci gian,gia\xec tri\xf2\nPh\xfd\xf5\xccng Ho\xcca Xu\xe2n,2026-11-01T08:00:00+07:00,41.5\n',
  'latin1',
)
const tcvn3 = Buffer.from('T\xd8nh Th\xf5a Thi\xaan Hu\xd5,Ph\xad\xeang V\xfc D\xb9\n', 'latin1')
const vni = Buffer.from('T\xe6nh Th\xf6\xf8a Thie\xe2n Hue\xe1,Ph\xf6\xf4\xf8ng Vy\xf5 Da\xef\n', 'latin1')

const encodings = files('encodings', [
  { what: 'UTF-16 LE with its mark', outcome: 'read', bytes: utf16(goodTable, false, true) },
  { what: 'UTF-16 BE with its mark', outcome: 'read', bytes: utf16(goodTable, true, true) },
  { what: 'UTF-16 LE without a mark', outcome: 'read', bytes: utf16(goodTable, false, false) },
  { what: 'UTF-16 BE without a mark', outcome: 'read', bytes: utf16(goodTable, true, false) },
  {
    what: 'UTF-16 that ends in half a character',
    outcome: 'refused',
    bytes: utf16(goodTable, false, true).subarray(0, -1),
  },
  {
    what: 'half a surrogate pair in UTF-16',
    outcome: 'refused',
    bytes: utf16(goodTable.replace('Hồ', '\ud83d'), false, true),
  },
  {
    what: 'UTF-16 said to be UTF-8',
    outcome: 'refused',
    bytes: utf16(goodTable, false, false),
    fields: { dataset: openDataset, mapping: mapping({ encoding: 'utf-8' }) },
  },
  { what: 'UTF-8 with its mark', outcome: 'read', bytes: `\ufeff${goodTable}` },
  { what: 'letters apart from their marks (NFD)', outcome: 'read', bytes: goodTable.normalize('NFD') },
  { what: 'windows-1258', outcome: 'read', bytes: windows1258 },
  { what: 'TCVN3', outcome: 'refused', bytes: tcvn3 },
  { what: 'VNI', outcome: 'refused', bytes: vni },
  {
    what: 'joined files: a mark in the middle',
    outcome: 'read',
    bytes: `\ufeff${goodTable}\ufeff${goodTable.replace('08:00', '09:00')}`,
  },
  {
    what: 'a byte that is no UTF-8 behind megabytes that are',
    outcome: 'refused',
    bytes: Buffer.concat([Buffer.from(goodTable.repeat(2000)), Buffer.from([0xff, 0x0a])]),
  },
  {
    what: 'UTF-8 cut inside a letter',
    outcome: 'refused',
    bytes: Buffer.from(`${goodTable}Hồ`).subarray(0, -1),
  },
  {
    what: 'overlong UTF-8',
    outcome: 'refused',
    bytes: Buffer.concat([Buffer.from(goodTable), Buffer.from([0xc0, 0xaf])]),
  },
  { what: 'null bytes in the first line', outcome: 'refused', bytes: goodTable.replace('trạm', 'tr\0ạm') },
  {
    what: 'a null byte behind the first pages',
    outcome: 'refused',
    bytes: `${header}\n${'A,2026-11-01T08:00:00+07:00,1\n'.repeat(500)}B\0,2026-11-01T08:00:00+07:00,1\n`,
  },
  { what: 'CR alone ends the lines', outcome: 'read', bytes: goodTable.replaceAll('\n', '\r') },
  {
    what: 'a line separator of Unicode in a cell',
    outcome: 'read',
    bytes: goodTable.replace('Hồ Gươm', 'Hồ\u2028Gươm'),
  },
])

const binaries: Family = (random, count) => {
  const kinds: [string, string][] = [
    ['a PNG', '89504e470d0a1a0a0000000d49484452'],
    ['a PDF', '255044462d312e370a25e2e3cfd30a00'],
    ['a program', '4d5a90000300000004000000ffff0000'],
    ['gzip', '1f8b0800000000000003'],
    ['an old workbook, or one with a password', 'd0cf11e0a1b11ae10000000000000000'],
    ['an SQLite database', '53514c69746520666f726d6174203300'],
  ]
  return inTurn(kinds, count).map(([what, hex]) => ({
    door: 'file',
    family: 'binaries',
    what,
    outcome: 'refused',
    name: 'bang.csv',
    bytes: () => Buffer.concat([Buffer.from(hex, 'hex'), noise(random, 600)]),
  }))
}

function noise(random: RandomStream, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.integer(0, 255)))
}

const numbers: Family = (random, count) => {
  const bad = [
    '12,5,0',
    '1.2.3',
    '0x1F',
    '１２',
    '٣',
    'Infinity',
    '-Infinity',
    '1e999',
    '-1e400',
    '1/2',
    '1_000',
    '--5',
    '+-3',
    '5-',
    '1 2',
    '12 34',
    '12abc',
    '=1+2',
    '=SUM(A1:A9)',
    '#DIV/0!',
    '#REF!',
    'TRUE',
    '½',
    '१२',
    '1e',
    'e5',
    '$5',
    '5đ',
    '1,2,3',
    '1.234.5',
    'một',
    '∞',
    '1e5e5',
    '0b11',
    '1,23,456',
    '１.５',
    '−−1',
    '(5',
    '5)',
    '%5',
    '..5',
    ',5',
    '1..5',
    "'5",
    '"5"',
    '5;',
    '\u200b5',
    'O',
    'l0',
    '2026-11-01',
  ]
  const blank = ['NaN', '-', '…', 'n/a', '#N/A', 'không có', 'NULL', '']
  const odd = ['41.5', ' 41.5 ', '+41.5', '41.50', '0041.5', '4.15e1', '41.5\u00a0', '41.500']
  return [
    ...inTurn(bad, Math.ceil(count * 0.7)).map((cell) =>
      file('numbers', `"${cell}"`, 'refused', withValue(cell)),
    ),
    ...inTurn(blank, Math.ceil(count * 0.15)).map((cell) =>
      file('numbers', `"${cell}" says there is none`, 'flagged', withValue(cell)),
    ),
    ...inTurn(odd, count - Math.ceil(count * 0.7) - Math.ceil(count * 0.15)).map((cell) =>
      file('numbers', `"${cell}" with ${random.integer(2, 9)} blanks behind`, 'read', withValue(cell)),
    ),
  ]
}

function file(
  family: string,
  what: string,
  outcome: Outcome,
  bytes: string | Buffer,
  fields?: Record<string, string>,
): Hostile {
  return {
    door: 'file',
    family,
    what,
    outcome,
    name: 'bang.csv',
    bytes: () => Buffer.from(bytes as string),
    ...(fields ? { fields } : {}),
  }
}

const dates: Family = (_random, count) => {
  const withDate = (date: string) => ({ dataset: openDataset, mapping: mapping({ date }) })
  const sorts: [string, string, Outcome][] = [
    ...[
      '31/02/2026',
      '29/02/2025',
      '00/01/2026',
      '32/01/2026',
      '01/13/2026',
      '31/04/2026',
      '31/11/2026 08:00',
      '01/01/0000',
      '30/02/2026 25:61',
      '1/1',
      'hôm qua',
      '--',
      '2026',
      '01/11/2026 24:30',
    ].map((text): [string, string, Outcome] => ['dmy', text, text === '2026' ? 'read' : 'refused']),
    ...[
      '2026-02-30',
      '2026-13-01',
      '0000-01-01',
      '0000-00-00',
      '2026-W54',
      '2026-Q5',
      '2026-11-31T08:00:00+07:00',
      '2026-11-01T25:00:00+07:00',
      '2026-11-01T08:60:00+07:00',
      '2026-11-01T08:00:00+99:00',
      '+002026-11-01',
      '20261101',
      'T08:00',
      '2026-11-01T08:00:00+07:00/P1D',
    ].map((text): [string, string, Outcome] => ['iso', text, 'refused']),
    ...['60', '0', '-1', '2958466', '1e9', 'NaN', '46327,5,5'].map((text): [string, string, Outcome] => [
      'excel',
      text,
      'refused',
    ]),
    ['excel', '46327.333333', 'read'],
    ['excel', '61', 'read'],
    ['mdy', '13/13/2026', 'refused'],
    ['mdy', '11/01/2026 08:00', 'read'],
    ['period-vi', 'Quý V/2025', 'refused'],
    ['period-vi', 'T13/2025', 'refused'],
    ['period-vi', 'Quý III/2025', 'read'],
    ['iso', '2099-01-01T00:00:00+07:00', 'flagged'],
    ['iso', '9999-12-31T23:59:59+07:00', 'flagged'],
    ['dmy', '01/01/2199', 'flagged'],
  ]
  return inTurn(sorts, count).map(([date, text, outcome]) =>
    file('dates', `"${text}" read as ${date}`, outcome, withTime(text), withDate(date)),
  )
}

const shapes: Family = files('shapes', [
  { what: 'an empty file', outcome: 'refused', bytes: '' },
  { what: 'a mark and nothing else', outcome: 'refused', bytes: '\ufeff' },
  { what: 'blank lines', outcome: 'refused', bytes: '\n\n\r\n' },
  { what: 'one row too short', outcome: 'refused', bytes: `${goodTable}A,2026-11-01T08:00:00+07:00\n` },
  { what: 'one row too long', outcome: 'refused', bytes: `${goodTable}A,2026-11-01T08:00:00+07:00,1,2,3\n` },
  {
    what: 'a quotation mark that never closes',
    outcome: 'refused',
    bytes: `${goodTable}"A,2026-11-01T08:00:00+07:00,1\n`,
  },
  {
    what: 'headers that are there twice',
    outcome: 'refused',
    bytes: 'trạm,thời gian,giá trị,giá trị\nA,2026-11-01T08:00:00+07:00,1,2\n',
    fields: { dataset: openDataset, mapping: JSON.stringify({ property, columns: [] }) },
  },
  { what: 'a header of another name', outcome: 'refused', bytes: goodTable.replace('giá trị', 'gia tri') },
  {
    what: 'five thousand columns',
    outcome: 'refused',
    bytes: `${Array.from({ length: 5000 }, (_, i) => `c${i}`).join(',')}\n`,
  },
  {
    what: 'four thousand columns, none of which is a figure',
    outcome: 'refused',
    bytes: `${Array.from({ length: 4000 }, (_, i) => `c${i}`).join(',')}\n${'x,'.repeat(3999)}x\n`,
  },
  { what: 'a cell of 40,000 characters', outcome: 'refused', bytes: withValue('9'.repeat(40_000)) },
  {
    what: 'a name of 2,000 characters',
    outcome: 'refused',
    bytes: goodTable.replace('Hồ Gươm', 'H'.repeat(2000)),
  },
  { what: 'a line of two megabytes', outcome: 'refused', bytes: `${goodTable}${'x'.repeat(2_000_000)}\n` },
  { what: 'a name that is missing', outcome: 'refused', bytes: goodTable.replace('Hồ Gươm', '') },
  { what: 'a row of totals', outcome: 'flagged', bytes: `${goodTable}Tổng cộng,,41.5\n` },
  { what: 'titles above the header', outcome: 'read', bytes: `BÁO CÁO,,\n,,\n${goodTable}` },
  { what: 'the header again further down', outcome: 'read', bytes: `${goodTable}${header}\n` },
  {
    what: 'numbers that can be read two ways',
    outcome: 'refused',
    bytes: `${header}\nA,2026-11-01,1.234\nB,2026-11-02,5.678\n`,
    fields: { dataset: openDataset, mapping: JSON.stringify({ property, columns: [] }) },
  },
  {
    what: 'decimal points and decimal commas',
    outcome: 'refused',
    bytes: `${header}\nA,2026-11-01,"1,5"\nB,2026-11-02,1.5\nC,2026-11-03,2.5\n`,
  },
  {
    what: 'days and months the other way round',
    outcome: 'refused',
    bytes: `${header}\nA,13/01/2026,1.5\nB,01/13/2026,1.5\n`,
    fields: { dataset: openDataset, mapping: JSON.stringify({ property, columns: [] }) },
  },
])

const names: Family = (_random, count) =>
  inTurn(
    [
      '../../etc/passwd',
      '..\\..\\windows\\win.ini',
      '/etc/shadow',
      'C:\\du-lieu\\bang.csv',
      '\u202ecsv.gnp',
      'bang\u0000.csv',
      'x'.repeat(3000),
      '.',
      '..',
      ' ',
      'con.csv',
      'a\r\nSet-Cookie: b=c',
      '<img src=x onerror=alert(1)>.csv',
      "'; DROP TABLE import; --.csv",
      '=cmd|calc.csv',
      '%2e%2e%2fbang.csv',
    ],
    count,
  ).map((name) => ({
    door: 'file',
    family: 'names',
    what: `the file is called ${JSON.stringify(name.slice(0, 30))}`,
    outcome: 'read',
    name,
    bytes: () => Buffer.from(goodTable),
  }))

const meanings: Family = (_random, count) => {
  const table = (columns: object[], text: string, whole: object = {}) => ({
    text,
    fields: { dataset: openDataset, mapping: JSON.stringify({ property, columns, ...whole }) },
  })
  const unit = (code: string, time: string) =>
    table(
      [
        { column: 'mã', role: 'entity' },
        { column: 'ngày', role: 'time', date: 'iso' },
        { column: 'số', role: 'value', decimal: '.' },
      ],
      `mã,ngày,số\n${code},${time},1\n`,
      { entityType: 'unit' },
    )
  const more = (role: string, cell: string, value = '1') =>
    table(
      [
        { column: 'trạm', role: 'entity' },
        { column: 'ngày', role: 'time', date: 'iso' },
        { column: 'số', role: 'value', decimal: '.' },
        { column: 'thêm', role, ...(role === 'published' ? { date: 'iso' } : {}) },
      ],
      `trạm,ngày,số,thêm\nA,2026-01-01,${value},"${cell}"\n`,
    )
  const sorts: [string, Outcome, { text: string; fields: Record<string, string> }][] = [
    ['a code that no unit bears', 'refused', unit('99999', '2026-11-01')],
    ['a province that ended on 1 July 2025', 'refused', unit('77', '2026-11-01')],
    ['a commune of today in a year without it', 'refused', unit('Phường Hòa Xuân', '1900-01-01')],
    ['a name that many communes have', 'refused', unit('Xã Tân Lập', '2024-06-01')],
    ['a name that no unit has', 'refused', unit('Xã Không Có', '2026-11-01')],
    ...['furlong/fortnight', 'mg/§', '???', 'µ'.repeat(300)].map((uom): (typeof sorts)[number] => [
      'a unit of measure nobody knows',
      'refused',
      more('uom', uom),
    ]),
    ['kilograms for micrograms per cubic metre', 'refused', more('uom', 'kg')],
    ['milligrams for micrograms', 'flagged', more('uom', 'mg/m3')],
    ['a status nobody knows', 'refused', more('status', 'Z')],
    ['a value beside "missing"', 'refused', more('status', 'O')],
    ['published tomorrow', 'refused', more('published', '2199-01-01')],
    ['published on 31 February', 'refused', more('published', '2026-02-31')],
    ['doubted by its source', 'flagged', more('quality-flag', 'nghi ngờ')],
    [
      'half a ratio',
      'refused',
      table(
        [
          { column: 'trạm', role: 'entity' },
          { column: 'tử', role: 'num', decimal: '.' },
          { column: 'mẫu', role: 'den', decimal: '.' },
        ],
        'trạm,tử,mẫu\nA,1,x\n',
        { period: '2025' },
      ),
    ],
    [
      'a ratio by zero',
      'refused',
      table(
        [
          { column: 'trạm', role: 'entity' },
          { column: 'tử', role: 'num', decimal: '.' },
          { column: 'mẫu', role: 'den', decimal: '.' },
        ],
        'trạm,tử,mẫu\nA,1,0\n',
        { period: '2025' },
      ),
    ],
    [
      'an end before its start',
      'refused',
      table(
        [
          { column: 'trạm', role: 'entity' },
          { column: 'từ', role: 'time', date: 'iso' },
          { column: 'đến', role: 'time-end', date: 'iso' },
          { column: 'số', role: 'value' },
        ],
        'trạm,từ,đến,số\nA,2026-02-01,2026-01-01,1\n',
      ),
    ],
    [
      'no time at all',
      'flagged',
      table(
        [
          { column: 'trạm', role: 'entity' },
          { column: 'số', role: 'value' },
        ],
        'trạm,số\nA,1\n',
      ),
    ],
    [
      'a formula for a name, and no number beside it',
      'refused',
      table(
        [
          { column: 'trạm', role: 'entity' },
          { column: 'số', role: 'value' },
        ],
        'trạm,số\n"=cmd|\' /C calc\'!A0",=1+1\n',
      ),
    ],
  ]
  return inTurn(sorts, count).map(([what, outcome, { text, fields }]) =>
    file('meanings', what, outcome, text, fields),
  )
}

const mappings: Family = (_random, count) => {
  const columns = JSON.parse(mapping()).columns as object[]
  const sorts: [string, string][] = [
    ['no JSON', '{'],
    ['no object', '[]'],
    ['an encoding nobody knows', mapping({ encoding: 'utf-7' })],
    ['a delimiter of nothing', mapping({ delimiter: '' })],
    ['a quotation mark for a delimiter', mapping({ delimiter: '"' })],
    ['a word for a delimiter', mapping({ delimiter: 'ab' })],
    ['a zone that is none', mapping({ zone: '+99:99' })],
    ['a period that is none', mapping({ period: '2026-13', columns: columns.filter((_, i) => i !== 1) })],
    ['published on a day that is none', mapping({ published: '2026-02-31' })],
    ['published in the future', mapping({ published: '2199' })],
    ['a billion lines to skip', mapping({ skipRows: 1e9 })],
    ['thirty lines to skip of two', mapping({ skipRows: 30 })],
    ['fewer than no lines to skip', mapping({ skipRows: -1 })],
    ['a column that is not there', mapping({ columns: [...columns, { column: 'không có', role: 'text' }] })],
    ['a role that is none', mapping({ columns: [{ column: 'trạm', role: 'root' }] })],
    [
      'a factor that carries the value beyond all numbers',
      mapping({ columns: columns.map((one) => ({ ...one, factor: 1e308 })) }),
    ],
    ['a null character', mapping({ entity: 'a\u0000b' })],
    ['half a surrogate pair', mapping({ property: '\ud800' })],
    ['a field of the prototype', `{"__proto__":{"x":1},${mapping().slice(1)}`],
    ['a property with a code that cannot be', mapping({ property: '../../x' })],
    ['a dataset with a code that cannot be', mapping({ dataset: '../x' })],
    ['no column of values', mapping({ columns: columns.slice(0, 2) })],
  ]
  return inTurn(sorts, count).map(([what, text]) =>
    file(
      'mappings',
      what,
      'refused',
      goodTable,
      what.startsWith('a dataset') ? { mapping: text } : { dataset: openDataset, mapping: text },
    ),
  )
}

/** Families of text files. */
export const textFiles: Family[] = [encodings, binaries, numbers, dates, shapes, names, meanings, mappings]
