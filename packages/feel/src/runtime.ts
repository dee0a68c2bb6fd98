import type { Message } from '@nhip/canonical/problem'
import type { Span } from './ast.ts'
import type { DateTime } from './temporal.ts'
import type { FeelValue } from './values.ts'
import { type BuiltInWarningCode, type Warning, type WarningCode, warningText } from './warning.ts'

export type { Warning } from './warning.ts'

export interface Limits {
  /** Loop turns, function calls and list items made, in one evaluation. Default 10 million. */
  readonly steps: number
  /** Function calls inside function calls. Default 500. */
  readonly depth: number
  /** Length of a text in UTF-16 units. Default 10 million. */
  readonly text: number
  /** Warnings kept; further ones are counted only. Default 1,000. */
  readonly warnings: number
  /** Nodes kept in a trace. Default 100,000. */
  readonly trace: number
}

export const DEFAULT_LIMITS: Limits = {
  steps: 10_000_000,
  depth: 500,
  text: 10_000_000,
  warnings: 1_000,
  trace: 100_000,
}

/** One node of an explanation: which part of the text gave which value, and from what. */
export interface TraceNode {
  readonly span: Span
  readonly kind: string
  value: FeelValue
  readonly children: TraceNode[]
}

/** Ends an evaluation that has used up its budget; it never leaves `Program.evaluate`. */
export class Exhausted extends Error {
  readonly code: BuiltInWarningCode

  constructor(code: BuiltInWarningCode) {
    super(code)
    this.code = code
  }
}

const NOWHERE: Span = { start: 0, end: 0, line: 1, column: 1 }

/**
 * What one evaluation carries along: warnings, budget, clock, trace. A host that evaluates several programs for one
 * request (a DMN graph) hands the same runtime to all of them.
 */
export class Runtime {
  readonly warnings: Warning[] = []
  /** All warnings, including those beyond the cap. */
  warningCount = 0
  /** `now()` of this evaluation; null when the host gives no clock. */
  readonly now: DateTime | null
  readonly limits: Limits
  /** The node whose function is being called: where a warning of the function belongs. */
  place: Span = NOWHERE
  trace: TraceNode | null = null
  #steps: number
  #depth = 0
  #stack = 0
  #traced = 0

  constructor(options: { now?: DateTime | null; limits?: Partial<Limits> } = {}) {
    this.now = options.now ?? null
    this.limits = options.limits === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...options.limits }
    this.#steps = this.limits.steps
  }

  get stepsUsed(): number {
    return this.limits.steps - this.#steps
  }

  /** Records a warning at the current place and gives null, the value of everything that fails. */
  warn(code: BuiltInWarningCode, ...args: string[]): null {
    return this.warnAt(this.place, code, ...args)
  }

  warnAt(span: Span, code: BuiltInWarningCode, ...args: string[]): null {
    this.warningCount++
    if (this.warnings.length < this.limits.warnings) {
      const place = { start: span.start, end: span.end, line: span.line, column: span.column }
      this.warnings.push({ code, span: place, args, message: warningText(code, args) })
    }
    return null
  }

  /** For hosts: a warning with a text of their own. */
  warnHost(
    code: Extract<WarningCode, `host.${string}`>,
    message: Message,
    args: readonly string[] = [],
  ): null {
    this.warningCount++
    if (this.warnings.length < this.limits.warnings)
      this.warnings.push({ code, span: this.place, args, message })
    return null
  }

  /** Forgets the warnings after a mark; for conditions that are only tried. */
  forgetSince(mark: number): void {
    if (this.warnings.length > mark) {
      this.warningCount -= this.warnings.length - mark
      this.warnings.length = mark
    }
  }

  /** Takes steps from the budget; throws `Exhausted` when it is used up. */
  spend(steps: number): void {
    this.#steps -= steps
    if (this.#steps < 0) throw new Exhausted('limit.steps')
  }

  /** Enters a function whose body is `height` levels of nodes deep. Every call needs its `leave`. */
  enter(height: number): void {
    this.spend(1)
    this.#stack += height + 4
    if (++this.#depth > this.limits.depth || this.#stack > MAX_STACK) throw new Exhausted('limit.depth')
  }

  leave(height: number): void {
    this.#depth--
    this.#stack -= height + 4
  }

  /** Opens a node of the trace; null when the trace is full. */
  open(span: Span, kind: string): TraceNode | null {
    if (this.#traced >= this.limits.trace) return null
    this.#traced++
    const node: TraceNode = { span, kind, value: null, children: [] }
    this.trace?.children.push(node)
    return node
  }
}

/** Frames of JavaScript that closures may put on the stack: far below what Node's default stack of 984 kB holds. */
const MAX_STACK = 5_000
