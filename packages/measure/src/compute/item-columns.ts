import { CELL, type Panel } from '../panel.ts'

/** Items of a panel as columns for a given list of units: NaN where missing, with a mark where not applicable. */
export class ItemColumns {
  readonly panel: Panel
  readonly units: readonly string[]
  /** Panels of every period of the data, for formulas that look back. */
  readonly around: readonly Panel[]
  readonly #itemAt: Map<string, number>
  /** Row of the panel of each unit, −1 where the panel lacks it; null when the units are the panel's own. */
  readonly #rows: Int32Array | null

  constructor(panel: Panel, units: readonly string[] = panel.units, around: readonly Panel[] = [panel]) {
    this.around = around
    this.panel = panel
    this.units = units
    this.#itemAt = new Map(panel.items.map((item, i) => [item, i]))
    if (units === panel.units) this.#rows = null
    else {
      const at = new Map(panel.units.map((unit, u) => [unit, u]))
      this.#rows = Int32Array.from(units, (unit) => at.get(unit) ?? -1)
    }
  }

  has(item: string): boolean {
    return this.#itemAt.has(item)
  }

  /** Values and not-applicable marks of an item; all missing when the data do not have it. */
  column(item: string): { values: Float64Array; notApplicable: Uint8Array } {
    const n = this.units.length
    const values = new Float64Array(n).fill(Number.NaN)
    const notApplicable = new Uint8Array(n)
    const i = this.#itemAt.get(item)
    if (i === undefined) return { values, notApplicable }
    const start = i * this.panel.units.length
    for (let u = 0; u < n; u += 1) {
      const row = this.#rows ? this.#rows[u]! : u
      if (row < 0) continue
      const state = this.panel.state[start + row]
      if (state === CELL.ok) values[u] = this.panel.value[start + row]!
      else if (state === CELL.notApplicable) notApplicable[u] = 1
    }
    return { values, notApplicable }
  }

  /** Text of an attribute item for each unit; null when the data do not have the item. */
  labels(item: string): readonly (string | null)[] | null {
    const texts = this.panel.attributes.get(item)
    if (!texts) return null
    const rows = this.#rows
    return rows ? this.units.map((_, u) => (rows[u]! < 0 ? null : texts[rows[u]!]!)) : texts
  }
}
