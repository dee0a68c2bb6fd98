import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { PopulationManifest } from '@nhip/policy/population/population'
import { inTurn } from '../in-turn.ts'
import { type MadePopulation, type PopulationItem, type SampleSize, sampleSizes } from './contract.ts'
import { folderName, UNFINISHED } from './kept-population.ts'
import { carryOut, type Watching } from './laboratory.ts'
import type { Library } from './library.ts'
import type { Made, PopulationName } from './orders.ts'
import type { OpenSpec } from './population-folder.ts'

/** Synthetic populations of this node: `DIR/populations/<id>-<seed>-<share>`, and samples for browsers. */
export class Populations {
  readonly folder: string
  readonly #library: Library
  readonly #samples: string
  readonly #sampling = new Map<string, Promise<void>>()
  /** Everybody may ask for samples, and each needs a core for seconds. */
  readonly #oneByOne = inTurn()

  private constructor(folder: string, library: Library) {
    this.folder = folder
    this.#library = library
    this.#samples = join(folder, 'samples')
  }

  /** @param folder `DIR/populations`, which no other process writes to */
  static async open(folder: string, library: Library): Promise<Populations> {
    await mkdir(join(folder, 'samples'), { recursive: true })
    for (const name of await readdir(folder))
      if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true })
    return new Populations(folder, library)
  }

  async items(): Promise<PopulationItem[]> {
    const specs = await this.#library.specs()
    return Promise.all(specs.map((spec) => this.#item(spec)))
  }

  async #item({ spec, sha256 }: OpenSpec): Promise<PopulationItem> {
    const { id, title, totals } = spec
    return {
      id,
      title,
      synthetic: true,
      referenceDate: spec.reference_date,
      persons: totals.male + totals.female,
      households: totals.households,
      sha256,
      sources: spec.sources,
      assumptions: spec.assumptions,
      made: await this.#made(id, sha256),
      samples: [...sampleSizes],
    }
  }

  /** Those made from this very specification, smallest first. */
  async #made(id: string, sha256: string): Promise<MadePopulation[]> {
    const made: MadePopulation[] = []
    for (const name of await readdir(this.folder)) {
      const text = await readFile(join(this.folder, name, 'population.json'), 'utf8').catch(() => undefined)
      if (text === undefined) continue
      const manifest = JSON.parse(text) as PopulationManifest
      const { seed = 0, persons, households, fit = null } = manifest
      const share = Number(name.slice(`${id}-${seed}-`.length))
      if (manifest.id !== id || manifest.spec_sha256 !== sha256 || name !== folderName({ id, seed, share }))
        continue
      made.push({ seed, share, persons, households, fit })
    }
    return made.sort((a, b) => a.share - b.share || a.seed - b.seed)
  }

  /** Makes a population unless it is there. */
  async synth(population: PopulationName, watching: Watching): Promise<Made> {
    const spec = this.#library.specPath(population.id)
    const ended = await carryOut({ kind: 'synth', spec, folder: this.folder, population }, watching)
    return (ended as { made: Made }).made
  }

  /** A sample as JSON, made once for each size and seed. */
  async sample(id: string, households: SampleSize, seed: number): Promise<Readable> {
    const spec = (await this.#library.spec(id)) as OpenSpec
    const file = join(this.#samples, `${id}-${seed}-${households}-${spec.sha256.slice(0, 16)}.json`)
    if (!(await stat(file).catch(() => undefined))) {
      let sampling = this.#sampling.get(file)
      if (!sampling) {
        sampling = this.#oneByOne(async () => {
          const share = 1 / Math.max(1, Math.round(spec.spec.totals.households / households))
          await carryOut({ kind: 'sample', spec: this.#library.specPath(id), file, seed, share })
        }).finally(() => this.#sampling.delete(file))
        this.#sampling.set(file, sampling)
      }
      await sampling
    }
    return createReadStream(file)
  }
}
