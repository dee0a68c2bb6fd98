import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** Hourly readings of 100 stations in six columns, as an office keeps them: a code, a day, three figures, a remark. */
const STATIONS = 100
const FIRST_DAY = 45_000
const HEADER = ['Mã trạm', 'Thời gian', 'PM2.5 (ug/m3)', 'Nhiệt độ (Cel)', 'Lưu lượng xe', 'Ghi chú']
const REMARKS = ['', 'đo tay', 'mưa to', 'bảo trì cảm biến']

interface Line {
  station: string
  /** Excel serial: the day, and the hour as a part of it. */
  serial: number
  at: string
  pm25: number
  temperature: number
  vehicles: number
  remark: number
}

function* lines(rows: number): Generator<Line> {
  for (let i = 0; i < rows; i++) {
    const hour = Math.floor(i / STATIONS)
    const serial = FIRST_DAY + hour / 24
    yield {
      station: `T${String(i % STATIONS).padStart(3, '0')}`,
      serial,
      at: new Date(Math.round((serial - 25_569) * 86_400_000)).toISOString().slice(0, 19),
      pm25: ((i * 7919) % 1500) / 10,
      temperature: 15 + ((i * 104_729) % 250) / 10,
      vehicles: (i * 31) % 5000,
      remark: i % 17 === 0 ? 1 + (i % 3) : 0,
    }
  }
}

/** A CSV of that many rows below its header. */
export async function writeCsv(path: string, rows: number): Promise<void> {
  await pipeline(Readable.from(inPieces(csv(rows))), createWriteStream(path))
}

function* csv(rows: number): Generator<string> {
  yield `\ufeff${HEADER.join(',')}\r\n`
  for (const { station, at, pm25, temperature, vehicles, remark } of lines(rows))
    yield `${station},${at},${pm25},${temperature},${vehicles},${REMARKS[remark]}\r\n`
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** The same rows as an XLSX workbook in the manner of spreadsheet programs: shared texts, dates as styled serials. */
export async function writeXlsx(path: string, rows: number): Promise<void> {
  const zip = new ZipFile()
  const part = (name: string, content: string) => zip.addBuffer(Buffer.from(content), name)
  part(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Số liệu" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  )
  part(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  )
  part(
    'xl/styles.xml',
    `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  )
  const stations = Array.from({ length: STATIONS }, (_, i) => `T${String(i).padStart(3, '0')}`)
  const texts = [...HEADER, ...REMARKS.slice(1), ...stations]
  part(
    'xl/sharedStrings.xml',
    `<sst xmlns="${MAIN}" uniqueCount="${texts.length}">${texts.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
  )
  zip.addReadStream(Readable.from(inPieces(sheet(rows))), 'xl/worksheets/sheet1.xml')
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(path))
}

function* sheet(rows: number): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${MAIN}" xmlns:r="${OFFICE}"><dimension ref="A1:F${rows + 1}"/><sheetData><row r="1" spans="1:6">`
  yield `${HEADER.map((_, i) => `<c r="${'ABCDEF'[i]}1" t="s"><v>${i}</v></c>`).join('')}</row>`
  const firstStation = HEADER.length + REMARKS.length - 1
  let r = 1
  for (const { serial, pm25, temperature, vehicles, remark } of lines(rows)) {
    r += 1
    const station = firstStation + ((r - 2) % STATIONS)
    const noted = remark === 0 ? '' : `<c r="F${r}" t="s"><v>${HEADER.length + remark - 1}</v></c>`
    yield `<row r="${r}" spans="1:6"><c r="A${r}" t="s"><v>${station}</v></c><c r="B${r}" s="1"><v>${serial}</v></c><c r="C${r}"><v>${pm25}</v></c><c r="D${r}"><v>${temperature}</v></c><c r="E${r}"><v>${vehicles}</v></c>${noted}</row>`
  }
  yield '</sheetData></worksheet>'
}

function* inPieces(texts: Iterable<string>): Generator<Buffer> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < 1 << 16) continue
    yield Buffer.from(piece)
    piece = ''
  }
  yield Buffer.from(piece)
}
