import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { LocalDate } from '@nhip/feel/temporal'
import type { FeelValue } from '@nhip/feel/values'
import { periodFrom } from '../interpret/period-text.ts'
import type { Policy } from '../interpret/policy.ts'
import { ETERNITY, keyOf, type Situation } from '../interpret/situation.ts'
import { decimalText } from '../ir/graph.ts'
import { decoded } from '../ir/memo.ts'
import type { Ir, IrInput, IrType } from '../ir/node.ts'
import type { Chunk, Column, Columns, KernelOutput } from './contract.ts'

/** A small generator of its own, so that a failing case is found again by its seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Whole numbers that comparisons, scales and bounds of a policy turn on, at scale 0. */
function edgesOf(irs: readonly Ir[]): number[] {
  const edges = new Set<number>([0, 1])
  for (const node of irs.flatMap(({ nodes }) => nodes)) {
    if (node.op === 'constant' && typeof node.value === 'number' && node.type.kind === 'number')
      edges.add(Math.round(node.value / 10 ** node.type.scale))
    if (node.op === 'piecewise') for (const t of node.thresholds) edges.add(t)
  }
  return [...edges]
}

const DAY = (text: string) => Math.round(Date.parse(text) / 86_400_000)
const LEAP_DAYS = ['1960-02-29', '2004-02-29', '2024-02-29', '2000-02-29'].map(DAY)

/** Households of one to six members with values at the edges: thresholds and bounds, one unit either side, null, 29 February. */
export function populationOf(irs: readonly Ir[], households: number, seed: number): Chunk {
  const random = randomOf(seed)
  const edges = edgesOf(irs)
  const [ir] = irs
  const from = DAY(`${ir?.period.slice(0, 7)}${(ir?.period.length ?? 0) > 4 ? '' : '-01'}-01`.slice(0, 10))
  const first = new Int32Array(households + 1)
  for (let h = 0; h < households; h++)
    first[h + 1] = (first[h] as number) + 1 + Math.floor(random() * random() * 6)
  const persons = first[households] as number
  const inputs = new Map<string, IrInput>(irs.flatMap((one) => one.inputs.map((i) => [i.column, i] as const)))
  const columns: Columns = {}
  for (const input of inputs.values()) {
    const rows = input.level === 'person' ? persons : households
    if (input.variable === 'role' || input.variable === 'position') continue
    columns[input.column] = columnOf(input, rows, random, edges, from)
  }
  const roles = ir?.roles.length ?? 1
  const role = new Uint8Array(persons)
  const position = new Int32Array(persons)
  for (let h = 0; h < households; h++) {
    const members = Array.from({ length: (first[h + 1] as number) - (first[h] as number) }, (_, i) =>
      i === 0 ? 0 : Math.floor(random() * roles),
    ).sort((a, b) => a - b)
    const counts = new Map<number, number>()
    for (const [i, code] of members.entries()) {
      counts.set(code, (counts.get(code) ?? 0) + 1)
      role[(first[h] as number) + i] = code
      position[(first[h] as number) + i] = counts.get(code) as number
    }
  }
  columns.role = { data: role }
  columns.position = { data: position }
  return { households, persons, first, columns }
}

function columnOf(
  { type, nullable }: IrInput,
  rows: number,
  random: () => number,
  edges: readonly number[],
  from: number,
): Column {
  const valid = new Uint8Array(rows)
  const data =
    type.kind === 'number'
      ? new Float64Array(rows)
      : type.kind === 'date'
        ? new Int32Array(rows)
        : new Uint8Array(rows)
  const pickOne = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  for (let row = 0; row < rows; row++) {
    valid[row] = nullable && random() < 0.15 ? 0 : 1
    if (valid[row] === 0) continue
    if (type.kind === 'boolean') data[row] = random() < 0.5 ? 1 : 0
    else if (type.kind === 'code') data[row] = Math.floor(random() * type.values.length)
    else if (type.kind === 'date') {
      const years = Math.floor(random() * 95)
      data[row] =
        random() < 0.2
          ? pickOne(LEAP_DAYS)
          : random() < 0.5
            ? from - Math.round(years * 365.2425) + Math.floor(random() * 5) - 2
            : from - Math.floor(random() * 35_000)
    } else {
      const [min, max] = [Number(type.min), Number(type.max)]
      const choice = random()
      const unit = Math.floor(random() * 3) - 1
      const value =
        choice < 0.1
          ? pickOne([min, max])
          : choice < 0.55
            ? pickOne(edges) * 10 ** type.scale + unit
            : choice < 0.75
              ? Math.floor(Math.exp(random() * Math.log(Math.max(2, max))))
              : min + Math.floor(random() * (max - min + 1))
      data[row] = Math.min(max, Math.max(min, value)) + 0
    }
  }
  return nullable ? { data, valid } : { data }
}

/** The situation of one household of a chunk, as the interpreter takes it. */
function situationOf(ir: Ir, policy: Policy, chunk: Chunk, h: number): Situation {
  const { first, columns } = chunk
  const [b, e] = [first[h] as number, first[h + 1] as number]
  const given = new Map<string, FeelValue>()
  const persons = Array.from({ length: e - b }, (_, i) => `p${i}`)
  const period = periodFrom(ir.period)
  for (const input of ir.inputs) {
    if (input.variable === 'role' || input.variable === 'position') continue
    const column = columns[input.column] as Column
    const rows =
      input.level === 'person' ? persons.map((id, i) => [id, b + i] as const) : ([['h', h]] as const)
    for (const [id, row] of rows) {
      const value = column.valid?.[row] === 0 ? null : decoded(column.data[row] as number, input.type)
      given.set(keyOf(input.variable, id, input.period ?? ETERNITY), value)
    }
  }
  const [group] = policy.program.model.groups
  const roles = columns.role as Column
  const positions = columns.position as Column
  const members = persons.map((person, i) => ({
    person,
    role: ir.roles[roles.data[b + i] as number] as string,
    position: positions.data[b + i] as number,
  }))
  return {
    period,
    persons,
    groups: new Map(group === undefined ? [] : [[group.key, [{ id: 'h', members }]]]),
    given,
    requests: [],
    start: period.start,
  }
}

/** One value as text: the same text means the same value. */
export function shown(value: FeelValue, type: IrType): string {
  if (value === null) return 'null'
  if (value instanceof Num)
    return type.kind === 'number' && type.form !== 'integer' ? String(value.toNumber()) : number.toText(value)
  return value instanceof LocalDate ? value.toString() : String(value)
}

function shownColumn(column: Column, row: number, type: IrType): string {
  if (column.valid?.[row] === 0) return 'null'
  const value = column.data[row] as number
  if (type.kind === 'number' && type.form !== 'integer') return String(value)
  if (type.kind === 'number')
    return number.toText(number.parseNumber(decimalText(BigInt(value), type.scale)) as Num)
  return shown(decoded(value, type), type)
}

export interface Expected {
  readonly output: string
  readonly row: number
  readonly value: FeelValue
}

/** What the interpreter says of every output of every row. */
export function interpreted(ir: Ir, policy: Policy, chunk: Chunk): Expected[] {
  const expected: Expected[] = []
  for (let h = 0; h < chunk.households; h++) {
    const run = policy.case(situationOf(ir, policy, chunk, h))
    for (const { name, level } of ir.outputs) {
      const size = policy.program.variables.get(name)?.variable.period
      const period = size === ETERNITY ? ir.period : periodOf(ir, size)
      if (level === 'group')
        expected.push({ output: name, row: h, value: run.value(name, 'h', period).value })
      else {
        const b = chunk.first[h] as number
        for (let i = 0; b + i < (chunk.first[h + 1] as number); i++)
          expected.push({ output: name, row: b + i, value: run.value(name, `p${i}`, period).value })
      }
    }
  }
  return expected
}

function periodOf(ir: Ir, size: string | undefined): string {
  return size === 'year' ? ir.period.slice(0, 4) : ir.period
}

/** Every difference between what the interpreter says and what columns hold, as text; empty when there is none. */
export function differences(
  expected: readonly Expected[],
  columns: Columns,
  outputs: readonly KernelOutput[],
  prefix = '',
): string[] {
  const types = new Map(outputs.map(({ name, type }) => [name, type]))
  return expected.flatMap(({ output, row, value }) => {
    const name = `${prefix}${output}`
    const type = types.get(name) as IrType
    const [want, got] = [shown(value, type), shownColumn(columns[name] as Column, row, type)]
    return want === got ? [] : [`${name}[${row}] = ${got}, the interpreter says ${want}`]
  })
}
