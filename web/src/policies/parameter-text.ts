import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'

/** What stands in one line of a dated value. */
export const columns = ['from', 'value', 'certainty', 'source', 'article'] as const
export type Column = (typeof columns)[number]

/** A piece of the file's text; `start === end` where nothing is written yet. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Cell extends Span {
  readonly text: string
  /** The value is an expression: `{feel: …}`. */
  readonly computed: boolean
}

/** One dated value of a parameter, with the place of each part of it. */
export interface DatedRow extends Span {
  /** Written in one line, between braces. */
  readonly flow: boolean
  readonly cells: Readonly<Record<Column, Cell | null>>
}

/** A list of dated values: the parameter's own, or the threshold or rate of one bracket. */
export interface DatedList extends Span {
  /** `values`, `brackets/0/threshold`. */
  readonly path: string
  readonly rows: readonly DatedRow[]
}

/** The dated values of a parameter's file. Null when it cannot be read as YAML; the loader then says why. */
export function datedLists(text: string): DatedList[] | null {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  if (document.errors.length > 0 || !isMap(document.contents)) return null
  const lists: DatedList[] = []
  const add = (path: string, node: unknown): void => {
    if (!isSeq(node)) return
    const rows = node.items.flatMap((item) => (isMap(item) ? [rowOf(item)] : []))
    lists.push({ path, rows, ...spanOf(node) })
  }
  add('values', document.contents.get('values', true))
  const brackets = document.contents.get('brackets', true)
  if (isSeq(brackets)) {
    for (const [i, bracket] of brackets.items.entries()) {
      if (!isMap(bracket)) continue
      for (const key of ['threshold', 'rate', 'amount', 'average_rate'])
        add(`brackets/${i}/${key}`, bracket.get(key, true))
    }
  }
  return lists
}

/** The file with another text in one cell; an empty text takes the cell away where the format lets it be absent. */
export function withCell(text: string, row: DatedRow, column: Column, typed: string): string {
  const cell = row.cells[column]
  const written = column === 'value' && cell?.computed ? quoted(typed) : scalar(column, typed)
  if (cell) return splice(text, cell, written)
  if (typed.trim() === '') return text
  const inner = column === 'source' || column === 'article'
  const other = row.cells[column === 'source' ? 'article' : 'source']
  if (inner && other) return splice(text, { start: other.end, end: other.end }, `, ${column}: ${written}`)
  const entry = inner ? `reference: {${column}: ${written}}` : `${column}: ${written}`
  if (row.flow) return splice(text, { start: row.end - 1, end: row.end - 1 }, `, ${entry}`)
  const at = text.slice(0, row.end).trimEnd().length
  return splice(text, { start: at, end: at }, `\n${' '.repeat(indentAt(text, row.start))}${entry}`)
}

/** The file with one more line at the end of a list: a copy of the last one from another day. */
export function withRow(text: string, list: DatedList, from: string): string {
  const last = list.rows.at(-1)
  if (last === undefined) return text
  const copy = text.slice(last.start, last.end).trimEnd()
  const cell = last.cells.from
  const fresh = cell
    ? copy.slice(0, cell.start - last.start) + from + copy.slice(cell.end - last.start)
    : copy
  const indent = ' '.repeat(Math.max(0, indentAt(text, last.start) - 2))
  const at = last.start + copy.length
  return splice(text, { start: at, end: at }, `\n${indent}- ${fresh}`)
}

/** The file without one line. A list keeps its last line: the format has no empty lists. */
export function withoutRow(text: string, list: DatedList, row: DatedRow): string {
  if (list.rows.length < 2) return text
  const start = text.lastIndexOf('\n', row.start - 1)
  const end = text.slice(0, row.end).trimEnd().length
  return text.slice(0, Math.max(start, 0)) + text.slice(end)
}

/** The offset of a place that is told by line and column, both from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', start)
    if (next < 0) return text.length
    start = next + 1
  }
  return Math.min(text.length, start + column - 1)
}

function rowOf(map: YAMLMap): DatedRow {
  const value = map.get('value', true) as unknown
  const feel = isMap(value) ? value.get('feel', true) : undefined
  const reference = map.get('reference', true) as unknown
  const inReference = (key: string): Cell | null => (isMap(reference) ? cellOf(pairOf(reference, key)) : null)
  return {
    ...spanOf(map),
    flow: map.flow === true,
    cells: {
      from: cellOf(pairOf(map, 'from')),
      value:
        feel === undefined ? cellOf(pairOf(map, 'value')) : cellOf(pairOf(value as YAMLMap, 'feel'), true),
      certainty: cellOf(pairOf(map, 'certainty')),
      source: inReference('source'),
      article: inReference('article'),
    },
  }
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)
}

function cellOf(pair: Pair | undefined, computed = false): Cell | null {
  if (pair === undefined) return null
  const node = pair.value as Node | null
  if (!node?.range) return null
  const text = isScalar(node)
    ? node.type === 'PLAIN'
      ? (node.source ?? '')
      : String(node.value ?? '')
    : String(node)
  return { ...spanOf(node), text, computed }
}

function spanOf(node: unknown): Span {
  const [start, end] = (node as Node).range ?? [0, 0]
  return { start, end }
}

/** How YAML has to be given what somebody types: numbers, days and plain words as they are, everything else in quotes. */
function scalar(column: Column, typed: string): string {
  const plain = column === 'value' ? /^(-?\d+(\.\d+)?|\p{L}[\p{L}\d_]*)$/u : /^[\p{L}\d][\p{L}\d_-]*$/u
  return column !== 'article' && plain.test(typed) ? typed : quoted(typed)
}

const quoted = (text: string): string => JSON.stringify(text)

function splice(text: string, { start, end }: Span, by: string): string {
  return text.slice(0, start) + by + text.slice(end)
}

function indentAt(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1)
}
