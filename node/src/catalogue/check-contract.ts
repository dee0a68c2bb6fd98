import type { Problem } from '@nhip/canonical/problem'
import { problemItem } from '../http/problem.ts'
import type { Catalogue } from './catalogue.ts'
import type { DatasetContract, PropertyTerms } from './contract.ts'
import { compileRule } from './quality-rule.ts'

/** What a contract refers to beyond itself. */
export type ContractWorld = Pick<Catalogue, 'property' | 'entity'>

/**
 * Everything that is wrong with a contract whose shape is right: names that do not exist, limits that contradict one
 * another, rules that cannot be read. Each with its JSON Pointer; in a rule also line and column.
 */
export function checkContract(contract: DatasetContract, world: ContractWorld): Problem[] {
  return [
    ...checkOwner(contract, world),
    ...Object.entries(contract.properties).flatMap(([code, terms]) => checkTerms(code, terms, world)),
    ...checkRules(contract, world),
    ...checkFreshness(contract),
  ]
}

function checkOwner({ owner, class: kind, personal }: DatasetContract, world: ContractWorld): Problem[] {
  const found: Problem[] = []
  if (owner !== null && world.entity(owner)?.type !== 'unit')
    found.push(problemItem('unknown-unit', { unit: owner }, { path: '/owner', value: owner }))
  if (personal && kind === 'open')
    found.push(problemItem('personal-not-open', {}, { path: '/class', value: kind }))
  return found
}

function checkTerms(code: string, terms: PropertyTerms, world: ContractWorld): Problem[] {
  const path = `/properties/${pointer(code)}`
  const property = world.property(code)
  if (!property) return [problemItem('unknown-property', { property: code }, { path, value: code })]
  const found: Problem[] = []
  const { range, rate, required, entityTypes } = terms
  if (property.kind === 'text')
    for (const limit of ['range', 'rate', 'stuck', 'neighbour'] as const)
      if (terms[limit])
        found.push(problemItem('limit-of-text', { limit, property: code }, { path: `${path}/${limit}` }))
  if (range) found.push(...checkRange(range, `${path}/range`))
  if (rate && rate.rise === undefined && rate.fall === undefined)
    found.push(problemItem('rate-without-limit', {}, { path: `${path}/rate` }))
  if (required && entityTypes === undefined)
    found.push(problemItem('required-without-kind', {}, { path: `${path}/entityTypes` }))
  return found
}

type Range = NonNullable<PropertyTerms['range']>

/** Each pair must leave room, and nothing soft may lie outside what is hard: it could never be told. */
function checkRange(range: Range, path: string): Problem[] {
  const ordered: [keyof Range, keyof Range][] = [
    ['hardMin', 'hardMax'],
    ['softMin', 'softMax'],
    ['hardMin', 'softMin'],
    ['softMax', 'hardMax'],
  ]
  return ordered.flatMap(([low, high]) => {
    const [a, b] = [range[low], range[high]]
    return a === undefined || b === undefined || a <= b
      ? []
      : [problemItem('range-reversed', { low, high, a, b }, { path: `${path}/${high}`, value: String(b) })]
  })
}

function checkRules({ rules }: DatasetContract, world: ContractWorld): Problem[] {
  const seen = new Set<string>()
  return rules.flatMap((rule, i) => {
    const path = `/rules/${i}`
    const found: Problem[] = []
    if (seen.has(rule.code))
      found.push(problemItem('rule-twice', { code: rule.code }, { path: `${path}/code`, value: rule.code }))
    seen.add(rule.code)
    for (const [j, code] of (rule.properties ?? []).entries())
      if (!world.property(code))
        found.push(
          problemItem(
            'unknown-property',
            { property: code },
            { path: `${path}/properties/${j}`, value: code },
          ),
        )
    const read = compileRule(rule)
    if (Array.isArray(read)) found.push(...read.map((problem) => ({ ...problem, path: `${path}/when` })))
    return found
  })
}

function checkFreshness({ freshness }: DatasetContract): Problem[] {
  if (freshness === null) return []
  if (freshness.kind === 'calendar') {
    const { dueIn, staleIn } = freshness
    return staleIn !== undefined && staleIn <= dueIn
      ? [problemItem('stale-before-late', {}, { path: '/freshness/staleIn', value: String(staleIn) })]
      : []
  }
  const { everyS, lateAfterS = 2 * everyS, staleAfterS = 5 * everyS } = freshness
  const found: Problem[] = []
  if (lateAfterS < everyS)
    found.push(
      problemItem('late-before-due', {}, { path: '/freshness/lateAfterS', value: String(lateAfterS) }),
    )
  if (staleAfterS <= lateAfterS)
    found.push(
      problemItem('stale-before-late', {}, { path: '/freshness/staleAfterS', value: String(staleAfterS) }),
    )
  return found
}

/** A name as a token of a JSON Pointer (RFC 6901). */
function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
