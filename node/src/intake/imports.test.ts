import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { everyDataset } from '../catalogue/dataset-scope.ts'
import { cancelJob, type RunningJob } from '../records/jobs.ts'
import type { Mapping } from './contract.ts'
import type { Imports } from './imports.ts'
import { actor, station, TestNode } from './test-node.fixture.ts'

// One node for the whole file; every test has hours of its own.
let known: TestNode
let imports: Imports
beforeAll(async () => {
  known = await TestNode.open()
  imports = known.node.imports
}, 300_000)
afterAll(() => known?.close())

let year = 2000
beforeEach(() => {
  year += 1
})

const columns: Mapping['columns'] = [
  { column: 'trạm', role: 'entity' },
  { column: 'lúc', role: 'time', date: 'iso' },
  { column: 'PM2.5', role: 'value', property: 'pm25', decimal: '.' },
]
const options = { onError: 'abort', autoCreate: false, owner: null } as const
const hour = (h: number) => `${year}-01-01T${String(h).padStart(2, '0')}:00:00+07:00`

async function upload(values: readonly (number | string)[], mapping?: Mapping, headers = 'trạm,lúc,PM2.5') {
  const rows = values.map((value, h) => `${station},${hour(h)},${value}\n`)
  return imports.preview(actor, {
    name: 'tram.csv',
    content: Readable.from([Buffer.from(`${headers}\n${rows.join('')}`)]),
    by: 'test',
    offered: everyDataset,
    ...(mapping ? { mapping } : { dataset: 'air' }),
  })
}
const mapped = (values: readonly (number | string)[]) => upload(values, { dataset: 'air', columns })

/** What is shown of the hours of this test's year. */
async function shown(): Promise<(number | null)[]> {
  const { points } = await known.node.observations.series({
    dataset: 'air',
    entity: station,
    property: 'pm25',
    breakdown: '',
    from: Date.parse(hour(0)),
    to: Date.parse(`${year}-01-02T00:00:00+07:00`),
    resolution: 'raw',
    aggregation: 'mean',
  })
  return points.map(({ value }) => value)
}

/** One value said by somebody else than an import. */
async function corrected(h: number, value: number): Promise<void> {
  await known.node.observations.append([
    {
      dataset: 'air',
      entity: station,
      property: 'pm25',
      breakdown: '',
      from: Date.parse(hour(h)),
      to: null,
      value,
      uom: 0,
      status: 'A',
      quality: 0,
      source: 'http:canbo',
    },
  ])
}

/** A job as the queue hands it out. `at` is called each time it tells how far it is: first when the rows are judged, then when they are stored. */
function job(at: (told: number, stop: (why: string) => void) => unknown = () => {}, attempt = 1): RunningJob {
  const controller = new AbortController()
  let told = 0
  return {
    id: '00000000-0000-7000-8000-000000000000',
    kind: 'import.commit',
    payload: {},
    attempt,
    signal: controller.signal,
    progress: async () => {
      told += 1
      await at(told, (why) => controller.abort(new Error(why)))
      controller.signal.throwIfAborted()
    },
  }
}

const lastAudit = async (id: string) => {
  const rows = await known.node.records.read((db) =>
    db.selectFrom('audit').select(['action']).where('target_id', '=', id).orderBy('outbox'),
  )
  return rows.map(({ action }) => action)
}

describe('undo', () => {
  test('withdraws what the import wrote, and says so in the audit', async () => {
    const id = await mapped([1, 2, 3])
    await imports.commitNow(actor, id, options)
    expect(await shown()).toEqual([1, 2, 3])
    expect(await imports.undo(actor, id)).toEqual({ withdrawn: 3, restored: 0, kept: 0 })
    expect(await shown()).toEqual([])
    expect(await imports.item(id)).toMatchObject({ state: 'undone', undone: { withdrawn: 3 } })
    expect(await lastAudit(id)).toEqual(['import.preview', 'import.commit', 'import.finish', 'import.undo'])
  })

  test('a value that somebody corrected after the import is left alone', async () => {
    const id = await mapped([1, 2])
    await imports.commitNow(actor, id, options)
    await corrected(0, 7)
    expect(await imports.undo(actor, id)).toEqual({ withdrawn: 1, restored: 0, kept: 1 })
    expect(await shown()).toEqual([7])
  })

  test('a value that the import had replaced holds again, under its own source', async () => {
    await corrected(0, 9)
    const id = await mapped([1, 2])
    await imports.commitNow(actor, id, options)
    expect(await shown()).toEqual([1, 2])
    expect(await imports.undo(actor, id)).toEqual({ withdrawn: 1, restored: 1, kept: 0 })
    expect(await shown()).toEqual([9])
    const [newest] = await known.node.observations.versions({
      dataset: 'air',
      entity: station,
      property: 'pm25',
      breakdown: '',
      from: Date.parse(hour(0)),
      to: Date.parse(hour(1)),
      limit: 10,
    })
    expect(newest).toMatchObject({ current: true, value: 9, source: 'http:canbo' })
  })

  test('of two imports over one another the later one may be undone, then the former', async () => {
    const first = await mapped([1, 2])
    await imports.commitNow(actor, first, options)
    const second = await mapped([5, 6])
    await imports.commitNow(actor, second, options)
    expect(await imports.undo(actor, second)).toMatchObject({ restored: 2 })
    expect(await shown()).toEqual([1, 2])
    expect(await imports.undo(actor, first)).toMatchObject({ withdrawn: 2, restored: 0 })
    expect(await shown()).toEqual([])
  })

  test('an import is undone once', async () => {
    const id = await mapped([1])
    await imports.commitNow(actor, id, options)
    await imports.undo(actor, id)
    await expect(imports.undo(actor, id)).rejects.toMatchObject({ status: 409, code: 'import-state' })
  })
})

describe('what ends before it is done', () => {
  test('a commit that somebody cancels takes back what it had stored', async () => {
    const id = await mapped([1, 2, 3])
    await imports.commit(actor, id, options)
    const cancelling = job(async (told) => {
      if (told < 2) return
      expect(await shown()).toEqual([1, 2, 3])
      await imports.cancel(actor, id)
    })
    expect(await imports.run(actor, id, cancelling)).toBeNull()
    expect(await shown()).toEqual([])
    expect((await imports.item(id)).state).toBe('cancelled')
  })

  test('so does one whose job is cancelled', async () => {
    const id = await mapped([1, 2, 3])
    const queued = await imports.commit(actor, id, options)
    const cancelled = job(async (told, stop) => {
      if (told < 2) return
      await cancelJob(known.node.records, actor, queued)
      stop('cancelled')
    })
    expect(await imports.run(actor, id, cancelled)).toBeNull()
    expect(await shown()).toEqual([])
    expect((await imports.item(id)).state).toBe('cancelled')
  })

  test('a cancel before the job begins: the job then stores nothing', async () => {
    const id = await mapped([1, 2])
    await imports.commit(actor, id, options)
    await imports.cancel(actor, id)
    expect(await imports.run(actor, id, job())).toBeNull()
    expect(await shown()).toEqual([])
    expect((await imports.item(id)).state).toBe('cancelled')
  })

  test('a stop of the node in the middle leaves the import to the next start, which counts all its rows', async () => {
    const id = await mapped([1, 2, 3])
    await imports.commit(actor, id, options)
    const stopped = job((told, stop) => told === 2 && stop('the node is stopping'))
    await expect(imports.run(actor, id, stopped)).rejects.toThrow('the node is stopping')
    expect(await shown()).toEqual([1, 2, 3])
    expect((await imports.item(id)).state).toBe('committing')
    expect(await imports.run(actor, id, job(undefined, 2))).toMatchObject({ accepted: 3, unchanged: 0 })
    expect((await imports.item(id)).state).toBe('done')
  })

  test('a fault in the last attempt takes back what was stored, and the report says why', async () => {
    const id = await mapped([1, 2, 3])
    await imports.commit(actor, id, options)
    const failing = job((told) => {
      if (told === 2) throw new Error('no space left on device')
    }, 3)
    await expect(imports.run(actor, id, failing)).rejects.toThrow('no space left')
    expect(await shown()).toEqual([])
    expect(await imports.item(id)).toMatchObject({
      state: 'failed',
      report: { accepted: 0, errors: [{ code: 'import-interrupted' }] },
    })
  })

  test('an import whose job is gone is ended by the next start', async () => {
    const id = await mapped([1])
    await cancelJob(known.node.records, actor, await imports.commit(actor, id, options))
    await imports.recover()
    expect((await imports.item(id)).state).toBe('failed')
  })

  test('of two commits of one import the second is refused', async () => {
    const id = await mapped([1])
    await imports.commit(actor, id, options)
    await expect(imports.commit(actor, id, options)).rejects.toMatchObject({
      status: 409,
      code: 'import-state',
    })
  })
})

test('a check reads every row, stores none, and says what a commit would do', async () => {
  const id = await mapped([1, 'x', 3])
  await imports.check(actor, id, options)
  expect((await imports.item(id)).state).toBe('checking')
  await imports.run(actor, id, { ...job(), kind: 'import.check' })
  expect(await imports.item(id)).toMatchObject({
    state: 'preview',
    report: {
      checked: true,
      accepted: 2,
      rejected: 1,
      errors: [{ line: 3, value: 'x', code: 'not-a-number' }],
    },
  })
  expect(await shown()).toEqual([])
})

test('an earlier file says what columns mean, the file itself how its numbers are written', async () => {
  const first = await mapped([11.25, 12.5])
  await imports.commitNow(actor, first, options)
  const next = await imports.item(await upload(['"13,25"', '"14,5"']))
  expect(next).toMatchObject({ mappingSaved: true, problems: [] })
  expect(next.preview.map(({ value }) => value)).toEqual([13.25, 14.5])
})

test('the mapping of a file is offered for the next one with the same columns, whatever their marks', async () => {
  const id = await upload(
    [1],
    {
      dataset: 'air',
      columns: columns.map((column) => ({
        ...column,
        column: { trạm: 'Trạm đo', lúc: 'Lúc', 'PM2.5': 'Trị số' }[column.column]!,
      })),
    },
    'Trạm đo,Lúc,Trị số',
  )
  await imports.commitNow(actor, id, options)
  const next = await imports.item(await upload([2], undefined, 'TRAM DO,luc,tri so'))
  expect(next).toMatchObject({ mappingSaved: true, problems: [], preview: [{ property: 'pm25', value: 2 }] })
  // Asking for no columns asks for the guesses instead.
  await imports.map(actor, next.id, { dataset: 'air', columns: [] }, everyDataset)
  expect((await imports.item(next.id)).mappingSaved).toBe(false)
})

describe('changes of one import that are asked for at once', () => {
  const asDust: Mapping = {
    dataset: 'air',
    columns: [...columns.slice(0, 2), { ...columns[2]!, role: 'ignore' }],
  }

  test('follow one another: a commit goes by the mapping that was asked for before it', async () => {
    const id = await upload([1, 2], asDust)
    const inTime = [asDust, { dataset: 'air', columns }].map((mapping) =>
      imports.map(actor, id, mapping, everyDataset),
    )
    const committed = imports.commit(actor, id, options)
    await Promise.all([...inTime, committed])
    const { mapping, state } = await imports.item(id)
    expect({ columns: mapping?.columns, state }).toEqual({ columns, state: 'committing' })
    await imports.run(actor, id, job())
    expect(await shown()).toEqual([1, 2])
    expect(await lastAudit(id)).toEqual([
      'import.preview',
      'import.map',
      'import.map',
      'import.commit',
      'import.finish',
    ])
  })

  test('a mapping after the commit is refused, and the commit goes on by the one it began with', async () => {
    const id = await mapped([3])
    const committed = imports.commit(actor, id, options)
    await expect(imports.map(actor, id, asDust, everyDataset)).rejects.toMatchObject({
      status: 409,
      code: 'import-state',
    })
    await committed
    await imports.run(actor, id, job())
    expect(await imports.item(id)).toMatchObject({ state: 'done', mapping: { columns } })
    expect(await shown()).toEqual([3])
  })

  test('one that is refused holds up none that comes after it', async () => {
    const id = await upload([4], asDust)
    const refused = imports.commit(actor, id, options)
    const mended = imports.map(actor, id, { dataset: 'air', columns }, everyDataset)
    const committed = imports.commit(actor, id, options)
    await expect(refused).rejects.toMatchObject({ status: 422, code: 'mapping-open' })
    await Promise.all([mended, committed])
    expect((await imports.item(id)).state).toBe('committing')
  })
})
