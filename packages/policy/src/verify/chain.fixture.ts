import { fromDouble } from '@nhip/feel/number'
import type { FeelValue } from '@nhip/feel/values'
import { RandomStream } from '@nhip/random/stream'
import { holds } from './brute-force.fixture.ts'
import { checkModel } from './check-model.ts'
import { modelOf, type TableSpec } from './model.fixture.ts'

/** Two tables over the inputs X and Y, and a third that reads both results and X: made from a number. */
function randomChain(number: number): readonly [TableSpec, TableSpec, TableSpec] {
  const stream = new RandomStream('chain', number)
  const below = (n: number) => Math.floor(stream.uniform() * n)
  const pick = <T>(items: readonly T[]) => items[below(items.length)] as T
  const cuts = (count: number) => {
    const at = [...new Set(Array.from({ length: count }, () => 1 + below(9)))].sort((a, b) => a - b)
    return [...at.map((end, i) => (i === 0 ? `< ${end}` : `[${at[i - 1]}..${end})`)), `>= ${at.at(-1)}`]
  }
  const words = ['"a"', '"b"']
  const first: TableSpec = {
    name: 'First',
    policy: 'UNIQUE',
    inputs: [
      { name: 'X', type: 'number' },
      { name: 'Y', type: 'string', values: words.join(',') },
    ],
    rules: cuts(2).flatMap((x) => words.map((y) => [x, y, pick(['"p"', '"q"', '"r"'])])),
  }
  const second: TableSpec = {
    name: 'Second',
    policy: 'FIRST',
    inputs: [{ name: 'X', type: 'number' }],
    rules: [
      [`>= ${1 + below(9)}`, pick(['"u"', '"v"'])],
      [`< ${1 + below(12)}`, pick(['"u"', '"v"'])],
      ['-', '"w"'],
    ],
  }
  const cells = {
    first: ['-', '"p"', '"q"', '"r"', 'not("p")', '"p", "q"', '"r"'],
    second: ['-', '-', '"u"', '"v"', 'not("u")', '"w", "v"'],
    x: ['-', '-', '< 3', '[3..6)', '>= 6', `< ${1 + below(9)}`, `[${below(5)}..${5 + below(5)}]`],
  }
  const third: TableSpec = {
    name: 'Third',
    policy: pick(['UNIQUE', 'COLLECT']),
    inputs: [
      { name: 'First', type: 'string' },
      { name: 'Second', type: 'string' },
      { name: 'X', type: 'number' },
    ],
    rules: Array.from({ length: 2 + below(6) }, (_, i) => [
      pick(cells.first),
      pick(cells.second),
      pick(cells.x),
      String(i),
    ]),
  }
  return [first, second, third]
}

function hit({ rules }: TableSpec, values: readonly FeelValue[]): number[] {
  return rules.flatMap((row, r) => (values.every((value, d) => holds(row[d] as string, value)) ? [r] : []))
}

const word = (row: readonly string[] | undefined, at: number) =>
  JSON.parse(row?.[at] ?? 'null') as string | null

/** Differences between the checks of the third table and what every input gives; empty when they agree. */
export function chainDisagreements(number: number): string[] {
  const chain = randomChain(number)
  const [first, second, third] = chain
  const reached = new Set<number>()
  const meeting = new Set<string>()
  let gap = false
  for (let half = -2; half <= 24; half++) {
    // Cuts are whole numbers: they and what lies in the middle of two stand for all.
    const x = fromDouble(half / 2)
    for (const y of ['a', 'b']) {
      const above = word(first.rules[hit(first, [x, y])[0] as number], 2)
      const beside = word(second.rules[hit(second, [x])[0] as number], 1)
      const rules = hit(third, [above, beside, x])
      if (rules.length === 0) gap = true
      for (const rule of rules) reached.add(rule)
      for (const a of rules) for (const b of rules) if (a < b) meeting.add(`${a + 1}+${b + 1}`)
    }
  }
  const wrong: string[] = []
  const { findings } = checkModel(modelOf(chain))
  const own = findings.filter(({ decision }) => decision === 'Third')
  const said = (code: string) => own.filter((one) => one.code === code)
  for (const { code, proved, rules } of own) if (!proved) wrong.push(`not proved: ${code} ${rules.join('+')}`)
  if (gap !== said('table.gap').length > 0) wrong.push(gap ? 'missed: a gap' : 'false alarm: a gap')
  const dead = new Set(said('graph.unreachable').map(({ rules }) => (rules[0] as number) - 1))
  for (const rule of third.rules.keys())
    if (reached.has(rule) === dead.has(rule))
      wrong.push(`rule ${rule + 1} is ${dead.has(rule) ? '' : 'not '}said to be unreachable`)
  if (third.policy === 'UNIQUE') {
    const overlaps = new Set(said('table.overlap').map(({ rules }) => rules.join('+')))
    for (const pair of meeting) if (!overlaps.has(pair)) wrong.push(`missed: overlap ${pair}`)
    for (const pair of overlaps) if (!meeting.has(pair)) wrong.push(`false alarm: overlap ${pair}`)
  }
  return wrong.map(
    (text) =>
      `#${number} ${text}\n${chain.map(({ rules }) => rules.map((row) => row.join(' | ')).join('\n')).join('\n--\n')}`,
  )
}
