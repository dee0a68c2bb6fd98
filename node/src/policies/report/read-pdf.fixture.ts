import { inflateSync } from 'node:zlib'

/** The words of a PDF in the order in which they are drawn, read through each font's own table of Unicode letters. */
export function wordsOfPdf(bytes: Buffer): { pages: number; text: string } {
  const file = bytes.toString('latin1')
  const objects = new Map<string, { dictionary: string; stream: string }>()
  for (const [, id = '', body = ''] of file.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const at = body.indexOf('stream\n')
    const dictionary = at < 0 ? body : body.slice(0, at)
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1] ?? 0)
    const raw = at < 0 ? '' : body.slice(at + 7, at + 7 + length)
    const stream = dictionary.includes('/FlateDecode')
      ? inflateSync(Buffer.from(raw, 'latin1')).toString('latin1')
      : raw
    objects.set(id, { dictionary, stream })
  }
  const fonts = new Map<string, Map<number, string>>()
  for (const { dictionary } of objects.values())
    for (const [, name = '', id = ''] of dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const table = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id)?.dictionary ?? '')?.[1] ?? ''
      fonts.set(name, lettersOf(objects.get(table)?.stream ?? ''))
    }
  const pages = [...objects.values()].filter(({ dictionary }) => /\/Type \/Page\b(?!s)/.test(dictionary))
  const text = pages.map(({ dictionary }) => {
    const content = objects.get(/\/Contents (\d+) 0 R/.exec(dictionary)?.[1] ?? '')?.stream ?? ''
    let letters = new Map<number, string>()
    let words = ''
    for (const [, font, glyphs] of content.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9a-fA-F]+)>/g)) {
      if (font !== undefined) letters = fonts.get(font) ?? letters
      for (const [code] of (glyphs ?? '').matchAll(/.{4}/g))
        words += letters.get(Number.parseInt(code, 16)) ?? '\ufffd'
    }
    return words
  })
  return { pages: pages.length, text: text.join('\n') }
}

/** `<0001> <0003> [<0054> <0068> <1EBF>]` */
function lettersOf(table: string): Map<number, string> {
  const letters = new Map<number, string>()
  for (const [, from = '', list = ''] of table.matchAll(/<([0-9a-fA-F]+)> <[0-9a-fA-F]+> \[([^\]]*)\]/g))
    for (const [k, [, hex = '']] of [...list.matchAll(/<([0-9a-fA-F ]+)>/g)].entries()) {
      const units = hex.replaceAll(' ', '').match(/.{4}/g) ?? []
      letters.set(
        Number.parseInt(from, 16) + k,
        String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))),
      )
    }
  return letters
}
