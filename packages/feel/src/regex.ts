import { compileMachine, literalMachine } from './regex-compile.ts'
import { PatternError } from './regex-error.ts'
import { type Machine, search, TOO_LONG } from './regex-machine.ts'

/**
 * A regular expression of XPath and XQuery Functions and Operators 3.1, 5.6: that of XML Schema with anchors,
 * groups, back references, reluctant quantifiers and flags. Every method throws PatternError when it runs too long.
 */
export interface Pattern {
  matches(input: string): boolean
  /** `$0`…`$99` stand for groups, `\$` and `\\` for themselves; anything else behind them is refused. */
  replace(input: string, replacement: string): string
  split(input: string): string[]
}

const MAX_PATTERN = 1_000
const MAX_STEPS = 5_000_000
const cache = new Map<string, Pattern>()

/** Throws PatternError when the pattern or its flags are not valid. */
export function compilePattern(pattern: string, flags: string): Pattern {
  const key = `${flags}/${pattern}`
  let compiled = cache.get(key)
  if (compiled === undefined) {
    compiled = build(pattern, flags)
    if (cache.size > 500) cache.clear()
    cache.set(key, compiled)
  }
  return compiled
}

function build(pattern: string, flags: string): Pattern {
  if (pattern.length > MAX_PATTERN) throw new PatternError('too long', true)
  if (/[^smixq]/.test(flags)) throw new PatternError(`flags "${flags}"`)
  const literal = flags.includes('q')
  const options = {
    ignoreCase: flags.includes('i'),
    multiline: flags.includes('m') && !literal,
    dotAll: flags.includes('s'),
  }
  const { machine, groups } = literal
    ? { machine: literalMachine(pattern, options), groups: 0 }
    : compileMachine(flags.includes('x') ? withoutSpace(pattern) : pattern, options)
  return {
    matches: (input) => limited((budget) => search(machine, [...input], 0, budget) !== null),
    replace(input, replacement) {
      const parts = literal ? [replacement] : replacementParts(replacement, groups)
      let out = ''
      const rest = eachMatch(machine, input, (before, groupText) => {
        out += before
        for (const part of parts) out += typeof part === 'string' ? part : groupText(part)
      })
      return out + rest
    },
    split(input) {
      if (input === '') return ['']
      const parts: string[] = []
      const rest = eachMatch(machine, input, (before) => parts.push(before))
      return [...parts, rest]
    },
  }
}

function limited<T>(run: (budget: { steps: number }) => T): T {
  try {
    return run({ steps: MAX_STEPS })
  } catch (error) {
    if (error === TOO_LONG) throw new PatternError('too slow', true)
    throw error
  }
}

/** Visits the matches from left to right; gives the text behind the last. A pattern that matches nothing is refused. */
function eachMatch(
  machine: Machine,
  input: string,
  visit: (before: string, group: (n: number) => string) => void,
): string {
  const points = [...input]
  return limited((budget) => {
    if (search(machine, [], 0, budget) !== null) throw new PatternError('matches the empty text')
    let from = 0
    for (;;) {
      const match = search(machine, points, from, budget)
      if (match === null) return points.slice(from).join('')
      const [start, end] = [match[0] as number, match[1] as number]
      // Only a pattern of anchors comes here with an empty match inside the text.
      if (end === start) throw new PatternError('matches the empty text')
      visit(points.slice(from, start).join(''), (n) => {
        const [low, high] = [match[n * 2] ?? -1, match[n * 2 + 1] ?? -1]
        return low < 0 || high < 0 ? '' : points.slice(low, high).join('')
      })
      from = end
    }
  })
}

/** Flag x: white space outside character classes does not count. */
function withoutSpace(pattern: string): string {
  let out = ''
  let depth = 0
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] as string
    if (c === '\\' && i + 1 < pattern.length) {
      out += c + pattern[++i]
      continue
    }
    if (c === '[') depth++
    else if (c === ']' && depth > 0) depth--
    if (depth > 0 || !/[\t\n\r ]/.test(c)) out += c
  }
  return out
}

/** Texts and numbers of groups; as many digits as still name a group. */
function replacementParts(replacement: string, groups: number): (string | number)[] {
  const parts: (string | number)[] = []
  for (let i = 0; i < replacement.length; i++) {
    const c = replacement[i] as string
    if (c !== '\\' && c !== '$') {
      parts.push(c)
      continue
    }
    const next = replacement[++i] ?? ''
    if (c === '\\') {
      if (next !== '\\' && next !== '$') throw new PatternError('replacement')
      parts.push(next)
      continue
    }
    if (!/\d/.test(next)) throw new PatternError('replacement')
    let group = Number(next)
    while (/\d/.test(replacement[i + 1] ?? '') && group * 10 + Number(replacement[i + 1]) <= groups) {
      group = group * 10 + Number(replacement[++i])
    }
    parts.push(group)
  }
  return parts
}
