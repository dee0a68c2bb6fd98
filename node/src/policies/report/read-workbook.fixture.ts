import { promisify } from 'node:util'
import { SaxesParser } from 'saxes'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'

interface ReadCell {
  readonly kind: string
  readonly text: string
}

/** Sheets by name, as rows of cells, by another library than the one that wrote them. */
export async function readWorkbook(bytes: Buffer): Promise<Map<string, (ReadCell | undefined)[][]>> {
  const parts = await unzipped(bytes)
  const names = [...(parts.get('xl/workbook.xml') ?? '').matchAll(/<sheet name="([^"]+)"/g)].map(
    ([, name]) => name,
  )
  return new Map(
    names.map((name, i) => [name ?? '', cellsOf(parts.get(`xl/worksheets/sheet${i + 1}.xml`) ?? '')]),
  )
}

function cellsOf(xml: string): (ReadCell | undefined)[][] {
  const rows: (ReadCell | undefined)[][] = []
  const parser = new SaxesParser()
  let kind = 'n'
  let column = 0
  let text = ''
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'row') rows.push([])
    if (name === 'c') {
      kind = attributes.t ?? 'n'
      column = (attributes.r ?? 'A').charCodeAt(0) - 65
      text = ''
    }
  })
  parser.on('text', (piece) => {
    text += piece
  })
  parser.on('closetag', ({ name }) => {
    if (name === 'c') (rows.at(-1) as (ReadCell | undefined)[])[column] = { kind, text }
  })
  parser.write(xml).close()
  return rows
}

async function unzipped(bytes: Buffer): Promise<Map<string, string>> {
  const open = promisify<Buffer, { lazyEntries: boolean }, ZipFile>(fromBuffer)
  const zip = await open(bytes, { lazyEntries: true })
  const parts = new Map<string, string>()
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error)
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          parts.set(entry.fileName, Buffer.concat(chunks).toString('utf8'))
          zip.readEntry()
        })
      })
    })
    zip.on('end', () => resolve(parts))
    zip.readEntry()
  })
}
