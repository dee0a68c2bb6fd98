import { RandomStream } from '@nhip/random/stream'
import type { InputSpec, OutputSpec, TableSpec } from './model.fixture.ts'

/** What was done to a table that had no fault before. */
export type Fault =
  | 'none'
  | 'gap'
  | 'widen'
  | 'extra'
  | 'repeat'
  | 'split'
  | 'inside'
  | 'empty'
  | 'domain'
  | 'shuffle'

export interface RandomTable {
  readonly spec: TableSpec
  readonly fault: Fault
  /** By column: FEEL literals, one of every piece into which any cell can cut the column. */
  readonly samples: readonly (readonly string[])[]
  /** Rules planted with a cell that is empty or outside the domain, numbers from 1. */
  readonly planted: readonly number[]
}

/** Side of a cut: the point belongs to the piece above, or to the one below. */
interface Cut {
  readonly at: string
  readonly above: boolean
}

/** A column: ordered with cuts, or a set of words. Pieces are numbers, ranges of pieces are `[from, end)`. */
interface Axis {
  readonly input: InputSpec
  readonly pieces: number
  /** A cell for some pieces; for ordered axes they are a run. */
  readonly cell: (pieces: readonly number[], random: Random) => string
  readonly samples: readonly string[]
  readonly ordered: boolean
  /** A cell nothing can meet, and one outside the declared domain. */
  readonly empty: string | null
  readonly strange: string | null
}

class Random {
  readonly #stream: RandomStream

  constructor(stream: RandomStream) {
    this.#stream = stream
  }

  below(n: number): number {
    return Math.floor(this.#stream.uniform() * n)
  }

  chance(p: number): boolean {
    return this.#stream.uniform() < p
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}

const KINDS = [
  'number',
  'ages',
  'date',
  'moment',
  'hours',
  'months',
  'words',
  'text',
  'flag',
  'nullable',
] as const

function axisOf(kind: (typeof KINDS)[number], name: string, random: Random): Axis {
  switch (kind) {
    case 'number':
      return orderedAxis({ name, type: 'number' }, numbers(random, -20, 100), random, [null, null], (n) => n)
    case 'ages': {
      // A cell outside the domain cuts at 30, 40 and 100.
      const cuts = numbers(random, 1, 119)
      const axis = orderedAxis(
        { name, type: 'number', values: '[0..120]' },
        cuts,
        random,
        ['0', '120'],
        (n) => n,
      )
      return { ...axis, samples: [...axis.samples, '30', '35', '40', '100', '110'] }
    }
    case 'date': {
      const days = numbers(random, 1, 28).map((n) => `date("2026-03-${String(n).padStart(2, '0')}")`)
      return orderedAxis({ name, type: 'date' }, days, random, [null, null], (d) => d)
    }
    case 'moment': {
      const times = numbers(random, 0, 23).map(
        (n) => `date and time("2026-03-01T${String(n).padStart(2, '0')}:00:00")`,
      )
      return orderedAxis({ name, type: 'dateTime' }, times, random, [null, null], (d) => d)
    }
    case 'hours': {
      const hours = numbers(random, 1, 200).map((n) => `duration("PT${n}H")`)
      return orderedAxis({ name, type: 'dayTimeDuration' }, hours, random, [null, null], (d) => d)
    }
    case 'months': {
      const months = numbers(random, 1, 200).map((n) => `duration("P${n}M")`)
      return orderedAxis({ name, type: 'yearMonthDuration' }, months, random, [null, null], (d) => d)
    }
    case 'words': {
      const words = ['"a"', '"b"', '"c"', '"d"'].slice(0, 2 + random.below(3))
      return wordAxis({ name, type: 'string', values: words.join(',') }, words, false, '"e"')
    }
    case 'text':
      return wordAxis(
        { name, type: 'string' },
        ['"x"', '"y"', '"z"'].slice(0, 1 + random.below(3)),
        true,
        null,
      )
    case 'flag':
      return wordAxis({ name, type: 'boolean' }, ['true', 'false'], false, null)
    case 'nullable': {
      const cells = ['null', 'not(null)']
      return {
        input: { name, type: 'number' },
        pieces: 2,
        ordered: false,
        cell: (pieces) => (pieces.length === 2 ? '-' : (cells[pieces[0] as number] as string)),
        samples: ['null', '5'],
        empty: '[7..3]',
        strange: null,
      }
    }
  }
}

/** Rising whole numbers as text. */
function numbers(random: Random, from: number, to: number): string[] {
  const wanted = 1 + random.below(3)
  const found = new Set<number>()
  while (found.size < wanted) found.add(from + random.below(to - from))
  return [...found].sort((a, b) => a - b).map(String)
}

function orderedAxis(
  input: InputSpec,
  points: readonly string[],
  random: Random,
  [low, high]: readonly [string | null, string | null],
  write: (point: string) => string,
): Axis {
  const cuts: Cut[] = points.map((at) => ({ at: write(at), above: random.chance(0.5) }))
  const between = samplesOf(input.type, points, low, high)
  return {
    input,
    pieces: cuts.length + 1,
    ordered: true,
    cell: (pieces, r) => runText(pieces[0] as number, pieces.at(-1) as number, cuts, [low, high], r),
    samples: between,
    empty: `[${points.at(-1)}..${points[0]})`,
    strange: low === null ? null : r120(random),
  }
}

const r120 = (random: Random) => random.pick(['[100..130]', '> 150', '121', '-5', '< -1', '[30..40], 500'])

function runText(
  from: number,
  to: number,
  cuts: readonly Cut[],
  [low, high]: readonly [string | null, string | null],
  random: Random,
): string {
  const [start, end] = [cuts[from - 1], cuts[to]]
  if (!start && !end) return random.chance(0.7) || low === null ? '-' : `[${low}..${high}]`
  const belowEnd = end && `${end.above ? '<' : '<='} ${end.at}`
  const aboveStart = start && `${start.above ? '>=' : '>'} ${start.at}`
  if (start && end) {
    const open = random.chance(0.2)
    const text = `${start.above ? '[' : open ? ']' : '('}${start.at}..${end.at}${end.above ? (open ? '[' : ')') : ']'}`
    const written = random.below(5)
    if (written === 0) return `? ${aboveStart} and ? ${belowEnd}`
    if (written === 1)
      return `not(${start.above ? '<' : '<='} ${start.at}, ${end.above ? '>=' : '>'} ${end.at})`
    return written === 2 ? `${text}, ${text}` : text
  }
  const single = (belowEnd ?? aboveStart) as string
  const opposite = { '<': '>=', '<=': '>', '>=': '<', '>': '<=' }[single.split(' ')[0] as '<']
  const written = random.below(4)
  if (written === 0) return `not(${opposite} ${(end ?? start)?.at})`
  if (written === 1) return `? ${single}`
  return low !== null && written === 2
    ? end
      ? `[${low}..${end.at}${end.above ? ')' : ']'}`
      : `${start?.above ? '[' : '('}${start?.at}..${high}]`
    : single
}

/** Points, and something between each two of them and beyond. */
function samplesOf(
  type: string,
  points: readonly string[],
  low: string | null,
  high: string | null,
): string[] {
  const step = {
    number: '0.25',
    date: 'duration("P1D")',
    dateTime: 'duration("PT1S")',
    dayTimeDuration: 'duration("PT1S")',
    yearMonthDuration: 'duration("P1M")',
  }[type] as string
  const near = points.flatMap((point) => [`${point} - ${step}`, point, `${point} + ${step}`])
  return [...near, ...(low === null ? [] : [low]), ...(high === null ? [] : [high])]
}

function wordAxis(input: InputSpec, words: readonly string[], open: boolean, strange: string | null): Axis {
  const pieces = words.length + (open ? 1 : 0)
  return {
    input,
    pieces,
    ordered: false,
    cell: (chosen, random) => {
      if (chosen.length === pieces) return '-'
      const inside = words.filter((_, i) => chosen.includes(i))
      const outside = words.filter((_, i) => !chosen.includes(i))
      const negated = chosen.includes(words.length) || (outside.length > 0 && random.chance(0.3))
      if (negated) return `not(${outside.join(', ')})`
      if (inside.length > 1 && random.chance(0.2)) return `? in (${inside.join(', ')})`
      return inside.length === 1 && random.chance(0.2) && input.type !== 'boolean'
        ? `? = ${inside[0]}`
        : inside.join(', ')
    },
    samples: open ? [...words, '"something else"'] : words,
    empty: null,
    strange,
  }
}

const POLICIES = ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'] as const
const FAULTS: readonly Fault[] = [
  'none',
  'none',
  'gap',
  'widen',
  'extra',
  'repeat',
  'split',
  'inside',
  'empty',
  'domain',
  'shuffle',
]

type Region = readonly (readonly number[])[]

/** The table of a number: a partition of its domain cut at random, then spoilt in one way. */
export function randomTable(number: number): RandomTable {
  const random = new Random(new RandomStream('table', number))
  const width = 1 + random.below(4)
  const axes = Array.from({ length: width }, (_, i) => axisOf(random.pick(KINDS), `Column ${i + 1}`, random))
  const policy = random.pick(POLICIES)
  const fault = random.pick(FAULTS)
  let regions = split(
    axes.map(({ pieces }) => range(pieces)),
    axes,
    random,
    4,
  )
  const planted: number[] = []
  const special = new Map<number, { column: number; cell: string }>()
  const any = () => random.below(regions.length)
  const touch = (i: number, change: (region: Region) => Region) =>
    regions.with(i, change(regions[i] as Region))
  switch (fault) {
    case 'gap':
      regions = regions.filter((_, i) => i !== any() || regions.length === 1)
      break
    case 'widen':
      regions = touch(any(), (region) => {
        const d = random.below(width)
        return region.with(d, range((axes[d] as Axis).pieces))
      })
      break
    case 'extra':
      regions = [
        ...regions,
        split(
          axes.map(({ pieces }) => range(pieces)),
          axes,
          random,
          3,
        )[0] as Region,
      ]
      break
    case 'repeat':
      regions = [...regions, regions[any()] as Region]
      break
    case 'split': {
      const i = any()
      const parts = split(regions[i] as Region, axes, random, 1)
      regions = [...regions.filter((_, k) => k !== i), ...parts]
      break
    }
    case 'inside':
      regions = [...regions, split(regions[any()] as Region, axes, random, 2)[0] as Region]
      break
    case 'empty':
    case 'domain': {
      const key = fault === 'empty' ? 'empty' : 'strange'
      const column = axes.findIndex((axis) => axis[key] !== null)
      if (column < 0) break
      regions = [...regions, regions[any()] as Region]
      special.set(regions.length - 1, { column, cell: (axes[column] as Axis)[key] as string })
      planted.push(regions.length)
      break
    }
    case 'shuffle':
      regions = [
        ...regions,
        ...split(
          axes.map(({ pieces }) => range(pieces)),
          axes,
          random,
          2,
        ),
      ]
      break
  }
  const outputs: OutputSpec[] =
    policy === 'PRIORITY' || policy === 'OUTPUT ORDER'
      ? [
          { name: 'rank', type: 'string', values: '"high","middle","low"' },
          { name: 'amount', type: 'number' },
        ]
      : [{ name: 'out', type: 'number' }]
  const amounts = 1 + random.below(3)
  const output = () =>
    outputs.length === 2
      ? [random.pick(['"high"', '"middle"', '"low"']), String(random.below(amounts))]
      : [String(random.below(amounts))]
  const results = regions.map(output)
  // What is repeated or lies inside gives the same more often than chance would.
  if (['repeat', 'inside', 'split'].includes(fault) && random.chance(0.7))
    results[results.length - 1] = results[random.below(results.length)] as string[]
  const rules = regions.map((region, i) => {
    const cells = axes.map((axis, d) => axis.cell(region[d] as readonly number[], random))
    const odd = special.get(i)
    return [...(odd ? cells.with(odd.column, odd.cell) : cells), ...(results[i] as string[])]
  })
  const spec: TableSpec = {
    policy,
    ...(policy === 'COLLECT' && random.chance(0.5) ? { aggregation: 'SUM' } : {}),
    inputs: axes.map(({ input }) => input),
    outputs,
    rules,
  }
  return { spec, fault, samples: axes.map(({ samples }) => samples), planted }
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** Cuts a region in two, `depth` times at most, each time in one column. */
function split(region: Region, axes: readonly Axis[], random: Random, depth: number): Region[] {
  const divisible = region.flatMap((pieces, d) => (pieces.length > 1 ? [d] : []))
  if (depth === 0 || divisible.length === 0 || random.chance(0.1)) return [region]
  const d = random.pick(divisible)
  const pieces = region[d] as readonly number[]
  const axis = axes[d] as Axis
  const at = 1 + random.below(pieces.length - 1)
  const order = axis.ordered
    ? pieces
    : [...pieces].sort((a, b) => ((a * 7919 + depth) % 13) - ((b * 7919 + depth) % 13))
  const sides = [order.slice(0, at), order.slice(at)].map((side) => [...side].sort((a, b) => a - b))
  return sides.flatMap((side) => split(region.with(d, side), axes, random, depth - 1))
}
