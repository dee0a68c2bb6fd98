import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetItem, EntityItem, PropertyItem } from '../catalogue/contract.ts'
import { everyDataset } from '../catalogue/dataset-scope.ts'
import type { DatasetDraft } from '../catalogue/open.ts'
import { type Actor, type Records, SYSTEM } from '../records/contract.ts'
import { addJob, type JobHandler } from '../records/jobs.ts'
import type { IntakeRooms } from './admit.ts'
import type { ColumnMapping, Mapping } from './contract.ts'
import { everyImport } from './import-rights.ts'
import type { Imports } from './imports.ts'
import { readImports } from './store.ts'

export const figuresJob = 'figures.load'

/** A dataset of `models/figures`: what the catalogue is told, and the file with its rows. */
type FigureDataset = DatasetItem & { file: string; periods?: string }

/** Puts the loading of the published figures into the queue, once in the life of a node. */
export async function queueFigures(records: Records, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'datasets.json'))) return
  await records.tx(SYSTEM, (tx) => addJob(tx, { kind: figuresJob, key: figuresJob, payload: {} }))
}

/**
 * The published figures go through the same door as a file that somebody uploads: each table is an import with its
 * report and its findings. After a crash the tables that are done are left alone.
 */
export function figuresHandler(
  rooms: IntakeRooms,
  records: Records,
  imports: Imports,
  folder: string,
): JobHandler {
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T
  return async (job) => {
    const datasets = read<FigureDataset[]>('datasets.json')
    await fillCatalogue(
      rooms,
      SYSTEM,
      datasets,
      read<PropertyItem[]>('properties.json'),
      read<EntityItem[]>('entities.json'),
    )
    let accepted = 0
    for (const [done, dataset] of datasets.entries()) {
      job.signal.throwIfAborted()
      await job.progress(done, datasets.length, {
        vi: `Nạp số liệu công bố: ${dataset.name.vi}`,
        en: `Loading published figures: ${dataset.name.en}`,
      })
      const [known] = await readImports(records, everyImport, {
        limit: 1,
        before: undefined,
        dataset: dataset.code,
      })
      if (known?.state === 'done') continue
      const path = join(folder, dataset.file)
      const id = await imports.preview(SYSTEM, {
        name: dataset.file,
        content: createReadStream(path),
        dataset: dataset.code,
        mapping: figureMapping(path),
        by: SYSTEM.id,
        offered: everyDataset,
      })
      const report = await imports.commitNow(SYSTEM, id, { onError: 'skip', autoCreate: false, owner: null })
      accepted += report.accepted
    }
    await job.progress(datasets.length, datasets.length)
    return { datasets: datasets.length, accepted }
  }
}

async function fillCatalogue(
  { catalogue, units }: IntakeRooms,
  actor: Actor,
  datasets: readonly FigureDataset[],
  properties: readonly PropertyItem[],
  entities: readonly EntityItem[],
): Promise<void> {
  const today = new Date().toISOString().slice(0, 10)
  const territory = units.territory()
  await catalogue.saveDatasets(
    actor,
    datasets.map(
      ({
        file: _file,
        periods: _periods,
        properties: _properties,
        observations: _n,
        ...draft
      }): DatasetDraft => draft,
    ),
  )
  await catalogue.saveProperties(actor, properties)
  await catalogue.saveEntities(
    actor,
    entities.map((entity) => ({
      ...entity,
      unit: entity.unit === null ? null : (territory.resolve(entity.unit, today).unit?.id ?? null),
    })),
  )
  for (const { code, properties: measured } of datasets) await catalogue.link(actor, code, measured)
}

const roles: Record<string, Omit<ColumnMapping, 'column'>> = {
  entity: { role: 'entity' },
  property: { role: 'property' },
  breakdown: { role: 'breakdown' },
  period: { role: 'time', date: 'iso' },
  value: { role: 'value', decimal: '.' },
  text: { role: 'text' },
  status: { role: 'status' },
  published: { role: 'published', date: 'iso' },
  quality: { role: 'quality-flag' },
}

/** Every table of figures has columns of these names; which of them differs. */
function figureMapping(path: string): Mapping {
  const [header = ''] = readFileSync(path, 'utf8').split('\n', 1)
  const columns = header.trim().split(',')
  return {
    header: true,
    delimiter: ',',
    encoding: 'utf-8',
    columns: columns.flatMap((column) => (roles[column] ? [{ column, ...roles[column] }] : [])),
  }
}
