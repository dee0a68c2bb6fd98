import { CELL, type Panel } from '../panel.ts'

/** A column of a mixed panel. */
export interface MixedItem {
  code: string
  /** Read first. */
  source: Panel
  /** Read for units that `source` does not know. */
  otherwise: Panel
  /** False leaves the whole column not applicable. */
  compared: boolean
}

/**
 * A panel of `units` whose columns come from different editions. A unit that one edition does not know keeps the
 * values of the other: what it would have had then is unknown and must not look like a change.
 *
 * @param labels where texts come from, likewise
 */
export function mixPanels(
  units: readonly string[],
  items: readonly MixedItem[],
  labels: { source: Panel; otherwise: Panel },
): Panel {
  const size = units.length * items.length
  const value = new Float64Array(size)
  const state = new Uint8Array(size).fill(CELL.missing)
  const rows = new Map<Panel, Int32Array>()
  const rowsOf = (panel: Panel): Int32Array => {
    let found = rows.get(panel)
    if (!found) {
      const at = new Map(panel.units.map((unit, u) => [unit, u]))
      found = Int32Array.from(units, (unit) => at.get(unit) ?? -1)
      rows.set(panel, found)
    }
    return found
  }
  items.forEach(({ code, source, otherwise, compared }, i) => {
    const start = i * units.length
    if (!compared) {
      state.fill(CELL.notApplicable, start, start + units.length)
      return
    }
    const sides = [source, otherwise].map((panel) => ({
      panel,
      rows: rowsOf(panel),
      column: panel.items.indexOf(code),
    }))
    for (let u = 0; u < units.length; u++) {
      const side = sides.find((s) => s.rows[u]! >= 0)
      if (!side || side.column < 0) continue
      const cell = side.column * side.panel.units.length + side.rows[u]!
      value[start + u] = side.panel.value[cell]!
      state[start + u] = side.panel.state[cell]!
    }
  })
  const attributes = new Map(
    [...new Set([...labels.source.attributes.keys(), ...labels.otherwise.attributes.keys()])].map((item) => [
      item,
      units.map((_, u) => {
        const side = [labels.source, labels.otherwise].find((panel) => rowsOf(panel)[u]! >= 0)
        return side?.attributes.get(item)?.[rowsOf(side)[u]!] ?? null
      }),
    ]),
  )
  return {
    period: labels.source.period,
    units,
    items: items.map((item) => item.code),
    value,
    state,
    se: null,
    parts: null,
    attributes,
  }
}
