import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '../records/contract.ts'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import { importUnits, openUnits } from './units.ts'
import { UnitsCopy } from './units-copy.ts'

const haNoi = 'urn:nhip:unit:01@2008-08-01'
const baDinh = 'urn:nhip:unit:00004@2025-07-01'
let store: TemporaryRecords
let file: string

beforeAll(async () => {
  store = await temporaryRecords()
  file = join(store.folder, 'units.json')
})
afterAll(() => store.end())

/** A folder of administrative units with these lines. */
function models(name: string, ...lines: string[]): string {
  const folder = join(store.folder, name)
  mkdirSync(folder)
  const head = 'code,level,kind,name,valid_from,valid_to,parent'
  writeFileSync(join(folder, 'units-all.csv'), [head, ...lines, ''].join('\n'))
  writeFileSync(join(folder, 'edges.csv'), 'from,to,on,kind,share,basis\n')
  return folder
}

/** Which file it is: replacing it by an equal one makes another. */
const inode = () => statSync(file, { throwIfNoEntry: false })?.ino

/** Opens the units as a start does; `kept` says that the copy was good, so that no other was made. */
async function start() {
  const before = inode()
  const units = await openUnits(store.records, null, await UnitsCopy.read(file))
  return { territory: units.territory(), kept: before !== undefined && inode() === before }
}

test('a start takes the units from the copy until the records change, and then makes another', async () => {
  await importUnits(
    store.records,
    SYSTEM,
    models(
      'one',
      '01,province,municipality,Hà Nội,2008-08-01,,',
      '00004,commune,ward,Ba Đình,2025-07-01,,01',
    ),
  )
  const first = await start()
  expect(first.kept).toBe(false)
  const second = await start()
  expect(second.kept).toBe(true)
  expect(second.territory.units()).toEqual(first.territory.units())
  expect(second.territory.unit(baDinh)?.name).toEqual({ vi: 'Ba Đình', en: 'Ba Dinh' })
  expect(second.territory.parentAt(baDinh, '2026-01-01')?.id).toBe(haNoi)

  await importUnits(store.records, SYSTEM, models('two', '04,province,province,Cao Bằng,2004-01-01,,'))
  const third = await start()
  expect(third.kept).toBe(false)
  expect(third.territory.units().map(({ name }) => name.vi)).toEqual(['Ba Đình', 'Hà Nội', 'Cao Bằng'])
})

test('a copy that was not written to its end counts for nothing', async () => {
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(0, whole.length / 2))
  const { territory, kept } = await start()
  expect(territory.unit(haNoi)?.name.vi).toBe('Hà Nội')
  expect(kept).toBe(false)
  expect(readFileSync(file)).toEqual(whole)
})
