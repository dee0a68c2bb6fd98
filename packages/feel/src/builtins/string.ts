import { int, type Num, toInteger } from '../number.ts'
import { compilePattern } from '../regex.ts'
import { PatternError } from '../regex-error.ts'
import type { Runtime } from '../runtime.ts'
import { BOOLEAN, listOf, NUMBER, STRING } from '../types.ts'
import type { FeelValue } from '../values.ts'
import { define, optional, parameter, signature } from './signature.ts'

const two = [parameter('string', STRING), parameter('match', STRING)]

/** Characters are code points. Start and length must lie within the text (10.3.4.3). */
function substring([text, start, length]: [string, Num, Num | null], runtime: Runtime): FeelValue {
  const points = [...text]
  const from = toInteger(start)
  const index = from > 0 ? from - 1 : points.length + from
  const most = points.length - index
  const count = length === null ? most : toInteger(length)
  if (from === 0 || index < 0 || most < 1 || !(count >= 1 && count <= most)) {
    return runtime.warn('call.value', 'substring', `${start}${length === null ? '' : `, ${length}`}`)
  }
  return points.slice(index, index + count).join('')
}

const predicate = (name: string, test: (text: string, match: string) => boolean) =>
  define(
    name,
    BOOLEAN,
    signature(two, ([text, match]: [string, string]) => test(text, match)),
  )

/** Runs a regular expression; what is wrong with it becomes a warning. */
function withPattern(
  input: string,
  pattern: string,
  flags: string | null,
  runtime: Runtime,
  run: (pattern: ReturnType<typeof compilePattern>) => FeelValue,
): FeelValue {
  if (input.length > 100_000) return runtime.warn('limit.size')
  try {
    return run(compilePattern(pattern, flags ?? ''))
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return error.limit ? runtime.warn('regex.limit') : runtime.warn('regex.invalid', pattern.slice(0, 80))
  }
}

function join([list, delimiter]: [readonly (string | null)[], string | null], runtime: Runtime): FeelValue {
  const parts = list.filter((item) => item !== null)
  const separator = delimiter ?? ''
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0)
  if (length > runtime.limits.text) return runtime.warn('limit.size')
  return parts.join(separator)
}

export const STRINGS = [
  define(
    'substring',
    STRING,
    signature(
      [parameter('string', STRING), parameter('start position', NUMBER), optional('length', NUMBER)],
      substring,
    ),
  ),
  define(
    'string length',
    NUMBER,
    signature([parameter('string', STRING)], ([text]: [string]) => {
      let length = 0
      for (const _ of text) length++
      return int(length)
    }),
  ),
  define(
    'upper case',
    STRING,
    signature([parameter('string', STRING)], ([text]: [string]) => text.toUpperCase()),
  ),
  define(
    'lower case',
    STRING,
    signature([parameter('string', STRING)], ([text]: [string]) => text.toLowerCase()),
  ),
  define(
    'substring before',
    STRING,
    signature(two, ([text, match]: [string, string]) => text.slice(0, Math.max(0, text.indexOf(match)))),
  ),
  define(
    'substring after',
    STRING,
    signature(two, ([text, match]: [string, string]) => {
      const at = text.indexOf(match)
      return at < 0 ? '' : text.slice(at + match.length)
    }),
  ),
  predicate('contains', (text, match) => text.includes(match)),
  predicate('starts with', (text, match) => text.startsWith(match)),
  predicate('ends with', (text, match) => text.endsWith(match)),
  define(
    'matches',
    BOOLEAN,
    signature(
      [parameter('input', STRING), parameter('pattern', STRING), optional('flags', STRING)],
      ([input, pattern, flags]: [string, string, string | null], r) =>
        withPattern(input, pattern, flags, r, (p) => p.matches(input)),
    ),
  ),
  define(
    'replace',
    STRING,
    signature(
      [
        parameter('input', STRING),
        parameter('pattern', STRING),
        parameter('replacement', STRING),
        optional('flags', STRING),
      ],
      ([input, pattern, replacement, flags]: [string, string, string, string | null], r) =>
        withPattern(input, pattern, flags, r, (p) => {
          const text = p.replace(input, replacement)
          return text.length > r.limits.text ? r.warn('limit.size') : text
        }),
    ),
  ),
  define(
    'split',
    listOf(STRING),
    signature(
      [parameter('string', STRING), parameter('delimiter', STRING)],
      ([text, delimiter]: [string, string], r) => withPattern(text, delimiter, null, r, (p) => p.split(text)),
    ),
  ),
  define(
    'string join',
    STRING,
    signature([parameter('list', listOf(STRING)), optional('delimiter', STRING)], join),
  ),
]
