import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UnreadableFile } from './csv-scanner.ts'
import { SheetReader } from './sheet-rows.ts'

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** Rows as they are reported, or the code of the refusal. */
function read(xml: string, plain: boolean, length = xml.length): unknown {
  const rows: unknown[] = []
  try {
    const reader = new SheetReader((number, cells) => rows.push([number, structuredClone(cells)]), plain)
    for (let i = 0; i < xml.length; i += length) reader.write(xml.slice(i, i + length))
    reader.close()
    return rows
  } catch (error) {
    return (error as UnreadableFile).problem.code
  }
}

const sheet = (rows: string, head = '', tail = '') =>
  `<?xml version="1.0"?>\n<worksheet xmlns="${main}">${head}<sheetData>${rows}</sheetData>${tail}</worksheet>`

// What spreadsheet programs write, and what others may: order of attributes, prefixes, comments, CDATA, broken tags.
const cells = fc.constantFrom(
  '<c r="A1"><v>1.5</v></c>',
  '<c r="B1" s="3"><v>45000</v></c>',
  '<c r="C1" s="3" t="s"><v>7</v></c>',
  '<c r="D1" t="inlineStr"><is><t>Phường Hòa Xuân &amp; 2</t></is></c>',
  '<c r="D1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>',
  '<c r="E1" t="str"><f>A1&amp;"x"</f><v>1.5x</v></c>',
  '<c r="E1"><f t="shared" ref="A1:A9" si="0">B1*2</f><v>3</v></c>',
  '<c r="E1"><f/></c>',
  '<c r="F1" s="2"/>',
  '<c r="G1" t="e"><v>#N/A</v></c>',
  '<c r="H1" t="b"><v>1</v></c>',
  '\n  <c r="I1"><v>9</v></c>',
  '<c t="s" r="J1"><v>1</v></c>',
  '<c><v>1</v></c>',
  "<c r='K1'><v>1</v></c>",
  '<x:c r="L1"><x:v>2</x:v></x:c>',
  '<c r="M1" t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r></is></c>',
  '<c r="N1"><v><![CDATA[</row>]]></v></c>',
  '<c r="O1"><v>1<!-- </row> --></v></c>',
  '<c r="P1" t="str"><v>&#x1EBF;&#10;</v></c>',
  '<c r="Q1" t="str"><v>&xxe;</v></c>',
  '<c r="R1" r="R1"><v>1</v></c>',
  '<c r="S1" t="s"><is><t>x</t></is></c>',
  '<c r="T1" t="inlineStr"><v>x</v></c>',
  '<c r="U1" t="str"><v>a ]]> b</v></c>',
  '<c r="V1" t="str"><v>a\u0001b</v></c>',
  '<c r="W1" t="str"><v>a\r\nb</v></c>',
  '<c r="X1"><v>1</c></v>',
  '<c r="Y1" t="d"><v>2026-01-01</v></c>',
)
const openings = fc.constantFrom(
  ['<row r="1">', '</row>'],
  ['<row r="1" spans="1:6" x14ac:dyDescent="0.25">', '</row>'],
  ['<row>', '</row>'],
  ['<row r="2" hidden="1" hidden="1">', '</row>'],
  ['\n<row r="3" ht="15">', '\n</row>'],
  ['<x:row r="4">', '</x:row>'],
  ['<row r="5">', '</row >'],
  ['<row r="6"/>', ''],
  ['<row r="7" note="a > b">', '</row>'],
  ['<!-- <row r="8">', '</row> -->'],
  ['<?php <row r="9">', '</row> ?>'],
)
const plainCells = fc.constantFrom(
  '<c r="A1"><v>1.5</v></c>',
  '<c r="B1" s="3"><v>45000</v></c>',
  '<c r="C1" t="s"><v>7</v></c>',
)
const row = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(openings, fc.array(cells, { maxLength: 3 })) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constant(['<row r="1">', '</row>']), fc.array(plainCells, { maxLength: 4 })),
  },
)
const rowsText = fc
  .array(row, { maxLength: 6 })
  .map((rows) => rows.map(([[open, close], inside]) => open + inside.join('') + close).join(''))

describe('the rows of a sheet', () => {
  test('are what the XML parser alone would report, and refused where it would refuse', () => {
    let plain = 0
    fc.assert(
      fc.property(rowsText, fc.integer({ min: 1, max: 60 }), (rows, length) => {
        const expected = read(sheet(rows), false)
        if (Array.isArray(expected)) plain += 1
        expect(read(sheet(rows), true, length)).toEqual(expected)
      }),
      { numRuns: 1500 },
    )
    // Had every example been refused, nothing would have been compared.
    expect(plain).toBeGreaterThan(300)
  })

  test.each([
    [
      'rows in a comment before the rows',
      sheet('<row r="1"><c r="A1"><v>1</v></c></row>', '<!-- <sheetData><row r="9"></row> -->'),
    ],
    ['no rows', sheet('')],
    [
      'rows in a prefix',
      sheet('')
        .replace('<sheetData>', '<x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>')
        .replace('</sheetData>', '</x:sheetData>'),
    ],
    [
      'a second set of rows',
      sheet('<row r="1"/>', '', '<sheetData><row r="2"><c r="A2"><v>2</v></c></row></sheetData>'),
    ],
    ['an end that never comes', sheet('<row r="1"><c r="A1"><v>1</v></c></row>').slice(0, -30)],
    [
      'entities of its own',
      sheet('<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>').replace(
        '<worksheet',
        '<!DOCTYPE x [<!ENTITY a "b">]><worksheet',
      ),
    ],
    ['a tag that closes nothing', sheet('<row r="1"/></c>')],
    ['text between rows', sheet('<row r="1"/>text<row r="2"/>')],
  ])('%s', (_name, xml) => {
    const expected = read(xml, false)
    for (const length of [1, 7, 64, xml.length]) expect(read(xml, true, length)).toEqual(expected)
  })
})
