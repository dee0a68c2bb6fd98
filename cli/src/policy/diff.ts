import { parseArgs } from 'node:util'
import { containing } from '@nhip/calendar/period'
import { openPopulation } from '@nhip/node/policies/population-folder'
import type { Bundle } from '@nhip/policy/bundle/bundle'
import { type Change, changesBetween } from '@nhip/policy/diff/changes'
import { exactJson } from '@nhip/policy/simulate/exact-json'
import type { SimulationResult } from '@nhip/policy/simulate/result'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import { simulate } from '@nhip/policy/simulate/simulate'
import { type Io, UsageError } from '../verb.ts'
import { asUsage, hasErrors, openBundle, readFolder, refuse } from './read-bundle.ts'
import { periodOf, reformsOf } from './simulate.ts'
import { effectsText } from './simulation-text.ts'

/**
 * `nhip policy diff A B`: what the second bundle changes, article by article; `diff A --reform R` what a reform changes; with
 * `--population` also whom it costs or gives what. Exit 1 when they differ.
 */
export async function diff(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      reform: { type: 'string', multiple: true },
      population: { type: 'string' },
      period: { type: 'string' },
    },
  })
  const [first, second = first] = positionals
  if (first === second && values.reform === undefined) {
    throw new UsageError({
      vi: 'Cần hai gói, hoặc một gói và --reform: nhip policy diff A B.',
      en: 'Want two bundles, or one and --reform: nhip policy diff A B.',
    })
  }
  const old = await openBundle(first)
  if (!old.bundle || hasErrors(old.problems)) return refuse(old.problems, io)
  const now = await openBundle(second, values.reform)
  if (!now.bundle || hasErrors(now.problems)) return refuse(now.problems, io)
  const changes = changesBetween(modelOf(old.bundle), modelOf(now.bundle))
  let impact: Impact | null = null
  if (values.population !== undefined) {
    const { population, problems } = await openPopulation(values.population).catch(asUsage)
    if (population === undefined || hasErrors(problems)) return refuse(problems, io)
    // Where nothing else is asked: when all that changes has come into force.
    const days = [...changes.flatMap(({ from }) => from ?? []), population.manifest.reference_date].sort()
    const period = values.period ? periodOf(values.period) : containing(days.at(-1) as string, 'month').text
    try {
      impact = impactOf(
        await simulate(
          {
            base: { files: await readFolder(first as string), reforms: [] },
            reform: {
              files: await readFolder(second as string),
              reforms: await reformsOf(values.reform ?? []),
            },
            period,
            population,
          },
          { analyses: [] },
        ),
        period,
      )
    } catch (error) {
      if (error instanceof SimulationRefused) return refuse(error.problems, io)
      throw error
    }
  }
  if (io.json) io.stdout.write(`${exactJson({ changes, impact })}\n`)
  else {
    for (const change of changes) io.stdout.write(changeText(change, io.lang))
    if (impact) io.stdout.write(`${impactHead(impact, io.lang)}\n${effectsText(impact, io.lang)}\n`)
    io.stdout.write(io.lang === 'vi' ? `${changes.length} thay đổi\n` : `${changes.length} changes\n`)
  }
  return changes.length === 0 ? 0 : 1
}

/** What a change does to a population: the parts of a simulation that say who pays and who receives. */
export type Impact = { readonly period: string } & Pick<
  SimulationResult,
  'synthetic' | 'persons' | 'households' | 'budget' | 'winners' | 'inequality' | 'assumptions'
>

function impactOf(result: SimulationResult, period: string): Impact {
  const { synthetic, persons, households, budget, winners, inequality, assumptions } = result
  return { period, synthetic, persons, households, budget, winners, inequality, assumptions }
}

function impactHead({ period, synthetic, persons, assumptions }: Impact, lang: Io['lang']): string {
  const people = new Intl.NumberFormat(lang).format(persons as bigint)
  const kind =
    lang === 'vi' ? 'dân số TỔNG HỢP, không có thật' : 'a SYNTHETIC population, nobody in it exists'
  const head =
    lang === 'vi' ? `Tác động trên ${people} người, kỳ ${period}` : `Impact on ${people} people in ${period}`
  if (!synthetic) return head
  const more = lang === 'vi' ? 'giả định, xem --json' : 'assumptions, see --json'
  return `${head} (${kind}; ${assumptions.length} ${more})`
}

const modelOf = ({ model }: Bundle) => model

const WORDS = {
  vi: { added: 'thêm', removed: 'bỏ', changed: 'sửa', before: 'cũ', after: 'mới', from: 'từ' },
  en: { added: 'added', removed: 'removed', changed: 'changed', before: 'old', after: 'new', from: 'from' },
}

function changeText({ kind, path, from, title, before, after, reference }: Change, lang: Io['lang']): string {
  const words = WORDS[lang]
  const how = kind.split('.')[1] as 'added' | 'removed' | 'changed'
  const law = reference && `${reference.article}, ${reference.number ?? reference.title[lang]}`
  const what = [title?.[lang], path, from && `${words.from} ${from}`].filter(Boolean).join(' · ')
  const lines = [
    law ? `${law}: ${words[how]} ${what}` : `${words[how]} ${what}`,
    ...(before === null ? [] : [`    ${words.before}: ${before}`]),
    ...(after === null ? [] : [`    ${words.after}: ${after}`]),
  ]
  return `${lines.join('\n')}\n`
}
