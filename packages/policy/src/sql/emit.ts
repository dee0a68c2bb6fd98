import type { Problem } from '@nhip/canonical/problem'
import { NotLowered } from '../ir/graph.ts'
import { argsOf, type Ir, type IrNode } from '../ir/node.ts'
import { planOf } from '../kernel/merge.ts'
import { type Schedule, scheduleOf } from '../kernel/schedule.ts'
import { DIALECTS, type Dialect, type Words } from './dialect.ts'
import { SqlPrinter } from './print.ts'

export type { Dialect } from './dialect.ts'

export interface Emitted {
  /** One statement for persons and one for groups, each with a column an output; null where there is none or a problem. */
  readonly persons: string | null
  readonly households: string | null
  readonly problems: readonly Problem[]
}

/** Tables and key columns of a population in a database. */
export interface SqlTables {
  readonly persons: string
  readonly households: string
  /** The household's key, in both tables. */
  readonly key: string
  /** The person's number: unique, in the order of roles and positions within a household. */
  readonly person: string
  /** Whether rows come in the order of their keys. Default true. */
  readonly ordered: boolean
}

const TABLES: SqlTables = {
  persons: 'persons',
  households: 'households',
  key: 'household_id',
  person: 'person_id',
  ordered: true,
}

/**
 * The same graph as SQL: a chain of common table expressions, `p0 → g0 → p1 → …`, each a projection of the one before, groups by GROUP BY.
 * Inputs are columns of whole numbers in units of the variable's scale, booleans, dates (DATE) and words (text); so are
 * the outputs. What SQL cannot work out exactly is a problem.
 */
export function emitSql(ir: Ir, dialect: Dialect, tables: Partial<SqlTables> = {}): Emitted {
  try {
    const emitter = new Emitter(ir, DIALECTS[dialect], { ...TABLES, ...tables })
    return { persons: emitter.statement('person'), households: emitter.statement('group'), problems: [] }
  } catch (error) {
    if (!(error instanceof NotLowered)) throw error
    const problem: Problem = {
      severity: 'error',
      code: 'not-lowered',
      value: dialect,
      message: { vi: error.vi, en: error.message },
    }
    return { persons: null, households: null, problems: [problem] }
  }
}

class Emitter {
  readonly #nodes: readonly IrNode[]
  readonly #outputs: ReturnType<typeof planOf>['outputs']
  readonly #schedule: Schedule
  readonly #words: Words
  readonly #tables: SqlTables
  readonly #printer: SqlPrinter
  readonly #ctes: string[] = []
  /** Nodes that a column holds by now, by level. */
  readonly #held = { person: new Set<number>(), group: new Set<number>() }
  readonly #current: Record<'person' | 'group', string> = { person: '', group: '' }
  #counter = 0

  constructor(ir: Ir, words: Words, tables: SqlTables) {
    const plan = planOf({ base: ir })
    this.#nodes = plan.nodes
    this.#outputs = plan.outputs
    this.#schedule = scheduleOf(plan)
    this.#words = words
    this.#tables = tables
    this.#printer = new SqlPrinter(this.#nodes, words, (id) => this.#columnOf(id))
    this.#build(ir)
  }

  #columnOf(id: number): string | undefined {
    const node = this.#nodes[id] as IrNode
    if (node.op === 'project') {
      if (this.#held.person.has(id)) return `n${id}`
      throw new Error(`column n${id} is read before it is there`)
    }
    return this.#held.person.has(id) || this.#held.group.has(id) ? `n${id}` : undefined
  }

  #cte(body: string, prefix: string): string {
    const name = `${prefix}${this.#counter++}`
    this.#ctes.push(`${name} AS (${body})`)
    return name
  }

  #build(ir: Ir): void {
    const { key, person } = this.#tables
    const used = new Set(
      this.#schedule.person
        .flat()
        .concat(this.#schedule.group.flat())
        .map(({ id }) => id),
    )
    const plan = planOf({ base: ir })
    for (const level of ['person', 'group'] as const) {
      const own = plan.inputs.filter((input) => input.level === level && used.has(input.node))
      const columns = own.map(
        ({ column, node }) => `${this.#input(column, this.#nodes[node] as IrNode)} AS n${node}`,
      )
      const keys = level === 'person' ? [person, key] : [key]
      const from = level === 'person' ? this.#tables.persons : this.#tables.households
      this.#current[level] = this.#cte(
        `SELECT ${[...keys, ...columns].join(', ')} FROM ${from}`,
        level === 'person' ? 'p' : 'g',
      )
      for (const { node } of own) this.#held[level].add(node)
    }
    const { person: members, group } = this.#schedule
    for (let stage = 0; stage < group.length; stage++) {
      if (stage > 0) {
        this.#projections(members[stage] ?? [], group[stage] ?? [])
        this.#layers(members[stage] ?? [], 'person')
        this.#aggregates(group[stage] ?? [])
      }
      this.#layers(group[stage] ?? [], 'group')
    }
  }

  /** Columns as numbers: words as their places in the list, dates as days. */
  #input(column: string, node: IrNode): string {
    const quoted = `"${column.replaceAll('"', '""')}"`
    const { type } = node
    switch (type.kind) {
      case 'number':
        if (type.form === 'double')
          throw new NotLowered('biến gần đúng (approximate)', 'an approximate variable in SQL')
        return `CAST(${quoted} AS ${this.#words.integer})`
      case 'date':
        return this.#words.days(quoted)
      case 'code': {
        const words = type.values.map((word, i) => `WHEN '${word.replaceAll("'", "''")}' THEN ${i}`)
        return `CAST(CASE ${quoted} ${words.join(' ')} END AS ${this.#words.integer})`
      }
      case 'boolean':
        return quoted
    }
  }

  /** What members read of their group. */
  #projections(members: readonly IrNode[], group: readonly IrNode[]): void {
    const read = new Set<number>()
    for (const node of [...members, ...group.filter(({ op }) => op === 'aggregate')]) {
      if (node.op === 'project') read.add(node.id)
      for (const arg of argsOf(node)) if (this.#nodes[arg]?.op === 'project') read.add(arg)
    }
    const fresh = [...read].filter((id) => !this.#held.person.has(id))
    if (fresh.length === 0) return
    const { key } = this.#tables
    const columns = fresh.map((id) => {
      const [of] = argsOf(this.#nodes[id] as IrNode)
      return `${this.#held.group.has(of as number) ? `g.n${of}` : this.#printer.value(of as number)} AS n${id}`
    })
    this.#current.person = this.#cte(
      `SELECT p.*, ${columns.join(', ')} FROM ${this.#current.person} p JOIN ${this.#current.group} g ON g.${key} = p.${key}`,
      'p',
    )
    for (const id of fresh) this.#held.person.add(id)
  }

  /** Named nodes of a stage as columns: each layer reads those of the layers before it. */
  #layers(nodes: readonly IrNode[], level: 'person' | 'group'): void {
    let waiting = nodes.filter(
      ({ id, op }) => this.#schedule.named.has(id) && op !== 'aggregate' && !this.#held[level].has(id),
    )
    while (waiting.length > 0) {
      const ready = waiting.filter(({ id }) => this.#isReady(id, level))
      if (ready.length === 0) throw new Error('nodes wait for each other')
      const columns = ready.map(({ id }) => `${this.#printer.expression(id)} AS n${id}`)
      this.#current[level] = this.#cte(
        `SELECT *, ${columns.join(', ')} FROM ${this.#current[level]}`,
        level === 'person' ? 'p' : 'g',
      )
      for (const { id } of ready) this.#held[level].add(id)
      waiting = waiting.filter((node) => !ready.includes(node))
    }
  }

  /** Whether all named nodes below are columns. */
  #isReady(id: number, level: 'person' | 'group'): boolean {
    return argsOf(this.#nodes[id] as IrNode).every((arg) => {
      const node = this.#nodes[arg] as IrNode
      if (node.level === 'constant' || this.#held[level].has(arg)) return true
      return !this.#schedule.named.has(arg) && node.op !== 'project' && this.#isReady(arg, level)
    })
  }

  #aggregates(group: readonly IrNode[]): void {
    const own = group.flatMap((node) => (node.op === 'aggregate' ? [node] : []))
    if (own.length === 0) return
    const { key } = this.#tables
    const columns = own.map((node) => `${this.#aggregate(node)} AS n${node.id}`)
    const sums = this.#cte(
      `SELECT ${key}, ${columns.join(', ')} FROM ${this.#current.person} GROUP BY ${key}`,
      's',
    )
    const picked = own.map((node) => {
      const column = `${sums}.n${node.id}`
      // A group without members.
      const none =
        node.kind === 'sum' || node.kind === 'count'
          ? '0'
          : node.kind === 'any'
            ? 'FALSE'
            : node.kind === 'all'
              ? 'TRUE'
              : null
      return none === null
        ? `${column} AS n${node.id}`
        : `CASE WHEN ${sums}.${key} IS NULL THEN ${none} ELSE ${column} END AS n${node.id}`
    })
    const { group: current } = this.#current
    this.#current.group = this.#cte(
      `SELECT ${current}.*, ${picked.join(', ')} FROM ${current} LEFT JOIN ${sums} ON ${sums}.${key} = ${current}.${key}`,
      'g',
    )
    for (const { id } of own) this.#held.group.add(id)
  }

  #aggregate(node: Extract<IrNode, { op: 'aggregate' }>): string {
    const { kind, args, type } = node
    const [a, keep] = kind === 'count' ? [undefined, args[0]] : [args[0], args[1]]
    const filter = keep === undefined ? '' : ` FILTER (WHERE ${this.#printer.value(keep)})`
    if (kind === 'count') return `CAST(count(*)${filter} AS ${this.#words.integer})`
    const x = this.#printer.value(a as number)
    const of = this.#printer.typeOf(type)
    const missing = () => {
      const condition = keep === undefined ? `${x} IS NULL` : `${x} IS NULL AND ${this.#printer.value(keep)}`
      return `count(*) FILTER (WHERE ${condition}) > 0`
    }
    const mayMiss = (this.#nodes[a as number] as IrNode).nullable
    switch (kind) {
      case 'sum': {
        const sum = `CAST(COALESCE(sum(${x})${filter}, 0) AS ${of})`
        return mayMiss ? `CASE WHEN ${missing()} THEN NULL ELSE ${sum} END` : sum
      }
      case 'min':
      case 'max': {
        const extreme = `${kind}(${x})${filter}`
        return mayMiss ? `CASE WHEN ${missing()} THEN NULL ELSE ${extreme} END` : extreme
      }
      case 'any':
      case 'all': {
        const decisive = kind === 'any' ? `(${x})` : `(NOT ${x})`
        const condition = keep === undefined ? decisive : `${decisive} AND ${this.#printer.value(keep)}`
        const [hit, rest] = kind === 'any' ? ['TRUE', 'FALSE'] : ['FALSE', 'TRUE']
        const open = mayMiss ? ` WHEN ${missing()} THEN NULL` : ''
        return `CASE WHEN count(*) FILTER (WHERE ${condition}) > 0 THEN ${hit}${open} ELSE ${rest} END`
      }
      case 'first':
        return this.#words.first(x, this.#tables.person, filter)
    }
  }

  statement(level: 'person' | 'group'): string | null {
    const own = this.#outputs.filter((output) => output.level === level)
    if (own.length === 0) return null
    const { key, person } = this.#tables
    const columns = own.map(({ name, node }) => `${this.#output(node)} AS "${name.replaceAll('"', '""')}"`)
    const keys = level === 'person' ? [person, key] : [key]
    const order = level === 'person' ? person : key
    return `WITH ${this.#ctes.join(',\n')}\nSELECT ${[...keys, ...columns].join(', ')} FROM ${this.#current[level]}${this.#tables.ordered ? ` ORDER BY ${order}` : ''}`
  }

  #output(node: number): string {
    const value = this.#printer.value(node)
    const { type } = this.#nodes[node] as IrNode
    if (type.kind === 'date') return this.#words.date(value)
    if (type.kind !== 'code') return value
    const words = type.values.map((word, i) => `WHEN ${i} THEN '${word.replaceAll("'", "''")}'`)
    return `CASE ${value} ${words.join(' ')} END`
  }
}
