import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Population } from '@nhip/policy/population/population'
import { synthesise } from '@nhip/policy/population/synth/synthesise'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import type { PopulationName } from './orders.ts'
import { type OpenSpec, openPopulation, openSpec, savePopulation } from './population-folder.ts'

/** Folders that were being written when the program ended. */
export const UNFINISHED = '.tmp-'

/** `viet-nam-1-0.01` */
export function folderName({ id, seed, share }: PopulationName): string {
  return `${id}-${seed}-${share}`
}

/** @throws {SimulationRefused} when the specification has errors */
export async function specOf(path: string): Promise<OpenSpec> {
  const { opened, problems } = await openSpec(path)
  if (!opened) throw new SimulationRefused(problems)
  return opened
}

/**
 * A population from the folder in which it is kept, made and kept first when it is not there, is of an older
 * specification, or is damaged: it can always be made again, bit for bit, so nothing here is synced to disk.
 */
export async function populationOf(
  spec: OpenSpec,
  folder: string,
  name: PopulationName,
  onProgress: (done: number, of: number) => void,
): Promise<Population> {
  const kept = join(folder, folderName(name))
  const there = await openKept(kept, spec.sha256)
  if (there) return there
  const made = synthesise(spec.spec, spec.tables, {
    seed: name.seed,
    share: name.share,
    specSha256: spec.sha256,
    onProgress,
  })
  const temporary = join(folder, `${UNFINISHED}${randomUUID()}`)
  await mkdir(temporary, { recursive: true })
  try {
    const saved = await savePopulation(made, temporary)
    await rm(kept, { recursive: true, force: true })
    await rename(temporary, kept)
    return saved
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}

async function openKept(dir: string, specSha256: string): Promise<Population | undefined> {
  const text = await readFile(join(dir, 'population.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    if ((JSON.parse(text) as { spec_sha256?: string }).spec_sha256 !== specSha256) return undefined
    return (await openPopulation(dir)).population
  } catch {
    return undefined
  }
}
