import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { compile } from '@nhip/feel/compile'
import { parse, parseUnaryTests } from '@nhip/feel/parse'
import type { FeelValue } from '@nhip/feel/values'
import { checkModel } from './check-model.ts'
import { modelOf, type TableSpec } from './model.fixture.ts'
import { type RandomTable, randomTable } from './random-table.fixture.ts'

/** Whether a cell or region test holds, by the interpreter. */
export function holds(cell: string, value: FeelValue): boolean {
  if (cell.trim() === '-') return true
  const { ast, problems } = parseUnaryTests(cell, { names: [], functions: BUILT_IN_NAMES })
  if (problems.length > 0) throw new Error(`${cell}: ${problems[0]?.message.en}`)
  return compile(ast).evaluate({ '?': value }).value === true
}

function readValue(text: string): FeelValue {
  return compile(parse(text, { names: [], functions: BUILT_IN_NAMES }).ast).evaluate().value
}

/** What is wrong with a table, found by trying every combination of samples: as lines that can be compared. */
export interface Verdict {
  readonly gaps: readonly FeelValue[][]
  readonly lines: readonly string[]
  readonly hitsAt: (point: readonly FeelValue[]) => readonly number[]
}

export function bruteForce({ spec, samples, planted }: RandomTable): Verdict {
  const { inputs, rules, policy = 'UNIQUE' } = spec
  const asksNull = inputs.map((_, d) => rules.some((row) => /\bnull\b/.test(row[d] as string)))
  const values = samples.map((texts, d) =>
    [...new Set(texts)]
      .map(readValue)
      .filter((value) => value !== null || asksNull[d])
      .filter((value) => allowed(inputs[d]?.values, value)),
  )
  const matches = rules.map((row) =>
    values.map((own, d) => own.map((value) => holds(row[d] as string, value))),
  )
  const points: number[][] = values.reduce<number[][]>(
    (all, own) => all.flatMap((p) => own.map((_, i) => [...p, i])),
    [[]],
  )
  const hits = points.map((point) =>
    rules.flatMap((_, r) => (point.every((i, d) => matches[r]?.[d]?.[i]) ? [r] : [])),
  )
  const lines = new Set<string>()
  const out = (r: number) => (rules[r] as readonly string[]).slice(inputs.length)
  const rank = (r: number) => ['"high"', '"middle"', '"low"'].indexOf(out(r)[0] as string)
  const same = (a: number, b: number) => out(a).join() === out(b).join()
  const extent = rules.map((_, r) => hits.flatMap((hit, p) => (hit.includes(r) ? [p] : [])))
  for (const [r, own] of extent.entries()) {
    if (own.length === 0) continue
    if ((policy === 'FIRST' || policy === 'PRIORITY') && isMasked(r, own)) lines.add(`table.masked ${r + 1}`)
  }
  function isMasked(r: number, own: readonly number[]): boolean {
    return own.every((p) =>
      (hits[p] as number[]).some((s) => (policy === 'FIRST' ? s < r : rank(s) < rank(r))),
    )
  }
  for (let a = 0; a < rules.length; a++) {
    for (let b = a + 1; b < rules.length; b++) {
      const [x, y] = [extent[a] as number[], extent[b] as number[]]
      const shared = x.filter((p) => y.includes(p))
      if (shared.length === 0) continue
      if (policy === 'UNIQUE') lines.add(`table.overlap ${a + 1}+${b + 1}`)
      const clash = !same(a, b) && (policy === 'ANY' || (policy === 'PRIORITY' && rank(a) === rank(b)))
      if (clash) lines.add(`table.contradiction ${a + 1}+${b + 1}`)
      if (!same(a, b)) continue
      if (shared.length === x.length && shared.length === y.length)
        lines.add(`table.duplicate ${a + 1}+${b + 1}`)
      else if (shared.length === x.length) {
        const between = rules.some(
          (_, k) => k > a && k < b && !same(k, a) && (extent[k] as number[]).some((p) => x.includes(p)),
        )
        if (policy !== 'FIRST' || !between) lines.add(`table.subsumed ${a + 1}+${b + 1}`)
      } else if (shared.length === y.length) lines.add(`table.subsumed ${b + 1}+${a + 1}`)
    }
  }
  for (const rule of planted) lines.add(`planted ${rule}`)
  // Between two days that follow each other there is none.
  for (const [r, row] of matches.entries())
    if (row.some((cell) => !cell.includes(true))) lines.add(`planted ${r + 1}`)
  const gaps = points
    .filter((_, p) => (hits[p] as number[]).length === 0)
    .map((point) => point.map((i, d) => (values[d] as FeelValue[])[i] as FeelValue))
  if (gaps.length > 0) lines.add('table.gap')
  return {
    gaps,
    lines: [...lines].sort(),
    hitsAt: (point) =>
      rules.flatMap((row, r) => (point.every((v, d) => holds(row[d] as string, v)) ? [r + 1] : [])),
  }
}

function allowed(values: string | undefined, value: FeelValue): boolean {
  return values === undefined || value === null || holds(values, value)
}

/** Differences between what the checks say of a table and what trying all combinations says; empty when they agree. */
export function disagreements(number: number): string[] {
  const table = randomTable(number)
  const { spec } = table
  const verdict = bruteForce(table)
  const { findings } = checkModel(modelOf([spec]))
  const wrong: string[] = []
  const said = new Set<string>()
  for (const { code, rules, proved, region, witness } of findings) {
    if (code === 'table.mergeable' || code === 'table.unused-column') continue
    if (!proved) wrong.push(`not proved: ${code} ${rules.join('+')}`)
    if (code === 'table.unsatisfiable' || code === 'table.domain') said.add(`planted ${rules[0]}`)
    else if (code === 'table.gap') said.add('table.gap')
    else if (code === 'table.masked') said.add(`${code} ${rules[0]}`)
    else said.add(`${code} ${rules.join('+')}`)
    if (witness && ['table.gap', 'table.overlap', 'table.contradiction'].includes(code)) {
      const point = spec.inputs.map(({ name }) => witness[name] ?? null)
      const hit = verdict.hitsAt(point)
      const shows = code === 'table.gap' ? hit.length === 0 : rules.every((r) => hit.includes(r))
      if (!shows) wrong.push(`witness of ${code} ${rules.join('+')} does not show it`)
      for (const [name, test] of Object.entries(region ?? {})) {
        const at = spec.inputs.findIndex((input) => input.name === name)
        if (!holds(test, point[at] ?? null)) wrong.push(`witness outside its region: ${name} ${test}`)
      }
    }
  }
  const regions = findings.filter(({ code }) => code === 'table.gap').map(({ region }) => region ?? {})
  for (const point of verdict.gaps) {
    const covered = regions.some((region) =>
      spec.inputs.every(({ name }, d) => holds(region[name] ?? '-', point[d] as FeelValue)),
    )
    if (!covered) wrong.push(`a gap lies in no region: ${point.join(', ')}`)
  }
  for (const line of verdict.lines) if (!said.has(line)) wrong.push(`missed: ${line}`)
  for (const line of said) if (!verdict.lines.includes(line)) wrong.push(`false alarm: ${line}`)
  return wrong.map((text) => `#${number} ${spec.policy} ${table.fault}: ${text}\n${show(spec)}`)
}

export function show({ inputs, rules }: TableSpec): string {
  return [inputs.map(({ name, type, values }) => `${name}:${type}${values ? `{${values}}` : ''}`), ...rules]
    .map((row) => `    ${row.join(' | ')}`)
    .join('\n')
}
