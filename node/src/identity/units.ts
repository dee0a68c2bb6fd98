import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { contentHash } from '@nhip/canonical/content-hash'
import { readAdminUnits } from '@nhip/territory/read-units'
import { buildTerritory, Territory } from '@nhip/territory/territory'
import type { Unit } from '@nhip/territory/unit'
import { fullName, kindName } from '@nhip/territory/unit-kind'
import { refuse } from '../http/problem.ts'
import { type Actor, type Records, SYSTEM } from '../records/contract.ts'
import type { UnitItem } from './contract.ts'
import { wholeNode } from './permissions.ts'
import { auditOf } from './reorganisation/audit.ts'
import type { Order } from './reorganisation/contract.ts'
import { type Changed, reorganise } from './reorganisation/reorganise.ts'
import { writeChange } from './reorganisation/store.ts'
import { insertTerritory, readTerritory, stateOfUnits } from './unit-store.ts'
import type { UnitsCopy } from './units-copy.ts'

/** Organisations with history, as one immutable picture in memory; the tables in records are the truth. */
export interface Units {
  /** Replaced as a whole when units change: take it anew for each request. */
  territory(): Territory
}

/** Units that can be changed. */
export interface OpenUnits extends Units {
  /**
   * Works an order out, asks `demand` whether it may be carried out, and does so, but for a dry run.
   *
   * @throws 422 when the order cannot be, 409 `units-changed` when somebody else was faster
   */
  reorganise(actor: Actor, order: Order, demand: (changed: Changed) => void): Promise<Changed>
}

/**
 * Units as they are stored; at the very first start they are taken from `models/admin-units`.
 *
 * @param copy is taken instead of reading the records when they have not changed since it was made
 */
export async function openUnits(
  records: Records,
  models: string | null,
  copy: UnitsCopy | null = null,
): Promise<OpenUnits> {
  let state = await stateOfUnits(records)
  if (state === null && models !== null) {
    await importUnits(records, SYSTEM, models)
    state = await stateOfUnits(records)
  }
  let territory = copy?.of(state)
  if (!territory) {
    const data = await readTerritory(records)
    territory = new Territory(data)
    if (state !== null) await copy?.keep(state, data)
  }
  return new Register(records, state, territory)
}

class Register implements OpenUnits {
  readonly #records: Records
  /** Of the records when `#territory` was made of them. */
  #state: string | null
  #territory: Territory

  constructor(records: Records, state: string | null, territory: Territory) {
    this.#records = records
    this.#state = state
    this.#territory = territory
  }

  territory(): Territory {
    return this.#territory
  }

  async reorganise(actor: Actor, order: Order, demand: (changed: Changed) => void): Promise<Changed> {
    const seen = this.#state
    const changed = reorganise(this.#territory, order)
    demand(changed)
    if (order.dryRun) return changed
    const stored = await this.#records.tx(actor, async (tx) => {
      const stands = await writeChange(tx, { changed, seen, on: order.on, act: order.act })
      for (const entry of stands ? auditOf(changed, order) : []) tx.audit(entry)
      return stands
    })
    if (!stored) {
      await this.#read()
      throw refuse(409, 'units-changed')
    }
    this.#territory = changed.territory
    this.#state = await stateOfUnits(this.#records)
    return changed
  }

  async #read(): Promise<void> {
    const state = await stateOfUnits(this.#records)
    this.#territory = new Territory(await readTerritory(this.#records))
    this.#state = state
  }
}

/**
 * Imports a folder of administrative units as one transaction: all or nothing.
 *
 * @throws when the tables contradict themselves, with the first contradictions
 */
export async function importUnits(records: Records, actor: Actor, folder: string): Promise<void> {
  const text = (file: string) => ({ file, text: readFileSync(join(folder, file), 'utf8') })
  const names = readdirSync(folder)
  const { problems, ...data } = readAdminUnits({
    units: names.filter((name) => /^units-.*\.csv$/.test(name)).map(text),
    edges: text('edges.csv'),
    ...(names.includes('aliases.csv') ? { aliases: text('aliases.csv') } : {}),
  })
  const errors = [...problems, ...buildTerritory(data).problems].filter(
    ({ severity }) => severity === 'error',
  )
  if (errors.length > 0)
    throw new Error(
      `${folder}: ${errors.length} errors, first: ${errors[0]!.message.en} (${errors[0]!.file}:${errors[0]!.line})`,
    )
  await records.tx(actor, async (tx) => {
    await insertTerritory(tx, data)
    tx.audit({
      action: 'unit.import',
      targetType: 'unit',
      targetId: '*',
      after: {
        folder: basename(folder),
        units: data.units.length,
        edges: data.edges.length,
        hash: contentHash(data.units.map(({ id, name, kind }) => [id, kind, name.vi])),
      },
    })
  })
}

/** What a unit is called, `*` for the whole node. */
export function unitName(units: Units, id: string): string {
  if (id === wholeNode) return 'Toàn nút'
  const found = units.territory().unit(id)
  return found ? fullName(found).vi : id
}

/** What provinces were called on a day, by their codes. */
export function provinceNames(units: Units, day: string, lang: 'vi' | 'en'): Record<string, string> {
  const provinces = units.territory().units({ at: day, level: 'province' })
  return Object.fromEntries(provinces.map((unit) => [unit.code, fullName(unit)[lang]]))
}

/** @throws 422 `unknown-unit` */
export function demandUnit(units: Units, id: string): void {
  if (!units.territory().unit(id)) throw refuse(422, 'unknown-unit', { params: { unit: id } })
}

/** A unit as the API shows it on a day: who its parent is changes over time. */
export function unitItem(territory: Territory, unit: Unit, day: string): UnitItem {
  const { vi, en } = fullName(unit)
  return {
    id: unit.id,
    code: unit.code,
    name: vi,
    nameEn: en,
    kind: kindName(unit.kind).vi || unit.kind,
    level: unit.level as UnitItem['level'],
    parent: territory.parentAt(unit.id, day)?.id ?? null,
    validFrom: unit.valid.from,
    validTo: unit.valid.to,
    lon: unit.lon ?? null,
    lat: unit.lat ?? null,
    areaKm2: unit.area ?? null,
  }
}
