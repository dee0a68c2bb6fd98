import { buffer } from 'node:stream/consumers'
import { archive, type RawWorkbook, workbookParts } from '../file/workbook.fixture.ts'
import {
  type Family,
  goodTable,
  type Hostile,
  type HostileFile,
  inTurn,
  mapping,
  type Outcome,
  openDataset,
} from './input.fixture.ts'

const head = ['trạm', 'thời gian', 'giá trị']
const good: RawWorkbook = {
  formats: ['dd/mm/yyyy hh:mm'],
  sheets: [{ name: 'Số liệu', rows: [head, ['Hồ Gươm', { v: '46327.333333333336', s: 1 }, 41.5]] }],
}
const sheetPart = 'xl/worksheets/sheet1.xml'

/** The right workbook with other rows below its header. */
const withRows = (...rows: RawWorkbook['sheets'][number]['rows']): RawWorkbook => ({
  ...good,
  sheets: [{ name: 'Số liệu', rows: [head, ...rows] }],
})

/** The right workbook with one of its parts written anew. */
function withPart(name: string, change: (xml: string) => string): RawWorkbook {
  const parts = workbookParts(good)
  return { ...good, parts: { [name]: change(String(parts[name] ?? '')) } }
}

const bytesOf = (book: RawWorkbook) => buffer(archive(workbookParts(book)))

function file(family: string, what: string, outcome: Outcome, bytes: HostileFile['bytes']): HostileFile {
  return {
    door: 'file',
    family,
    what,
    outcome,
    name: 'bang.xlsx',
    bytes,
    fields: { dataset: openDataset, mapping: mapping() },
  }
}

const one = 'Hồ Gươm'
const time = { v: '46327.333333333336', s: 1 }

const cells: Family = (_random, count) => {
  const sorts: [string, Outcome, RawWorkbook][] = [
    [
      'merged cells',
      'read',
      {
        ...good,
        sheets: [
          {
            name: 'a',
            rows: [head, [one, time, 41.5], [null, { v: '46327.5', s: 1 }, 2]],
            merges: ['A2:A3'],
          },
        ],
      },
    ],
    [
      'a hidden sheet',
      'flagged',
      { ...good, sheets: [...good.sheets, { name: 'ẩn', state: 'hidden', rows: [['x']] }] },
    ],
    [
      'a formula that ended in #N/A',
      'flagged',
      withRows([one, time, { t: 'e', f: 'VLOOKUP(A1,B:C,2,0)', v: '#N/A' }]),
    ],
    ['a formula that ended in #DIV/0!', 'refused', withRows([one, time, { t: 'e', f: '1/0', v: '#DIV/0!' }])],
    [
      'a formula without a saved result',
      'flagged',
      withRows([one, time, 41.5], [one, { v: '46328', s: 1 }, { f: 'NOW()' }]),
    ],
    ['29 February 1900, which there never was', 'refused', withRows([one, { v: '60', s: 1 }, 41.5])],
    ['a day before all serials', 'refused', withRows([one, { v: '-1', s: 1 }, 41.5])],
    ['a day behind the year 9999', 'refused', withRows([one, { v: '2958466', s: 1 }, 41.5])],
    ['days that count from 1904', 'read', { ...good, date1904: true }],
    ['1e999', 'refused', withRows([one, time, { v: '1e999' }])],
    ['NaN as a number', 'flagged', withRows([one, time, { v: 'NaN' }])],
    ['hexadecimal', 'refused', withRows([one, time, { v: '0x1A' }])],
    ['a shared text that is not there', 'flagged', withRows([one, time, { t: 's', v: '4000000000' }])],
    ['a style that is not there', 'read', withRows([one, time, { v: '41.5', s: 9999 }])],
    ['a type nobody knows', 'refused', withRows([one, time, { t: 'zzz', v: 'x' }])],
    ['a cell of 40,000 characters', 'refused', withRows([one, time, 'x'.repeat(40_000)])],
    [
      'the last column of a spreadsheet',
      'refused',
      withPart(sheetPart, (xml) => xml.replace('<row r="2">', '<row r="2"><c r="XFD2"><v>1</v></c>')),
    ],
    ['a cell without a column', 'refused', withPart(sheetPart, (xml) => xml.replace('r="A2"', 'r="2"'))],
    ['a column beyond all', 'refused', withPart(sheetPart, (xml) => xml.replace('r="A2"', 'r="ZZZZZZZZZ2"'))],
    [
      'row 2,000,000',
      'refused',
      withPart(sheetPart, (xml) => xml.replace('<row r="2">', '<row r="2000000">')),
    ],
    ['rows that go back', 'refused', withPart(sheetPart, (xml) => xml.replace('<row r="2">', '<row r="1">'))],
    [
      'a row of no number',
      'refused',
      withPart(sheetPart, (xml) => xml.replace('<row r="2">', '<row r="hai">')),
    ],
    [
      'a merged field as large as the sheet',
      'endured',
      withPart(sheetPart, (xml) =>
        xml.replace('</sheetData>', '</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'),
      ),
    ],
    [
      'ten thousand merged fields',
      'endured',
      withPart(sheetPart, (xml) =>
        xml.replace(
          '</sheetData>',
          `</sheetData><mergeCells>${'<mergeCell ref="A2:A1000000"/>'.repeat(10_000)}</mergeCells>`,
        ),
      ),
    ],
    ['a text for a number format', 'read', { ...good, formats: ['dd/mm/yyyy hh:mm', '"'] }],
  ]
  return inTurn(sorts, count).map(([what, outcome, book]) =>
    file('cells', what, outcome, () => bytesOf(book)),
  )
}

const xml: Family = (_random, count) => {
  const laughs = `<!DOCTYPE x [<!ENTITY a "ha">${'bcdefghij'
    .split('')
    .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghij'[i]};`.repeat(10)}">`)
    .join('')}]>`
  const outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
  const inside = (part: string, dtd: string, entity: string) =>
    withPart(part, (text) => dtd + text.replace('Hồ Gươm', entity).replace('Số liệu', entity))
  const sorts: [string, Outcome, RawWorkbook][] = [
    ['entities that grow a billionfold', 'refused', inside(sheetPart, laughs, '&j;')],
    ['entities that grow, in the list of sheets', 'refused', inside('xl/workbook.xml', laughs, '&j;')],
    ['an entity from the disk', 'refused', inside(sheetPart, outside, '&a;')],
    ['an entity nobody declared', 'refused', inside(sheetPart, '', '&xxe;')],
    ['the number of a character that is none', 'refused', inside(sheetPart, '', '&#xD800;')],
    ['a null character by its number', 'refused', inside(sheetPart, '', '&#0;')],
    [
      'tags that cross',
      'refused',
      withPart(sheetPart, (text) => text.replace('</row></sheetData>', '</sheetData></row>')),
    ],
    ['a sheet that ends in the middle', 'refused', withPart(sheetPart, (text) => text.slice(0, -60))],
    [
      'a hundred thousand open tags',
      'refused',
      withPart(sheetPart, (text) => text.replace('<sheetData>', `<sheetData>${'<a>'.repeat(100_000)}`)),
    ],
    [
      'an attribute of a megabyte',
      'endured',
      withPart(sheetPart, (text) =>
        text.replace('<sheetData>', `<sheetPr x="${'x'.repeat(900_000)}"/><sheetData>`),
      ),
    ],
    ['a sheet of null bytes', 'refused', { ...good, parts: { [sheetPart]: Buffer.alloc(5000) } }],
    [
      'a sheet that is no UTF-8',
      'refused',
      { ...good, parts: { [sheetPart]: Buffer.from(String(workbookParts(good)[sheetPart]), 'latin1') } },
    ],
    [
      'shared texts that are no XML',
      'refused',
      withPart('xl/sharedStrings.xml', () => '<sst><si><t>a</t></si><si>'),
    ],
    ['no sheets', 'refused', withPart('xl/workbook.xml', () => '<workbook><sheets/></workbook>')],
    [
      'a sheet that points outside',
      'refused',
      withPart('xl/_rels/workbook.xml.rels', (text) =>
        text.replace('worksheets/sheet1.xml', '../../../etc/passwd'),
      ),
    ],
    [
      'a sheet that is not in the archive',
      'refused',
      withPart('xl/_rels/workbook.xml.rels', (text) => text.replace('sheet1.xml', 'sheet9.xml')),
    ],
    [
      'a text of 30,000 characters that twenty thousand cells refer to',
      'refused',
      {
        ...withPart(sheetPart, (text) =>
          text.replace(
            '</sheetData>',
            `${Array.from({ length: 20_000 }, (_, i) => `<row r="${i + 3}"><c r="A${i + 3}" t="s"><v>0</v></c></row>`).join('')}</sheetData>`,
          ),
        ),
        strings: [`<si><t>${'ô'.repeat(30_000)}</t></si>`],
      },
    ],
  ]
  return inTurn(sorts, count).map(([what, outcome, book]) => file('xml', what, outcome, () => bytesOf(book)))
}

const endOfCentral = 0x06054b50
const central = Buffer.from('PK\x01\x02', 'latin1')

/** Changes every record of the archive's directory. */
function eachEntry(zip: Buffer, change: (record: Buffer) => void): Buffer {
  const copy = Buffer.from(zip)
  for (let at = copy.indexOf(central); at >= 0; at = copy.indexOf(central, at + 4)) change(copy.subarray(at))
  return copy
}

const archives: Family = async (random, count) => {
  const zip = await bytesOf(good)
  const zeros = (megabytes: number) => Buffer.alloc(megabytes * 1024 * 1024)
  const sorts: [string, Outcome, () => Promise<Buffer> | Buffer][] = [
    [
      'sixty megabytes of zeros beside the sheet',
      'refused',
      () => bytesOf({ ...good, parts: { 'xl/media/image1.png': zeros(60) } }),
    ],
    [
      'a sheet of sixty megabytes of blanks',
      'refused',
      () =>
        bytesOf(
          withPart(sheetPart, (text) =>
            text.replace('<sheetData>', `<sheetData>${' '.repeat(60 * 1024 * 1024)}`),
          ),
        ),
    ],
    [
      'a bomb in a bomb',
      'endured',
      async () =>
        bytesOf({ ...good, parts: { 'xl/a.zip': await buffer(archive({ 'zeros.bin': zeros(20) })) } }),
    ],
    [
      'parts that all lie in the same place',
      'endured',
      () => {
        let first: number | null = null
        return eachEntry(zip, (record) => {
          first ??= record.readUInt32LE(42)
          record.writeUInt32LE(first, 42)
        })
      },
    ],
    ['sizes that are too small', 'refused', () => eachEntry(zip, (record) => record.writeUInt32LE(10, 24))],
    [
      'sizes that are too large',
      'refused',
      () => eachEntry(zip, (record) => record.writeUInt32LE(0x7fffffff, 24)),
    ],
    [
      'sizes of nothing when packed',
      'refused',
      () => eachEntry(zip, (record) => record.writeUInt32LE(0, 20)),
    ],
    [
      'a checksum that is wrong',
      'endured',
      () => eachEntry(zip, (record) => record.writeUInt32LE(0xdeadbeef, 16)),
    ],
    [
      'a part that climbs out of its folder',
      'refused',
      () => Buffer.from(zip.toString('latin1').replaceAll('xl/styles.xml', '../../etc.xml'), 'latin1'),
    ],
    [
      'a part with a whole path',
      'refused',
      () => Buffer.from(zip.toString('latin1').replaceAll('xl/styles.xml', '/xl/styles.xm'), 'latin1'),
    ],
    [
      'parts behind a password',
      'refused',
      () => eachEntry(zip, (record) => record.writeUInt16LE(record.readUInt16LE(8) | 1, 8)),
    ],
    [
      'a way of packing nobody knows',
      'refused',
      () => eachEntry(zip, (record) => record.writeUInt16LE(99, 10)),
    ],
    [
      'a directory that lies elsewhere',
      'refused',
      () => {
        const copy = Buffer.from(zip)
        const at = copy.lastIndexOf('PK\x05\x06', undefined, 'latin1')
        copy.writeUInt32LE(0x7ffffff0, at + 16)
        return copy
      },
    ],
    [
      'an archive of nothing',
      'refused',
      () => {
        const end = Buffer.alloc(22)
        end.writeUInt32LE(endOfCentral, 0)
        return end
      },
    ],
    ['an archive of something else', 'refused', () => buffer(archive({ 'doc.txt': goodTable }))],
    [
      'a text document',
      'refused',
      () => buffer(archive({ 'word/document.xml': '<w:document/>', '[Content_Types].xml': '<Types/>' })),
    ],
    ...Array.from({ length: 8 }, (_, i): [string, Outcome, () => Buffer] => [
      `cut off after ${i + 1} ninths`,
      'refused',
      () => zip.subarray(0, Math.floor((zip.length * (i + 1)) / 9)),
    ]),
    ['four bytes of an archive', 'refused', () => zip.subarray(0, 4)],
  ]
  const made: Hostile[] = []
  for (const [what, outcome, bytes] of inTurn(sorts, Math.min(count, sorts.length)))
    made.push(file('archives', what, outcome, bytes))
  // Behind the named ones, bytes that fell over at random.
  for (let i = made.length; i < count; i++) {
    const copy = Buffer.from(zip)
    const flips = random.integer(1, 20)
    for (let n = 0; n < flips; n++) copy[random.integer(4, copy.length - 1)] = random.integer(0, 255)
    made.push(file('archives', `${flips} bytes changed at random`, 'endured', () => copy))
  }
  return made
}

/** Families of workbooks. */
export const workbooks: Family[] = [cells, xml, archives]
