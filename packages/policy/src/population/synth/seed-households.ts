import { RandomStream } from '@nhip/random/stream'
import { AGE_GROUPS } from './age-groups.ts'
import type { Archetype, SynthSpec } from './spec.ts'

/** The seed table that is reweighted: households with ages drawn by the rules of their archetypes. */
export interface SeedHouseholds {
  readonly count: number
  /** Members of seed s: `first[s]` to `first[s + 1] - 1`. */
  readonly first: Int32Array
  /** Cell of age group and sex of each member (male groups first). */
  readonly cell: Uint8Array
  /** Whole years of age of each member. */
  readonly age: Uint8Array
  /** Place of each member's role in {@link ROLES}. */
  readonly role: Uint8Array
  /** Weight before fitting: the archetype's share over its seeds. */
  readonly weight: Float64Array
  /** Seeds by size, then age of the head: neighbours are alike, for systematic sampling. */
  readonly order: Int32Array
}

export const ROLES: readonly string[] = ['head', 'spouse', 'child', 'other']

/**
 * Draws the seed table. Its random numbers do not depend on the population's seed: the table is part of the method, the seed only says
 * which households are taken and what befalls them.
 * @throws {RangeError} on a role that is none
 */
export function seedHouseholds(spec: SynthSpec): SeedHouseholds {
  const total = spec.archetypes.reduce((sum, { share }) => sum + share, 0)
  const members: { cell: number; role: number; age: number }[][] = []
  const weights: number[] = []
  const heads: number[] = []
  const stream = new RandomStream('population-seed-table')
  for (const [a, archetype] of spec.archetypes.entries()) {
    const seeds = Math.max(40, Math.round((spec.seeds * archetype.share) / total))
    for (let i = 0; i < seeds; i++) {
      const drawn = draw(archetype, stream.restart([a, i]))
      drawn.sort((x, y) => x.role - y.role || y.age - x.age)
      heads.push(drawn[0]?.age ?? 0)
      members.push(
        drawn.map(({ age, sex, role }) => ({
          cell: sex * AGE_GROUPS + Math.min(AGE_GROUPS - 1, Math.floor(age / 5)),
          role,
          age: Math.floor(age),
        })),
      )
      weights.push(archetype.share / total / seeds)
    }
  }
  const first = new Int32Array(members.length + 1)
  for (const [s, list] of members.entries()) first[s + 1] = (first[s] as number) + list.length
  const flat = members.flat()
  const order = Int32Array.from(members.keys()).sort(
    (x, y) =>
      (members[x] as unknown[]).length - (members[y] as unknown[]).length ||
      (heads[x] as number) - (heads[y] as number) ||
      x - y,
  )
  return {
    count: members.length,
    first,
    cell: Uint8Array.from(flat, ({ cell }) => cell),
    age: Uint8Array.from(flat, ({ age }) => age),
    role: Uint8Array.from(flat, ({ role }) => role),
    weight: Float64Array.from(weights),
    order,
  }
}

function draw(archetype: Archetype, stream: RandomStream): { age: number; sex: number; role: number }[] {
  const out: { age: number; sex: number; role: number }[] = []
  for (const member of archetype.members) {
    const role = ROLES.indexOf(member.role)
    if (role < 0) throw new RangeError(`archetype "${archetype.id}": there is no role "${member.role}"`)
    const head = out[0]
    const [from, to] = member.age ?? (member.from_head as [number, number] | undefined) ?? [0, 99]
    const base = member.age === undefined ? (head?.age ?? 0) : 0
    const age = base + (from as number) + stream.uniform() * ((to as number) - (from as number) + 1)
    const chance = stream.uniform() < 0.5 ? 0 : 1
    const sex =
      member.sex === 'male'
        ? 0
        : member.sex === 'female'
          ? 1
          : member.sex === 'opposite'
            ? 1 - (head?.sex ?? 0)
            : chance
    out.push({
      age: Math.max(member.at_least ?? 0, Math.min(member.at_most ?? 99, age)),
      sex,
      role,
    })
  }
  return out
}
