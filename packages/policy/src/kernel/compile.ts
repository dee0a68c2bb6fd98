import type { IrNode } from '../ir/node.ts'
import { Binder } from './bind.ts'
import type { Chunk, Columns, Kernel } from './contract.ts'
import { type KernelSpec, type Plan, planOf } from './merge.ts'
import * as operations from './operations.ts'
import { numeral, Printer } from './print.ts'
import { type Schedule, scheduleOf } from './schedule.ts'

export type { KernelSpec } from './merge.ts'

type Run = (
  households: number,
  first: Int32Array,
  columns: readonly unknown[],
  outputs: readonly unknown[],
  sums: readonly unknown[],
) => void

/**
 * One fused loop for a law and, in the same pass, its reform: households outside, members inside, all that lies between in local
 * variables. The source is printed from nodes alone and compiled with `new Function`; where that is forbidden, `compileClosures`
 * does the same, slower.
 *
 * @throws {RangeError} when an output is not one of the forms'
 */
export function compileKernel(spec: KernelSpec): Kernel {
  const plan = planOf(spec)
  const source = sourceOf(plan)
  const make = new Function('F', 'M', source) as (f: typeof operations, memos: Plan['memos']) => Run
  const run = make(operations, plan.memos)
  const binder = new Binder(plan)
  return {
    source,
    inputs: binder.inputs,
    outputs: binder.outputs,
    columns: (persons, households) => binder.columns(persons, households),
    run(chunk: Chunk, out: Columns) {
      const bound = binder.bind(chunk, out)
      run(chunk.households, chunk.first, bound.columns, bound.outputs, bound.sums)
    },
  }
}

function sourceOf(plan: Plan): string {
  return new SourceWriter(plan).write()
}

class SourceWriter {
  readonly #plan: Plan
  readonly #schedule: Schedule
  readonly #printer: Printer

  constructor(plan: Plan) {
    this.#plan = plan
    this.#schedule = scheduleOf(plan)
    this.#printer = new Printer(plan, this.#schedule)
  }

  write(): string {
    const { inputs, outputs, accumulators } = this.#plan
    const body = this.#body()
    const scratch = [...this.#schedule.kept].map((id) => this.#scratch(id))
    const head = [
      "'use strict'",
      ...this.#printer.constants,
      ...scratch,
      'const bits = new Float64Array(1), halves = new Uint32Array(bits.buffer)',
      'return function run(households, first, I, O, S) {',
      ...inputs.flatMap(({ node, nullable }, k) => [
        `const c${node} = I[${2 * k}]`,
        ...(nullable ? [`const v${node} = I[${2 * k + 1}]`] : []),
      ]),
      ...outputs.flatMap((_, k) => [`const o${k} = O[${2 * k}], w${k} = O[${2 * k + 1}]`]),
      ...accumulators.flatMap((_, k) => [
        `const s${k} = S[${3 * k}], sw${k} = S[${3 * k + 1}], sb${k} = S[${3 * k + 2}]`,
        `let a${k}h = 0, a${k}l = 0`,
      ]),
    ]
    const tail = accumulators.flatMap(({ kind, by }, k) =>
      kind === 'sum' && by === undefined ? [`s${k}[0] += a${k}h`, ...carry(`s${k}`, '0', `a${k}l`)] : [],
    )
    return [...head, ...body, ...tail, '}'].join('\n')
  }

  #scratch(id: number): string {
    const { type } = this.#plan.nodes[id] as IrNode
    const decimal = type.kind === 'number' && type.form === 'decimal'
    const size = numeral(this.#plan.maxMembers)
    return `const k${id} = ${decimal ? `Array.from({ length: ${size} }, () => null)` : `new Float64Array(${size})`}`
  }

  #body(): string[] {
    const { person, group } = this.#schedule
    const lines = ['for (let h = 0; h < households; h++) {', 'const b = first[h], e = first[h + 1]']
    for (let stage = 0; stage < group.length; stage++) {
      if (stage > 0) lines.push(...this.#members(stage, person[stage] ?? [], group[stage] ?? []))
      for (const node of group[stage] ?? []) {
        if (node.op === 'aggregate') continue
        if (this.#schedule.named.has(node.id))
          lines.push(`const n${node.id} = ${this.#printer.expression(node.id)}`)
      }
    }
    for (const [k, { node, level }] of this.#plan.outputs.entries())
      if (level === 'group') lines.push(...this.#store(k, node, 'h'))
    for (const [k] of this.#plan.accumulators.entries())
      if (this.#levelOf(k) === 'group') lines.push(...this.#accumulate(k, 'h'))
    lines.push('}')
    return lines
  }

  #levelOf(k: number): 'person' | 'group' {
    const one = this.#plan.accumulators[k] as Plan['accumulators'][number]
    const name = one.of.replace(/^(reform|change):/, '')
    const output = this.#plan.outputs.find((o) => o.name === name)
    if (output !== undefined) return output.level
    return (this.#plan.nodes[one.node] as IrNode).level === 'group' ? 'group' : 'person'
  }

  // ── the members' pass ────────────────────────────────────────────────────────────────────────────────────────

  #members(stage: number, nodes: readonly IrNode[], group: readonly IrNode[]): string[] {
    const aggregates = group.flatMap((node) => (node.op === 'aggregate' ? [node] : []))
    const results = this.#resultsOf(stage)
    const lines = aggregates.flatMap((node) => this.#begin(node))
    // The number of members alone needs no pass.
    const counted = aggregates.every(({ kind, args }) => kind === 'count' && args.length === 0)
    if (counted && results.length === 0 && nodes.every(({ id }) => !this.#schedule.kept.has(id))) return lines
    lines.push('for (let i = b; i < e; i++) {')
    lines.push(...this.#reread(stage, nodes, aggregates))
    for (const node of nodes) {
      if (!this.#schedule.named.has(node.id)) continue
      if (node.op === 'input') continue
      lines.push(`const n${node.id} = ${this.#printer.expression(node.id)}`)
      if (this.#schedule.kept.has(node.id)) {
        const boolean = node.type.kind === 'boolean' && !node.nullable
        lines.push(`k${node.id}[i - b] = ${boolean ? `n${node.id} ? 1 : 0` : `n${node.id}`}`)
      }
    }
    for (const node of aggregates) lines.push(...this.#step(node))
    for (const result of results) lines.push(...result)
    lines.push('}')
    return lines
  }

  /** Outputs and sums of members that are known after a stage. */
  #resultsOf(stage: number): string[][] {
    const last = this.#schedule.person.length - 1
    const stageFor = (node: number) =>
      Math.min(
        last,
        Math.max(1, (this.#plan.nodes[node] as IrNode).level === 'person' ? this.#schedule.stageOf(node) : 1),
      )
    const { outputs, accumulators } = this.#plan
    return [
      ...outputs.flatMap(({ node, level }, k) =>
        level === 'person' && stageFor(node) === stage ? [this.#store(k, node, 'i')] : [],
      ),
      ...accumulators.flatMap(({ node }, k) =>
        this.#levelOf(k) === 'person' && stageFor(node) === stage ? [this.#accumulate(k, 'i')] : [],
      ),
    ]
  }

  /** Columns are read again in every pass; what an earlier pass worked out lies in scratch. */
  #reread(stage: number, nodes: readonly IrNode[], aggregates: readonly IrNode[]): string[] {
    const all = this.#plan.nodes
    const wanted = new Set<number>()
    const visit = (id: number): void => {
      const node = all[id] as IrNode
      if (node.level !== 'person' || wanted.has(id)) return
      if (node.op === 'input' || (this.#schedule.kept.has(id) && this.#schedule.stageOf(id) < stage))
        wanted.add(id)
    }
    for (const node of [...nodes, ...aggregates]) if ('args' in node) for (const arg of node.args) visit(arg)
    for (const node of nodes) if (node.op === 'input') visit(node.id)
    for (const { node } of [...this.#plan.outputs, ...this.#plan.accumulators]) {
      const own = all[node] as IrNode
      if (own.op === 'input' && own.level === 'person' && Math.max(1, this.#schedule.stageOf(node)) === stage)
        visit(node)
    }
    return [...wanted]
      .sort((a, b) => a - b)
      .flatMap((id) => {
        const node = all[id] as IrNode
        if (node.op === 'input')
          return this.#schedule.named.has(id) ? [`const n${id} = ${this.#printer.expression(id)}`] : []
        const boolean = node.type.kind === 'boolean' && !node.nullable
        return [`const n${id} = k${id}[i - b]${boolean ? ' === 1' : ''}`]
      })
  }

  #begin(node: Extract<IrNode, { op: 'aggregate' }>): string[] {
    const { id, kind, type, args } = node
    const decimal = type.kind === 'number' && type.form === 'decimal'
    switch (kind) {
      case 'count':
        return args.length === 0 ? [`const n${id} = e - b`] : [`let n${id} = 0`]
      case 'sum':
        return [`let n${id} = ${decimal ? `F.constant('0')` : '0'}`]
      case 'any':
        return [`let n${id} = ${node.nullable ? '0' : 'false'}`]
      case 'all':
        return [`let n${id} = ${node.nullable ? '1' : 'true'}`]
      default: {
        const none = type.kind === 'boolean' ? '2' : decimal ? 'null' : 'NaN'
        return [`let n${id} = ${none}, f${id} = true`]
      }
    }
  }

  #step(node: Extract<IrNode, { op: 'aggregate' }>): string[] {
    const { id, kind, type, args } = node
    const [a, keep] = kind === 'count' ? [undefined, args[0]] : [args[0], args[1]]
    if (kind === 'count' && keep === undefined) return []
    const decimal = type.kind === 'number' && type.form === 'decimal'
    const value = () => this.#printer.value(a as number)
    const inner = ((): string => {
      switch (kind) {
        case 'count':
          return `n${id}++`
        case 'sum':
          return decimal ? `n${id} = F.add(n${id}, ${value()})` : `n${id} += ${value()}`
        case 'any':
          return node.nullable
            ? `if (${this.#printer.truth(a as number)}) n${id} = 1; else if (n${id} === 0 && !${this.#printer.falsity(a as number)}) n${id} = 2`
            : `if (${this.#printer.truth(a as number)}) n${id} = true`
        case 'all':
          return node.nullable
            ? `if (${this.#printer.falsity(a as number)}) n${id} = 0; else if (n${id} === 1 && !${this.#printer.truth(a as number)}) n${id} = 2`
            : `if (!${this.#printer.truth(a as number)}) n${id} = false`
        case 'first': {
          const boolean = type.kind === 'boolean' && !(this.#plan.nodes[a as number] as IrNode).nullable
          return `if (f${id}) { n${id} = ${boolean ? `(${value()} ? 1 : 0)` : value()}; f${id} = false }`
        }
        default: {
          const better = decimal
            ? `F.${kind === 'min' ? 'minimum' : 'maximum'}(n${id}, ${value()})`
            : `Math.${kind}(n${id}, ${value()})`
          return `n${id} = f${id} ? ${value()} : ${better}; f${id} = false`
        }
      }
    })()
    return keep === undefined ? [inner] : [`if (${this.#printer.truth(keep)}) { ${inner} }`]
  }

  // ── results ──────────────────────────────────────────────────────────────────────────────────────────────────

  #store(k: number, node: number, at: 'i' | 'h'): string[] {
    const { type, nullable } = this.#plan.nodes[node] as IrNode
    const value = this.#printer.value(node)
    const to = `o${k}[${at}]`
    if (type.kind === 'boolean') {
      if (!nullable) return [`if (o${k} !== null) ${to} = ${this.#printer.truth(node)} ? 1 : 0`]
      return [`if (o${k} !== null) { ${to} = ${value} === 1 ? 1 : 0; w${k}[${at}] = ${value} === 2 ? 0 : 1 }`]
    }
    const decimal = type.kind === 'number' && type.form === 'decimal'
    const plain = decimal ? `F.toDouble(${value})` : value
    if (!nullable) return [`if (o${k} !== null) ${to} = ${plain} + 0`]
    return [
      `if (o${k} !== null) { const x = ${plain}; ${to} = x === x ? x + 0 : 0; w${k}[${at}] = x === x ? 1 : 0 }`,
    ]
  }

  #accumulate(k: number, at: 'i' | 'h'): string[] {
    const one = this.#plan.accumulators[k] as Plan['accumulators'][number]
    const { type, nullable } = this.#plan.nodes[one.node] as IrNode
    const weight = one.weight === undefined ? '' : ` * sw${k}[h]`
    const count = one.weight === undefined ? '1' : `sw${k}[h]`
    const byClass = one.by && `sb${k}[${one.by.level === 'person' ? at : 'h'}]`
    const place = byClass === undefined ? '0' : `2 * ${byClass}`
    const value =
      type.kind === 'boolean' ? `(${this.#printer.truth(one.node)} ? 1 : 0)` : this.#printer.value(one.node)
    const guarded = (lines: string[]) =>
      nullable && type.kind !== 'boolean' ? [`if (${value} === ${value}) {`, ...lines, '}'] : lines
    if (one.kind === 'sum') {
      const x = `${value}${weight}`
      if (one.by === undefined) {
        const settled = `if (a${k}l > ${LIMIT} || a${k}l < -${LIMIT}) { const q = Math.floor(a${k}l / ${LIMB}); a${k}h += q; a${k}l -= q * ${LIMB} }`
        return guarded([`a${k}l += ${x}`, settled])
      }
      return guarded([`{ const p = ${place}`, ...carry(`s${k}`, 'p', x), '}'])
    }
    if (one.kind === 'movement') {
      const limit = numeral(one.threshold ?? 0)
      const [gain, lose] = one.threshold ? [`d >= ${limit}`, `d <= -${limit}`] : ['d > 0', 'd < 0']
      return guarded([
        `{ const d = ${value}, p = 6 * ${byClass ?? '0'} + (${gain} ? 0 : ${lose} ? 2 : 4)`,
        ...carry(`s${k}`, 'p', count),
        '}',
      ])
    }
    const scale =
      type.kind === 'number' && type.form === 'integer' && type.scale > 0
        ? ` / ${numeral(10 ** type.scale)}`
        : ''
    return guarded([
      `{ bits[0] = ${value}${scale} + 0; const p = 2 * (halves[1] >>> 16)`,
      ...carry(`s${k}`, 'p', count),
      '}',
    ])
  }
}

/** Sums are two limbs, `high · 2^40 + low`; the low one is brought down long before it is inexact. */
const LIMB = '1099511627776'
const LIMIT = '4503599627370496'

function carry(array: string, place: string, value: string): string[] {
  const low = place === '0' ? '1' : `${place} + 1`
  return [
    `{ const x = ${array}[${low}] + ${value}`,
    `if (x > ${LIMIT} || x < -${LIMIT}) { const q = Math.floor(x / ${LIMB}); ${array}[${place}] += q; ${array}[${low}] = x - q * ${LIMB} } else ${array}[${low}] = x }`,
  ]
}
