/** One step of a compiled pattern. Positions count code points. */
export type Instruction =
  | { readonly op: 'set'; readonly test: (point: string) => boolean }
  | { readonly op: 'start' | 'end' }
  | { readonly op: 'reference'; readonly group: number }
  /** Remembers the position: an end of a group, or the start of a turn of a loop. */
  | { readonly op: 'save'; readonly register: number }
  /** Fails when a turn of a loop has matched nothing, else it would go on for ever. */
  | { readonly op: 'progress'; readonly register: number }
  | { readonly op: 'jump'; readonly to: number }
  /** Tries `to` first, `other` when that fails. */
  | { readonly op: 'split'; readonly to: number; readonly other: number }
  | { readonly op: 'match' }

export interface Machine {
  readonly code: readonly Instruction[]
  readonly registers: number
  readonly multiline: boolean
  readonly ignoreCase: boolean
}

/** Signals that a search used more steps than it may. */
export const TOO_LONG = Symbol('too long')

/**
 * Searches for the first match at or after a position. A backtracking machine with an explicit stack and a budget,
 * because the engine of JavaScript cannot be stopped: `(a+)+$` on thirty letters would hold a node for minutes.
 * The registers of the match (0 and 1 are its ends), or null. Throws TOO_LONG.
 */
export function search(
  machine: Machine,
  points: readonly string[],
  from: number,
  budget: { steps: number },
): Int32Array | null {
  for (let start = from; start <= points.length; start++) {
    const found = run(machine, points, start, budget)
    if (found !== null) return found
  }
  return null
}

function run(
  machine: Machine,
  points: readonly string[],
  start: number,
  budget: { steps: number },
): Int32Array | null {
  const { code } = machine
  const registers = new Int32Array(machine.registers).fill(-1)
  // Triples: where to go on and where to read, or ~register and its value before.
  const stack: number[] = []
  let pc = 0
  let at = start
  for (;;) {
    if (--budget.steps < 0) throw TOO_LONG
    const step = code[pc] as Instruction
    let next = pc + 1
    switch (step.op) {
      case 'set':
        if (at < points.length && step.test(points[at] as string)) at++
        else next = -1
        break
      case 'start':
        if (!atStart(machine, points, at)) next = -1
        break
      case 'end':
        if (at !== points.length && !(machine.multiline && points[at] === '\n')) next = -1
        break
      case 'reference': {
        const end = sameAgain(machine, points, registers, step.group, at)
        if (end < 0) next = -1
        else at = end
        break
      }
      case 'save':
        stack.push(~step.register, registers[step.register] as number)
        registers[step.register] = at
        break
      case 'progress':
        if (registers[step.register] === at) next = -1
        break
      case 'jump':
        next = step.to
        break
      case 'split':
        stack.push(step.other, at)
        next = step.to
        break
      case 'match':
        return registers
    }
    if (next >= 0) {
      pc = next
      continue
    }
    for (;;) {
      const value = stack.pop()
      const where = stack.pop()
      if (value === undefined || where === undefined) return null
      if (where >= 0) {
        pc = where
        at = value
        break
      }
      registers[~where] = value
    }
  }
}

/** With flag m also behind a line feed, unless that is the last character. */
function atStart(machine: Machine, points: readonly string[], at: number): boolean {
  return at === 0 || (machine.multiline && at < points.length && points[at - 1] === '\n')
}

/** The end of what a group matched, standing here again; a group that has matched nothing is the empty text. */
function sameAgain(
  machine: Machine,
  points: readonly string[],
  registers: Int32Array,
  group: number,
  at: number,
): number {
  const [from, to] = [registers[group * 2] as number, registers[group * 2 + 1] as number]
  if (from < 0 || to < 0) return at
  for (let i = from; i < to; i++) {
    const [a, b] = [points[i] as string, points[at + i - from]]
    if (b === undefined) return -1
    if (a !== b && !(machine.ignoreCase && a.toLowerCase() === b.toLowerCase())) return -1
  }
  return at + to - from
}
