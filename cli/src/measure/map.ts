import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { isDate } from '@nhip/calendar/civil-date'
import { readData } from '@nhip/measure/data/read-data'
import { AGGREGATIONS } from '@nhip/measure/formula/definition'
import { writeDataFile } from '@nhip/measure/publish/convert'
import { mapData } from '@nhip/measure/publish/map-data'
import { readAdminUnits } from '@nhip/territory/read-units'
import { buildTerritory, type Territory } from '@nhip/territory/territory'
import { type Io, UsageError } from '../verb.ts'
import { dataOptions, printProblems, readText, Unusable, withUsable } from './open.ts'

/** `nhip measure map DATA --units DIR --view V --shares S`: the data on one map of units, as DATA.csv on stdout. */
export async function map(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...dataOptions,
      units: { type: 'string' },
      view: { type: 'string' },
      shares: { type: 'string' },
      agg: { type: 'string', default: 'sum' },
      codes: { type: 'boolean', default: false },
      interval: { type: 'boolean', default: false },
    },
  })
  const { units, view, shares } = values
  if (units === undefined)
    throw new UsageError({ vi: 'Thiếu --units THƯ-MỤC.', en: '--units DIR is missing.' })
  if (view === undefined || !(view === 'as_now' || view === 'as_then' || isDate(view)))
    throw new UsageError({
      vi: '--view phải là as_now, as_then hoặc một ngày (YYYY-MM-DD).',
      en: '--view must be as_now, as_then or a date (YYYY-MM-DD).',
    })
  if (shares !== 'equal' && shares !== 'area' && shares !== 'population')
    throw new UsageError({
      vi: '--shares phải là equal, area hoặc population.',
      en: '--shares must be equal, area or population.',
    })
  if (!AGGREGATIONS.some((agg) => agg === values.agg))
    throw new UsageError({
      vi: `--agg phải là ${AGGREGATIONS.join(', ')}.`,
      en: `--agg must be ${AGGREGATIONS.join(', ')}.`,
    })
  return withUsable(io, () => {
    const territory = readTerritory(units)
    const [path] = positionals
    const file = path === undefined ? '' : basename(path)
    const { data, problems } = readData(readText(path, 'DATA.csv'), {
      file,
      ...(values.wide === undefined ? {} : { wide: values.wide }),
      ...(values.time === undefined ? {} : { time: values.time }),
      ...(values['as-published'] === undefined ? {} : { asPublished: values['as-published'] }),
    })
    if (!data) throw new Unusable(problems)
    const mapped = mapData(territory, data.rows, {
      view,
      shares,
      agg: values.agg,
      codes: values.codes,
      interval: values.interval,
      file,
    })
    if (!mapped.file) throw new Unusable(mapped.problems)
    io.stdout.write(writeDataFile(mapped.file, io.json ? 'json' : 'csv'))
    printProblems([...problems, ...mapped.problems], io)
    return 0
  })
}

/** The tables of a folder such as models/admin-units. @throws {Unusable} when they are unsound */
function readTerritory(folder: string): Territory {
  const edges = join(folder, 'edges.csv')
  if (!existsSync(edges)) throw new UsageError({ vi: `Không có "${edges}".`, en: `There is no "${edges}".` })
  const text = (file: string) => ({ file, text: readFileSync(join(folder, file), 'utf8') })
  const data = readAdminUnits({
    units: readdirSync(folder)
      .filter((file) => /^units-.*\.csv$/.test(file))
      .sort()
      .map(text),
    edges: text('edges.csv'),
    ...(existsSync(join(folder, 'aliases.csv')) ? { aliases: text('aliases.csv') } : {}),
  })
  const { territory, problems } = buildTerritory(data)
  const errors = [...data.problems, ...problems].filter((p) => p.severity === 'error')
  if (errors.length > 0) throw new Unusable(errors)
  return territory
}
