import type { Message, Problem } from '@nhip/canonical/problem'
import { fromDouble, type Num, parseNumber } from '@nhip/feel/number'
import { Alias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type Scalar } from 'yaml'
import type { Place } from '../dmn/model.ts'

/** Where a value stands, and what was written there. */
interface Spot {
  line: number
  column: number
  /** The text of a scalar as it was written, without quotes. */
  source?: string
  /** How far the text of a FEEL expression lies from the spot: 1 for a quote; block texts begin on the next line. */
  shift: number
  block: boolean
}

/** A YAML file whose every value knows its line, column and the text it was read from. */
export class YamlFile {
  readonly file: string
  /** Plain data: numbers are doubles here and only good for comparing shapes; read them with {@link number}. */
  readonly data: unknown
  readonly #spots: ReadonlyMap<string, Spot>

  constructor(file: string, data: unknown, spots: ReadonlyMap<string, Spot>) {
    this.file = file
    this.data = data
    this.#spots = spots
  }

  /** The place of the value at a JSON pointer, or of the nearest value around it. */
  place(pointer: string): Place {
    const { line, column } = this.#spot(pointer)
    return { file: this.file, line, column }
  }

  /** The place of the key that leads to a pointer. */
  keyPlace(pointer: string): Place {
    const { line, column } = this.#spots.get(`${pointer}#key`) ?? this.#spot(pointer)
    return { file: this.file, line, column }
  }

  /** Where the characters of a text begin, for problems inside of it. */
  textPlace(pointer: string): Place {
    const { line, column, shift, block } = this.#spot(pointer)
    return { file: this.file, line: block ? line + 1 : line, column: block ? 1 : column + shift }
  }

  /** The number at a pointer, read from its digits. Null when there is none. */
  number(pointer: string): Num | null {
    const source = this.source(pointer)
    if (source === undefined) return null
    return numberOf(source)
  }

  source(pointer: string): string | undefined {
    return this.#spots.get(pointer)?.source
  }

  problem(
    pointer: string,
    code: string,
    value: string | undefined,
    message: Message,
    hint?: Message,
    at: 'value' | 'key' = 'value',
  ): Problem {
    const { file, line, column } = at === 'key' ? this.keyPlace(pointer) : this.place(pointer)
    const path = pointer === '' ? undefined : pointer
    return {
      severity: 'error',
      code,
      file,
      line,
      column,
      ...(path === undefined ? {} : { path }),
      ...(value === undefined ? {} : { value }),
      message,
      ...(hint === undefined ? {} : { hint }),
    }
  }

  #spot(pointer: string): Spot {
    let at = pointer
    for (;;) {
      const spot = this.#spots.get(at)
      if (spot) return spot
      if (at === '') return { line: 1, column: 1, shift: 0, block: false }
      at = at.slice(0, at.lastIndexOf('/'))
    }
  }
}

/** A decimal from the text of a YAML number: `1000`, `-0.05`, `1e3`, `0x1F`. */
export function numberOf(source: string): Num | null {
  const text = source.trim().replace(/^\+/, '')
  const plain = /^-?\d*\.?\d+$/.test(text) ? parseNumber(text) : null
  if (plain) return plain
  const value = text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? fromDouble(value) : null
}

/** One step of a JSON pointer. */
export function step(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Reads YAML 1.2 core: one document, no duplicate keys, dates stay text. Syntax errors are problems with their place. */
export function readYaml(text: string, file: string): { yaml?: YamlFile; problems: Problem[] } {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    lineCounter: lines,
    prettyErrors: false,
  })
  const document = Array.isArray(documents) ? documents[0] : undefined
  const problems: Problem[] = []
  for (const one of Array.isArray(documents) ? documents : []) {
    for (const error of one.errors) {
      const { line, col } = lines.linePos(error.pos[0])
      problems.push({
        severity: 'error',
        file,
        line,
        column: col,
        ...syntaxProblem(error.code, error.message, text, error.pos),
      })
    }
  }
  if (Array.isArray(documents) && documents.length > 1 && documents[1]) {
    const { line, col } = lines.linePos(documents[1].range[0])
    problems.push({
      severity: 'error',
      code: 'yaml.syntax',
      file,
      line,
      column: col,
      message: { vi: 'mỗi tệp chỉ chứa một tài liệu YAML', en: 'a file holds one YAML document' },
    })
  }
  if (problems.length > 0 || !document) return { problems }
  const spots = new Map<string, Spot>()
  const spotOf = (node: Node | null): Spot => {
    const at = node?.range?.[0] ?? 0
    const { line, col } = lines.linePos(at)
    const type = isScalar(node) ? node.type : undefined
    return {
      line,
      column: col,
      shift: type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? 1 : 0,
      block: type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL',
    }
  }
  let nodes = 0
  const plain = (node: unknown, pointer: string, depth: number): unknown => {
    // An alias repeats what it points to; a few lines of them can stand for billions of values.
    if (++nodes > 100_000 || depth > 100) throw new RangeError('too large')
    if (node instanceof Alias) return plain(node.resolve(document) ?? null, pointer, depth + 1)
    spots.set(pointer, spotOf(node as Node | null))
    if (isMap(node)) {
      const entries: [string, unknown][] = []
      for (const pair of node.items) {
        const key = isScalar(pair.key)
          ? String((pair.key as Scalar).source ?? pair.key.value)
          : String(pair.key)
        const below = pointer + step(key)
        const value = plain(pair.value ?? null, below, depth + 1)
        if (pair.value === null || pair.value === undefined) spots.set(below, spotOf(pair.key as Node))
        spots.set(`${below}#key`, spotOf(pair.key as Node))
        entries.push([key, value])
      }
      return Object.fromEntries(entries)
    }
    if (isSeq(node)) return node.items.map((item, i) => plain(item, pointer + step(i), depth + 1))
    if (!isScalar(node)) return null
    const spot = spots.get(pointer)
    if (spot && node.source !== undefined) spot.source = node.source
    return typeof node.value === 'bigint' ? Number(node.value) : node.value
  }
  try {
    return { yaml: new YamlFile(file, plain(document.contents, '', 0), spots), problems }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    problems.push({
      severity: 'error',
      code: 'yaml.syntax',
      file,
      line: 1,
      column: 1,
      message: { vi: 'tệp quá lớn hoặc lồng nhau quá sâu', en: 'the file is too large or nested too deeply' },
    })
    return { problems }
  }
}

function syntaxProblem(
  code: string,
  detail: string,
  text: string,
  [from, to]: readonly [number, number],
): Pick<Problem, 'code' | 'message' | 'value' | 'hint'> {
  const value =
    text
      .slice(from, Math.max(to, from + 1))
      .split('\n')[0]
      ?.slice(0, 60) ?? ''
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^:\n]*/.exec(text.slice(from))?.[0].trim() ?? value
    return {
      code: 'yaml.duplicate',
      value: key,
      message: { vi: `khóa "${key}" viết hai lần`, en: `the key "${key}" is written twice` },
      hint: { vi: 'giữ một dòng, xóa dòng kia', en: 'keep one of the lines' },
    }
  }
  if (code === 'TAB_AS_INDENT') {
    return {
      code: 'yaml.syntax',
      value,
      message: { vi: 'thụt đầu dòng bằng phím Tab', en: 'the line is indented by a tab' },
      hint: { vi: 'YAML chỉ nhận dấu cách ở đầu dòng', en: 'YAML takes spaces only at the start of a line' },
    }
  }
  return {
    code: 'yaml.syntax',
    value,
    message: { vi: `không đọc được YAML: ${detail}`, en: `the YAML cannot be read: ${detail}` },
  }
}
