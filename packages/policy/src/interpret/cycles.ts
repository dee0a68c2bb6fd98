import type { PeriodSize } from '../bundle/model.ts'
import type { CompiledVariable } from './program.ts'
import type { Access } from './rewrite.ts'

/**
 * Circles of variables within one period, each once, and the variables that come back to themselves through earlier
 * periods. `previous` and `at` with an earlier period cut a circle; all else, conversions included, does not.
 */
export function cyclesOf(variables: ReadonlyMap<string, CompiledVariable>): {
  cycles: string[][]
  recursive: Set<string>
} {
  const now = new Map<string, Set<string>>()
  const all = new Map<string, Set<string>>()
  for (const { variable, formulas } of variables.values()) {
    const [same, any] = [new Set<string>(), new Set<string>()]
    for (const { feel, decision } of formulas) {
      const codes = [...(feel ? [feel] : []), ...(decision?.inputs.map((input) => input.code) ?? [])]
      for (const access of codes.flatMap((code) => [...code.accesses.values()])) {
        if (!('variable' in access)) continue
        any.add(access.variable.name)
        if (!isEarlier(access, variable.period)) same.add(access.variable.name)
      }
    }
    now.set(variable.name, same)
    all.set(variable.name, any)
  }
  const cycles = components(now).flatMap((component) => {
    const [first] = component
    if (first === undefined) return []
    if (component.length === 1) return now.get(first)?.has(first) ? [[first]] : []
    return [circle(now, component)]
  })
  const recursive = new Set(
    components(all).flatMap((component) =>
      component.length > 1 || all.get(component[0] as string)?.has(component[0] as string) ? component : [],
    ),
  )
  return { cycles, recursive }
}

/** Whether an access can only reach periods before the formula's own: a longer period may still hold it. */
function isEarlier({ how, variable }: Extract<Access, { variable: unknown }>, own: PeriodSize): boolean {
  if (how.kind === 'previous') return true
  if (how.kind !== 'at' || ORDER.indexOf(variable.period) > ORDER.indexOf(own)) return false
  return how.months < 0 || (how.months === 0 && how.days < 0)
}

const ORDER: readonly PeriodSize[] = ['day', 'week', 'month', 'quarter', 'year', 'eternity']

/** One circle through a component, in the order in which variables need each other. */
function circle(edges: ReadonlyMap<string, ReadonlySet<string>>, component: readonly string[]): string[] {
  const inside = new Set(component)
  const start = component[0] as string
  const from = new Map<string, string>()
  const row = [start]
  for (const name of row) {
    for (const next of edges.get(name) ?? []) {
      if (next === start) {
        const way = [name]
        while (way[0] !== start) way.unshift(from.get(way[0] as string) as string)
        return way
      }
      if (!inside.has(next) || from.has(next)) continue
      from.set(next, name)
      row.push(next)
    }
  }
  return [...component]
}

/** Strongly connected components (Tarjan 1972), without recursion: chains of variables may be long. */
function components(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const inStack = new Set<string>()
  const found: string[][] = []
  for (const root of edges.keys()) {
    if (index.has(root)) continue
    const work: { name: string; next: Iterator<string> }[] = []
    const open = (name: string) => {
      index.set(name, index.size)
      low.set(name, index.get(name) as number)
      stack.push(name)
      inStack.add(name)
      work.push({ name, next: (edges.get(name) ?? new Set<string>()).values() })
    }
    open(root)
    while (work.length > 0) {
      const { name, next } = work.at(-1) as (typeof work)[number]
      const step = next.next()
      if (step.done) {
        work.pop()
        const parent = work.at(-1)
        if (parent) low.set(parent.name, Math.min(low.get(parent.name) as number, low.get(name) as number))
        if (low.get(name) !== index.get(name)) continue
        const component: string[] = []
        for (let member = ''; member !== name; ) {
          member = stack.pop() as string
          inStack.delete(member)
          component.unshift(member)
        }
        found.push(component)
      } else if (!index.has(step.value)) open(step.value)
      else if (inStack.has(step.value))
        low.set(name, Math.min(low.get(name) as number, index.get(step.value) as number))
    }
  }
  return found
}
