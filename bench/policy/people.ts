import type { Chunk, Columns } from '@nhip/policy/kernel/contract'

/** Persons of households in order, as a population has them. */
export interface People {
  readonly households: number
  readonly persons: number
  readonly first: Int32Array
  readonly salary: Int32Array
  readonly dependants: Uint8Array
  readonly years: Uint8Array
}

/** Distinct households from a seed: 1 to 6 members, 3.5 on average; half of the adults earn, wages have a long tail. */
export function peopleOf(persons: number, seed: number): People {
  let state = seed >>> 0
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const first = new Int32Array(persons + 1)
  let [households, count] = [0, 0]
  while (count < persons) {
    count = Math.min(persons, count + 1 + Math.floor(random() * 6))
    first[++households] = count
  }
  const salary = new Int32Array(persons)
  const dependants = new Uint8Array(persons)
  const years = new Uint8Array(persons)
  for (let i = 0; i < persons; i++) {
    const age = Math.floor(random() * 85)
    years[i] = age
    if (age < 18 || age > 62 || random() < 0.4) continue
    const draw = random()
    salary[i] = Math.floor(4_000_000 + 18_000_000 * draw + 120_000_000 * draw ** 12)
    dependants[i] = Math.floor(random() * 3)
  }
  return { households, persons, first: first.subarray(0, households + 1), salary, dependants, years }
}

/** Views of whole households of about 100,000 persons; nothing is copied. */
export function chunksOf({ first, households, salary, dependants, years }: People): Chunk[] {
  const size = 28_000
  const columns: Columns = {
    salary: { data: salary },
    dependants: { data: dependants },
    years: { data: years },
  }
  return Array.from({ length: Math.ceil(households / size) }, (_, k) => {
    const [from, to] = [k * size, Math.min(households, (k + 1) * size)]
    return {
      households: to - from,
      persons: first[to] as number,
      first: first.subarray(from, to + 1),
      columns,
    }
  })
}
