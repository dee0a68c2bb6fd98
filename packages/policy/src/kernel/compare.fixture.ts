import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from '../bundle/bundle.ts'
import { loadBundle } from '../bundle/load.ts'
import { lower } from '../ir/lower.ts'
import type { Ir, IrType } from '../ir/node.ts'
import { emitSql } from '../sql/emit.ts'
import { answered, type Engine, fill } from '../sql/engines.fixture.ts'
import { bundleOf } from './bundles.fixture.ts'
import { compileClosures } from './closures.ts'
import { compileKernel } from './compile.ts'
import type { Chunk } from './contract.ts'
import { differences, type Expected, interpreted, populationOf, shown } from './differential.fixture.ts'

export const PERIOD = '2026-07'
export const REGRESSIONS = join(import.meta.dirname, '../../regressions')

export interface Tally {
  comparisons: number
  bundles: number
  /** Bundles that the loader or the lowering refuses; SQL may refuse some more. */
  refused: number
  sqlRefused: number
  readonly differences: string[]
}

export const emptyTally = (): Tally => ({
  comparisons: 0,
  bundles: 0,
  refused: 0,
  sqlRefused: 0,
  differences: [],
})

/** A bundle that loads and lowers whole; undefined when it does not. */
export function prepared(files: ReadonlyMap<string, string>): { bundle: Bundle; ir: Ir } | undefined {
  const { bundle, problems } = loadBundle(files)
  if (!bundle || problems.some(({ severity }) => severity === 'error')) return undefined
  const outputs = [...bundle.model.variables.values()]
    .filter((v) => v.formulas.length > 0)
    .map(({ name }) => name)
  const { ir } = lower(bundle.at(), outputs, { period: PERIOD })
  return ir === null ? undefined : { bundle, ir }
}

/** One made bundle on made households: interpreter, kernel, closures and the engines given, value for value. */
export async function compareOne(
  seed: number,
  households: number,
  engines: readonly Engine[],
  tally: Tally,
  files: ReadonlyMap<string, string> = bundleOf(seed),
): Promise<void> {
  const made = prepared(files)
  if (made === undefined) {
    tally.refused++
    return
  }
  const { bundle, ir } = made
  tally.bundles++
  const chunk = populationOf([ir], households, seed + 1)
  const expected = interpreted(ir, bundle.at(), chunk)
  const found: string[] = []
  for (const compile of [compileKernel, compileClosures]) {
    const kernel = compile({ base: ir })
    const out = kernel.columns(chunk.persons, chunk.households)
    kernel.run(chunk, out)
    found.push(...differences(expected, out, kernel.outputs).map((text) => `${compile.name}: ${text}`))
    tally.comparisons += expected.length
  }
  for (const engine of engines) {
    if (emitSql(ir, engine.dialect).problems.length > 0) {
      tally.sqlRefused++
      continue
    }
    found.push(...(await sqlDifferences(engine, ir, chunk, expected)))
    tally.comparisons += expected.length
  }
  if (found.length > 0) save(seed, files, households, found)
  tally.differences.push(...found.map((text) => `seed ${seed}: ${text}`))
}

export async function sqlDifferences(
  engine: Engine,
  ir: Ir,
  chunk: Chunk,
  expected: readonly Expected[],
): Promise<string[]> {
  await fill(engine, ir, chunk)
  const got = await answered(engine, ir)
  const types = new Map(ir.outputs.map(({ name, node }) => [name, ir.nodes[node]?.type as IrType]))
  return expected.flatMap(({ output, row, value }) => {
    const [want, have] = [shown(value, types.get(output) as IrType), got.get(`${output}[${row}]`)]
    return want === have
      ? []
      : [`${engine.dialect}: ${output}[${row}] = ${have}, the interpreter says ${want}`]
  })
}

/** A difference stays as a bundle that is tried again in every later run. */
function save(
  seed: number,
  files: ReadonlyMap<string, string>,
  households: number,
  found: readonly string[],
): void {
  mkdirSync(REGRESSIONS, { recursive: true })
  const content = { seed, households, found: found.slice(0, 5), files: Object.fromEntries(files) }
  writeFileSync(join(REGRESSIONS, `seed-${seed}.json`), `${JSON.stringify(content, null, 2)}\n`)
}

/** Every saved bundle once more; the differences found. */
export async function replay(engines: readonly Engine[]): Promise<string[]> {
  const tally = emptyTally()
  const names = existsSync(REGRESSIONS)
    ? readdirSync(REGRESSIONS).filter((name) => name.endsWith('.json'))
    : []
  for (const name of names) {
    const { seed, households, files } = JSON.parse(readFileSync(join(REGRESSIONS, name), 'utf8')) as {
      seed: number
      households: number
      files: Record<string, string>
    }
    await compareOne(seed, households, engines, tally, new Map(Object.entries(files)))
  }
  return tally.differences
}
