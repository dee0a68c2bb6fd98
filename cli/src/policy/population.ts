import { parseArgs } from 'node:util'
import { openPopulation, openSpec, savePopulation } from '@nhip/node/policies/population-folder'
import type { Population } from '@nhip/policy/population/population'
import type { FitSummary } from '@nhip/policy/population/synth/fit'
import { synthesise } from '@nhip/policy/population/synth/synthesise'
import { type Io, UsageError } from '../verb.ts'
import { asUsage, hasErrors, problemLines, refuse } from './read-bundle.ts'

/** `nhip policy population synth|check`: makes a synthetic population, checks any. */
export async function population(args: string[], io: Io): Promise<number> {
  const [action, ...rest] = args
  if (action === 'synth') return synth(rest, io)
  if (action === 'check') return check(rest, io)
  throw new UsageError({ vi: 'Cần một trong: synth, check.', en: 'Want one of: synth, check.' })
}

async function synth(args: string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      spec: { type: 'string' },
      seed: { type: 'string' },
      share: { type: 'string', default: '0.01' },
      out: { type: 'string' },
    },
  })
  if (values.spec === undefined || values.out === undefined)
    throw new UsageError({
      vi: 'Cần --spec TỆP và --out THƯ-MỤC.',
      en: '--spec FILE and --out DIR are wanted.',
    })
  const seed = wholeNumber(values.seed ?? '1', '--seed')
  const share = shareOf(values.share)
  const { opened, problems } = await openSpec(values.spec).catch(asUsage)
  if (!opened) return refuse(problems, io)
  const started = performance.now()
  const made = synthesise(opened.spec, opened.tables, {
    seed,
    share,
    specSha256: opened.sha256,
    onProgress: progressLine(io),
  })
  const saved = await savePopulation(made, values.out)
  const fit = saved.manifest.fit as unknown as FitSummary
  const ms = Math.round(performance.now() - started)
  if (io.json) {
    io.stdout.write(
      `${JSON.stringify({ ok: true, synthetic: true, problems, persons: saved.persons, households: saved.households, seed, share, fit, timing: { ms } })}\n`,
    )
    return 0
  }
  io.stdout.write(describe(saved, io))
  io.stdout.write(fitLines(fit, io))
  return 0
}

async function check(args: string[], io: Io): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const { population: read, problems } = await openPopulation(positionals[0] ?? '').catch(asUsage)
  const ok = !hasErrors(problems)
  const fit = (read?.manifest.fit ?? null) as FitSummary | null
  if (io.json) {
    io.stdout.write(`${JSON.stringify({ ok, problems, fit })}\n`)
    return ok ? 0 : 1
  }
  io.stdout.write(problemLines(problems, io))
  if (read) {
    io.stdout.write(describe(read, io))
    if (fit) io.stdout.write(fitLines(fit, io))
  }
  return ok ? 0 : 1
}

/** What a population is, with the word that a synthetic one must never be without. */
export function describe({ manifest, persons, households }: Population, { lang }: Pick<Io, 'lang'>): string {
  const number = new Intl.NumberFormat(lang)
  const kind = manifest.synthetic ? { vi: 'TỔNG HỢP', en: 'SYNTHETIC' }[lang] : ''
  const what =
    lang === 'vi'
      ? `${number.format(persons)} người, ${number.format(households)} hộ`
      : `${number.format(persons)} persons, ${number.format(households)} households`
  const seed = manifest.seed === undefined ? '' : `, ${lang === 'vi' ? 'hạt giống' : 'seed'} ${manifest.seed}`
  return `${manifest.title[lang]}${kind ? ` (${kind}${seed})` : ''}: ${what}\n`
}

/** The fit of each margin and the margins that contradict each other. */
export function fitLines({ margins, contradictions }: FitSummary, { lang }: Pick<Io, 'lang'>): string {
  const percent = (x: number): string => `${(100 * x).toFixed(3)} %`
  const head = lang === 'vi' ? 'Độ khớp (lớn nhất, trung bình)' : 'Fit (worst, mean)'
  const rows = margins.map(
    ({ margin, worst, worst_cell, mean }) =>
      `  ${margin.padEnd(46)}${percent(worst).padStart(10)}${percent(mean).padStart(10)}  ${worst_cell}\n`,
  )
  const note =
    lang === 'vi' ? 'Số liệu công bố mâu thuẫn nhau' : 'Published margins that contradict each other'
  const against = contradictions
    .filter(({ ratio }) => Math.abs(ratio - 1) > 0.0005)
    .map(({ margin, against: other, ratio }) => `  ${margin} / ${other} = ${ratio}\n`)
  return `${head}\n${rows.join('')}${against.length === 0 ? '' : `${note}\n${against.join('')}`}`
}

/** Progress on stderr, at most five times a second and only to a terminal. */
export function progressLine(io: Io): (done: number, of: number) => void {
  const terminal = (io.stderr as NodeJS.WriteStream).isTTY === true
  let said = 0
  return (done, of) => {
    if (!terminal || (Date.now() - said < 200 && done < of)) return
    said = Date.now()
    io.stderr.write(`\r${done}/${of}${done >= of ? '\n' : ''}`)
  }
}

export function wholeNumber(text: string, flag: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError({
      vi: `${flag} cần một số nguyên không âm, không phải "${text}".`,
      en: `${flag} wants a whole number of 0 or more, not "${text}".`,
    })
  return Number(text)
}

export function shareOf(text: string): number {
  const share = Number(text)
  if (!(share > 0 && share <= 1))
    throw new UsageError({
      vi: `--share cần một số trong (0, 1], không phải "${text}".`,
      en: `--share wants a number in (0, 1], not "${text}".`,
    })
  return share
}
