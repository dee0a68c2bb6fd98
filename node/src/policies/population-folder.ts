import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import { checkPopulation, rowsOf } from '@nhip/policy/population/check'
import { readManifest } from '@nhip/policy/population/manifest'
import { readParquet, writeParquet } from '@nhip/policy/population/parquet'
import type { Population } from '@nhip/policy/population/population'
import { readSpec, type SynthSpec } from '@nhip/policy/population/synth/spec'
import { type ProvinceTable, readTables } from '@nhip/policy/population/synth/tables'
import { Unreadable } from './unreadable.ts'

const HOUSEHOLDS = 'households.parquet'
const PERSONS = 'persons.parquet'

/** SHA-256 of a file, read as a stream. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer)
  return hash.digest('hex')
}

/**
 * Reads and checks a population folder. A file whose bytes are not those of its hash is a problem like any other.
 * @throws {Unreadable} when a file is not there or is no Parquet
 */
export async function openPopulation(
  dir: string,
): Promise<{ population: Population | undefined; problems: Problem[] }> {
  const found = await stat(dir).catch(() => undefined)
  if (!found?.isDirectory())
    throw new Unreadable('population.missing', dir, {
      vi: `Không có thư mục "${dir}".`,
      en: `There is no folder "${dir}".`,
    })
  const { manifest, problems } = readManifest(await readText(join(dir, 'population.json')))
  if (!manifest) return { population: undefined, problems }
  const files = { households: join(dir, HOUSEHOLDS), persons: join(dir, PERSONS) }
  const changed: string[] = []
  for (const [name, path] of [
    [HOUSEHOLDS, files.households],
    [PERSONS, files.persons],
  ] as const) {
    const hash = await fileHash(path).catch((error: Error) => {
      throw unread(path, error)
    })
    if (hash !== manifest.files[name]) changed.push(name)
  }
  const raw = await readParquet(manifest, files).catch((error: Error) => {
    throw new Unreadable(
      'file.unreadable',
      dir,
      {
        vi: `Không đọc được Parquet trong "${dir}": ${error.message}`,
        en: `The Parquet files of "${dir}" cannot be read: ${error.message}`,
      },
      error,
    )
  })
  const all = [...problems, ...checkPopulation({ ...raw, changed })]
  if (hasErrors(all)) return { population: undefined, problems: all }
  return {
    population: {
      manifest,
      households: raw.householdIds.length,
      persons: raw.personHouseholds.length,
      first: rowsOf(raw.householdIds, raw.personHouseholds),
      ids: raw.householdIds,
      columns: raw.columns,
    },
    problems: all,
  }
}

/** Writes a population folder; population.json last, so that a folder with one is whole. */
export async function savePopulation(population: Population, dir: string): Promise<Population> {
  await mkdir(dir, { recursive: true })
  const files = { households: join(dir, HOUSEHOLDS), persons: join(dir, PERSONS) }
  await writeParquet(population, files)
  const manifest = {
    ...population.manifest,
    files: { [HOUSEHOLDS]: await fileHash(files.households), [PERSONS]: await fileHash(files.persons) },
  }
  await writeFile(join(dir, 'population.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return { ...population, manifest }
}

/** A spec with the tables beside it, and the hash of them all. */
export interface OpenSpec {
  readonly spec: SynthSpec
  readonly tables: readonly ProvinceTable[]
  readonly sha256: string
}

/** Reads a `spec.yaml` and its tables. @throws {Unreadable} when a file is not there */
export async function openSpec(path: string): Promise<{ opened: OpenSpec | undefined; problems: Problem[] }> {
  const text = await readText(path)
  const { spec, problems } = readSpec(text, path)
  if (!spec) return { opened: undefined, problems }
  const folder = dirname(path)
  const texts = new Map<string, string>()
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.csv')).sort())
    texts.set(name, await readFile(join(folder, name), 'utf8'))
  const { provinces, problems: misread } = readTables(spec, texts)
  const all = [...problems, ...misread]
  if (hasErrors(all)) return { opened: undefined, problems: all }
  const hash = createHash('sha256').update(text)
  for (const table of Object.values(spec.tables)) hash.update(`\u0000${table}\u0000${texts.get(table)}`)
  return { opened: { spec, tables: provinces, sha256: hash.digest('hex') }, problems: all }
}

function unread(path: string, error: Error): Unreadable {
  return new Unreadable(
    'file.unreadable',
    path,
    {
      vi: `Không đọc được "${path}": ${error.message}`,
      en: `"${path}" cannot be read: ${error.message}`,
    },
    error,
  )
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw unread(path, error)
  })
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}
