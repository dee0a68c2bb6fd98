import { gather, type PopulationChunk } from '../population/population.ts'
import type { OutputColumn } from './evaluator.ts'
import type { Runner } from './runner.ts'
import type { CliffGroup, MarginTally, Task } from './task.ts'

type MarginTask = Extract<Task, { kind: 'margin' }>

/** A change of a traced variable over one unit that is no more than this is the slope of a rule, not a step in it. */
const SLOPE = 10

/** One earner: a household of a chunk and a member of it. */
interface Earner {
  readonly household: number
  readonly member: number
}

/**
 * Recomputes the household of every earner with a little more, and of those who end up with less finds the exact unit at which the
 * target falls, by bisection, and the variables that jump there.
 */
export function marginOf(runner: Runner, task: MarginTask): MarginTally {
  const { law, variable, target, delta, from, to } = task
  const evaluator = runner.evaluator(law, [target])
  const bins = Array.from({ length: 12 }, () => 0n)
  const groups = new Map<string, CliffGroup>()
  let people = 0
  let persons = 0n
  let least: MarginTally['least'] = null
  for (const { chunk: whole, from: at } of runner.chunks(from, to)) {
    const column = whole.columns[variable]
    if (column === undefined) continue
    const chunk = onlyColumns(whole, [...evaluator.inputs, variable, 'role', 'position'])
    const before = copyOf(evaluator.run(chunk)[target] as OutputColumn)
    const falling: Earner[] = []
    for (const round of rounds(chunk, column.data)) {
      const raised = gather(
        chunk,
        runner.entities,
        Int32Array.from(round, ({ household }) => household),
      )
      add(raised, variable, round, () => delta)
      const after = evaluator.run(raised)[target] as OutputColumn
      for (const [i, earner] of round.entries()) {
        const old = cellOf(before, chunk, earner)
        const now = cellOf(after, raised, { household: i, member: earner.member })
        const gain = now - old
        const household = at + earner.household
        const weight = BigInt(runner.weights[household] as number)
        people++
        persons += weight
        const bin = binOf(gain, delta)
        bins[bin] = (bins[bin] as bigint) + weight
        if (least === null || gain < least.gain) least = { gain, household, member: earner.member }
        if (gain < 0) falling.push(earner)
      }
    }
    if (falling.length > 0) cliffs(runner, task, whole, at, falling, groups)
  }
  return { people, persons, bins, least, cliffs: [...groups.values()] }
}

/** Marginal rate 1 − gain/Δ in steps of a tenth: 0 below nothing, 1 to 10, 11 above the whole. All in whole numbers. */
function binOf(gain: number, delta: number): number {
  const taken = delta - gain
  if (taken < 0) return 0
  if (taken > delta) return 11
  return Math.min(10, 1 + Math.floor((taken * 10) / delta))
}

/** Earners in rounds, the first of each household, then the second of each, so that each is raised alone. */
function rounds(chunk: PopulationChunk, values: ArrayLike<number>): Earner[][] {
  const out: Earner[][] = []
  for (let h = 0; h < chunk.households; h++) {
    let k = 0
    const begin = chunk.first[h] as number
    for (let p = begin; p < (chunk.first[h + 1] as number); p++) {
      if (!((values[p] as number) > 0)) continue
      out[k] ??= []
      ;(out[k] as Earner[]).push({ household: h, member: p - begin })
      k++
    }
  }
  return out
}

function onlyColumns(chunk: PopulationChunk, names: readonly string[]): PopulationChunk {
  const columns = Object.fromEntries(
    [...new Set(names)].flatMap((name) => {
      const column = chunk.columns[name]
      return column ? [[name, column]] : []
    }),
  )
  return { ...chunk, columns }
}

function copyOf(column: OutputColumn): OutputColumn {
  return { ...column, data: column.data.slice(), valid: column.valid?.slice() }
}

function cellOf(column: OutputColumn, chunk: PopulationChunk, { household, member }: Earner): number {
  const row = column.level === 'household' ? household : (chunk.first[household] as number) + member
  return column.valid?.[row] === 0 ? 0 : (column.data[row] as number)
}

/** Adds to one member's value in each household of a gathered chunk. */
function add(
  chunk: PopulationChunk,
  variable: string,
  earners: readonly Earner[],
  by: (i: number) => number,
): void {
  const { data } = chunk.columns[variable] as { data: Float64Array }
  for (const [i, { member }] of earners.entries()) {
    const row = (chunk.first[i] as number) + member
    data[row] = (data[row] as number) + by(i)
  }
}

/** Bisection for all falling earners of a chunk at once: always into the half in which the target falls more. */
function cliffs(
  runner: Runner,
  { law, variable, target, delta }: MarginTask,
  whole: PopulationChunk,
  at: number,
  falling: readonly Earner[],
  groups: Map<string, CliffGroup>,
): void {
  const traced = [...new Set([target, ...runner.setup.traced])]
  // What jumps may read more than the target does.
  const { inputs } = runner.evaluator(law, traced)
  const chunk = onlyColumns(whole, [...inputs, variable, 'role', 'position'])
  const chosen = Int32Array.from(falling, ({ household }) => household)
  const n = falling.length
  const low = new Float64Array(n)
  const high = new Float64Array(n).fill(delta)
  const outputsAt = (
    steps: Float64Array,
    outputs = [target],
  ): { out: Readonly<Record<string, OutputColumn>>; own: PopulationChunk } => {
    const own = gather(chunk, runner.entities, chosen)
    add(own, variable, falling, (i) => steps[i] as number)
    return { out: runner.evaluator(law, outputs).run(own), own }
  }
  const read = (steps: Float64Array): Float64Array => {
    const { out, own } = outputsAt(steps)
    return Float64Array.from(falling, ({ member }, i) =>
      cellOf(out[target] as OutputColumn, own, { household: i, member }),
    )
  }
  let below = read(low)
  let above = read(high)
  for (let width = delta; width > 1; width = Math.ceil(width / 2)) {
    const middle = low.map((l, i) => Math.floor((l + (high[i] as number)) / 2))
    const values = read(middle)
    for (let i = 0; i < n; i++) {
      if ((high[i] as number) - (low[i] as number) <= 1) continue
      const here = values[i] as number
      if ((below[i] as number) - here >= here - (above[i] as number)) {
        high[i] = middle[i] as number
        above = replaced(above, i, here)
      } else {
        low[i] = middle[i] as number
        below = replaced(below, i, here)
      }
    }
  }
  const old = outputsAt(low, traced)
  const kept = Object.fromEntries(Object.entries(old.out).map(([name, column]) => [name, copyOf(column)]))
  const now = outputsAt(high, traced)
  for (const [i, earner] of falling.entries()) {
    const names: string[] = []
    for (const name of traced) {
      const a = kept[name] as OutputColumn
      const b = now.out[name] as OutputColumn
      const first = a.level === 'household' ? i : (old.own.first[i] as number)
      const last = a.level === 'household' ? i + 1 : (old.own.first[i + 1] as number)
      for (let r = first; r < last; r++) {
        const step = (b.data[r] as number) - (a.data[r] as number)
        const number = a.data instanceof Float64Array
        if ((number ? Math.abs(step) > SLOPE : step !== 0) || (a.valid?.[r] ?? 1) !== (b.valid?.[r] ?? 1)) {
          names.push(name)
          break
        }
      }
    }
    const path = names.length === 0 ? target : names.join(', ')
    const household = at + earner.household
    const begin = chunk.first[earner.household] as number
    const end = chunk.first[earner.household + 1] as number
    const values = (chunk.columns[variable] as { data: ArrayLike<number> }).data
    const own = values[begin + earner.member] as number
    let total = 0
    for (let p = begin; p < end; p++) total += values[p] as number
    const threshold = own + (low[i] as number)
    const weight = BigInt(runner.weights[household] as number)
    const before = below[i] as number
    const after = above[i] as number
    const witness = {
      household,
      member: earner.member,
      threshold,
      value: own,
      before,
      after,
      size: end - begin,
      total,
    }
    mergeCliff(groups, {
      path,
      people: 1,
      persons: weight,
      money: weight * BigInt(before - after),
      lowest: threshold,
      highest: threshold,
      witness,
    })
  }
}

function replaced(values: Float64Array, i: number, value: number): Float64Array {
  values[i] = value
  return values
}

/** Brings cliffs of one path together; the witness is the smallest household, then the lowest total, then the first. */
export function mergeCliff(groups: Map<string, CliffGroup>, one: CliffGroup): void {
  const group = groups.get(one.path)
  if (group === undefined) {
    groups.set(one.path, { ...one })
    return
  }
  group.people += one.people
  group.persons += one.persons
  group.money += one.money
  group.lowest = Math.min(group.lowest, one.lowest)
  group.highest = Math.max(group.highest, one.highest)
  const order =
    one.witness.size - group.witness.size ||
    one.witness.total - group.witness.total ||
    one.witness.household - group.witness.household ||
    one.witness.member - group.witness.member
  if (order < 0) group.witness = one.witness
}
