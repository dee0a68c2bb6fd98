import { lastDay } from '@nhip/calendar/period'
import type { Cube, CubeUnit } from './cube.ts'

/** Which units go together: positions among the units of a cube, ascending. */
export interface Groups {
  readonly children: readonly (readonly number[])[]
  /** Units without children below a unit; of such a unit, itself. */
  readonly leaves: readonly (readonly number[])[]
  /** Units of the same level under the same parent, itself among them. */
  readonly peers: readonly (readonly number[])[]
  /** Below each unit, itself excepted. */
  readonly below: readonly (readonly number[])[]
}

const kept = new WeakMap<readonly CubeUnit[], Groups>()

/** The groups of a cube's units, worked out once. */
export function groupsOf(units: readonly CubeUnit[]): Groups {
  let groups = kept.get(units)
  if (groups === undefined) {
    groups = arrange(units)
    kept.set(units, groups)
  }
  return groups
}

function arrange(units: readonly CubeUnit[]): Groups {
  const children: number[][] = units.map(() => [])
  units.forEach((unit, u) => {
    if (unit.parent >= 0) children[unit.parent]!.push(u)
  })
  const leaves: number[][] = units.map(() => [])
  const below: number[][] = units.map(() => [])
  units.forEach((unit, u) => {
    const isLeaf = children[u]!.length === 0
    if (isLeaf) leaves[u]!.push(u)
    const seen = new Set([u])
    for (let up = unit.parent; up >= 0 && !seen.has(up); up = units[up]!.parent) {
      seen.add(up)
      below[up]!.push(u)
      if (isLeaf) leaves[up]!.push(u)
    }
  })
  const families = new Map<string, number[]>()
  const peers = units.map((unit, u) => {
    const key = `${unit.parent}|${unit.level ?? ''}`
    let family = families.get(key)
    if (family === undefined) {
      family = []
      families.set(key, family)
    }
    family.push(u)
    return family
  })
  return { children, leaves, peers, below }
}

/** Which units exist on the last day of a period; data without periods know no day, so all do. */
export function openUnits(cube: Cube, period: number): (unit: number) => boolean {
  const text = cube.periods[period] ?? ''
  if (text === '') return () => true
  const day = lastDay(text)
  return (u) => {
    const { opens, closes } = cube.units[u]!
    return (opens === null || opens <= day) && (closes === null || closes > day)
  }
}
