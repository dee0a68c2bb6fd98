import { expect, it } from 'vitest'
import { BUILT_IN_NAMES } from './builtins.ts'
import { compile } from './compile.ts'
import { parse } from './parse.ts'
import { parseDateTime } from './temporal.ts'
import { fromData, toText } from './values.ts'

const NOW = parseDateTime('2026-11-21T08:30:00@Asia/Ho_Chi_Minh') ?? undefined

/**
 * A table of examples, one a line: `expression => result`. The result is written as FEEL writes it; `null!` is null
 * with a warning, `null` is null without one. `#` begins a remark.
 */
export function examples(table: string, inputs: Record<string, unknown> = {}): void {
  const values = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, fromData(value)]))
  const rows = table.split('\n').map((line) => line.trim())
  it.each(rows.filter((line) => line !== '' && !line.startsWith('#')))('%s', (line) => {
    const at = line.lastIndexOf(' => ')
    const [text, expected] = [line.slice(0, at), line.slice(at + 4).trim()]
    const { ast, problems } = parse(
      text,
      { names: Object.keys(inputs), functions: BUILT_IN_NAMES },
      { unknownNames: 'keep' },
    )
    expect(problems).toEqual([])
    const { value, warnings } = compile(ast).evaluate(values, { now: NOW })
    const shown =
      value === null
        ? warnings.length > 0
          ? 'null!'
          : 'null'
        : typeof value === 'string'
          ? JSON.stringify(value)
          : toText(value)
    expect(shown).toBe(expected)
  })
}
