import type { Framework } from './framework/framework.ts'
import { frameworkText, openModel } from './golden.fixture.ts'
import { GOLDEN } from './golden-figures.fixture.ts'
import { type Mutant, mutantsOf } from './mutants.fixture.ts'

/** What the announcements say of rounding and ranks, beside the figures themselves. */
export const SETTINGS: Record<
  string,
  { decimals: number | null; ranks: string; missing: string; status: string }
> = {
  'hdi-2022.yaml': { decimals: 3, ranks: 'desc min published', missing: 'null 0', status: 'official' },
  'dti-922-province-2022.yaml': {
    decimals: 4,
    ranks: 'desc min published',
    missing: 'null 0',
    status: 'official',
  },
  'index-766-2022.yaml': { decimals: 2, ranks: 'desc min published', missing: 'null 0', status: 'official' },
  'papi-2011.yaml': { decimals: 4, ranks: 'desc min published', missing: 'skip 1', status: 'official' },
  'pci-2005.yaml': { decimals: 4, ranks: 'desc min published', missing: 'skip 1', status: 'illustrative' },
  'pci-2007.yaml': { decimals: 4, ranks: 'desc min published', missing: 'skip 1', status: 'illustrative' },
  'asem-2018.yaml': { decimals: null, ranks: 'desc min raw', missing: 'null 0', status: 'illustrative' },
}

/** Changes after which a file means the same, by rule, with the reason. */
const EQUIVALENT: { rule: RegExp; when: (framework: Framework, mutant: Mutant) => boolean; why: string }[] = [
  {
    rule: /^weight-doubled$/,
    when: (framework, { at }) => scoredSiblings(framework, at) === 1,
    why: 'weights are renormalised among siblings: an only child keeps the whole weight, and so does the root',
  },
  {
    rule: /^parent-changed to \w+$/,
    when: (framework, { at }) => node(framework, at)?.scored === false,
    why: 'a node that is not scored stands outside every sum wherever it hangs',
  },
  {
    rule: /^(node-dropped|direction-flipped|transform-changed)$/,
    when: (framework, { at }) => node(framework, at)?.scored === false,
    why: 'a node that is not scored is shown only; dropping it or turning it changes no score',
  },
  {
    rule: /^points-to-weight$/,
    when: (framework, { at }) => (node(framework, at)?.children.length ?? 0) > 0,
    why: 'points of a parent that it does not state are the sum of its children',
  },
  {
    rule: /^aggregate-changed$/,
    when: (framework, { at }) =>
      framework.aggregate.method === 'arithmetic' && node(framework, at)!.children.length > 0,
    why: 'stating the method that the file has anyway',
  },
  {
    rule: /^aggregate-changed$/,
    when: (framework, { at }) => scoredChildren(framework, at) === 1,
    why: 'every mean of one value is that value',
  },
  {
    rule: /^clamp-dropped$/,
    when: (framework, { at }) =>
      framework.code === 'hdi' && ['life_expectancy', 'mean_years_schooling'].includes(at),
    why: 'no country of 2022 lies beyond these posts; the file itself keeps the cut for those that may',
  },
  {
    rule: /^key-dropped$/,
    when: (_, { at }) => at === 'normalise' || at === 'aggregate' || at === 'rank' || at === 'missing',
    why: 'the key states what is the rule without it (normalise none, arithmetic, descending min ranks on published values)',
  },
  {
    rule: /^method$/,
    when: (framework, { at }) =>
      at === 'normalise' &&
      framework.leaves.every((i) => !framework.nodes[i]!.scored || framework.nodes[i]!.own.has('normalise')),
    why: 'every scored leaf states its own normalisation',
  },
]

function node(framework: Framework, code: string) {
  return framework.nodes.find((n) => n.code === code)
}

function scoredChildren(framework: Framework, code: string): number {
  return node(framework, code)!.children.filter((c) => framework.nodes[c]!.scored).length
}

function scoredSiblings(framework: Framework, code: string): number {
  const own = node(framework, code)!
  return own.parent < 0 ? 1 : scoredChildren(framework, framework.nodes[own.parent]!.code)
}

function isCaught(name: string, text: string): boolean {
  const { framework, problems } = openModel(name, text)
  if (!framework || problems.length > 0) return true
  const { output, rank, nodes, root } = framework
  const { missing } = nodes[root]!
  const wanted = SETTINGS[name]!
  if (output.decimals !== wanted.decimals || `${rank.order} ${rank.ties} ${rank.compare}` !== wanted.ranks)
    return true
  if (`${missing.policy} ${missing.minShare}` !== wanted.missing) return true
  if (framework.status !== wanted.status) return true
  if (!framework.source) return true
  try {
    return GOLDEN[name]!(framework)!.wrong.length > 0
  } catch {
    return true
  }
}

/**
 * Mutants of a file that neither check nor the published figures catch and that no rule explains, with the counts.
 * @param every takes each n-th mutant only; null when the published figures are absent
 */
export function verdictsOf(
  name: string,
  every: number,
): { mutants: number; caught: number; unexplained: string[] } | null {
  const { framework } = openModel(name)
  if (GOLDEN[name]!(framework!) === null) return null
  const mutants = mutantsOf(frameworkText(name)).filter((_, i) => i % every === 0)
  const survivors = mutants.filter((m) => !isCaught(name, m.text))
  const unexplained = survivors.filter(
    (m) => !EQUIVALENT.some((e) => e.rule.test(m.rule) && e.when(framework!, m)),
  )
  return {
    mutants: mutants.length,
    caught: mutants.length - survivors.length,
    unexplained: unexplained.map((m) => `${m.rule} ${m.at}`),
  }
}
