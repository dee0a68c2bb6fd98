export interface IdenticalOptions {
  /** Only units whose text here agrees (a name). */
  alike?: (unit: number) => string
  /** Only groups in which this text differs (the province). */
  apart?: (unit: number) => string
  /** Compares only inside groups of this text. */
  within?: (unit: number) => string
}

/** Groups of units with the same numbers throughout; vectors with a missing number are left out. Places in `vectors`, ascending. */
export function identicalVectors(
  vectors: readonly (readonly number[])[],
  options: IdenticalOptions = {},
): number[][] {
  const groups = new Map<string, number[]>()
  vectors.forEach((vector, u) => {
    if (vector.length === 0 || vector.some((x) => Number.isNaN(x))) return
    const key = JSON.stringify([vector, options.alike?.(u) ?? '', options.within?.(u) ?? ''])
    const group = groups.get(key)
    if (group) group.push(u)
    else groups.set(key, [u])
  })
  return [...groups.values()].filter((group) => {
    if (group.length < 2) return false
    const { apart } = options
    return apart === undefined || group.some((u) => apart(u) !== apart(group[0]!))
  })
}
