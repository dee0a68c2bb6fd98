import { CELL, type Panel } from '../panel.ts'

/** One column of a mixed panel: where its cells come from, and under which code there. */
export interface MixedItem {
  /** Code in the mixed panel. */
  code: string
  /** The panel to read first; a unit that is not in it takes its cell from `otherwise`. */
  source: Panel
  sourceCode: string
  otherwise: Panel
  otherwiseCode: string
}

/**
 * A panel of `units` whose columns come from different editions. A unit that one edition does not know keeps the
 * value of the other: what it would have had then is not known, and must not look like a change.
 *
 * @param attributes items with text, taken from `labels` first, then from `otherwise`
 */
export function mixPanels(
  period: string | null,
  units: readonly string[],
  items: readonly MixedItem[],
  attributes: { items: readonly string[]; labels: Panel; otherwise: Panel },
): Panel {
  const size = units.length * items.length
  const panel: Panel = {
    period,
    units,
    items: items.map((item) => item.code),
    value: new Float64Array(size),
    state: new Uint8Array(size).fill(CELL.missing),
    se: null,
    parts: items.some((item) => item.source.parts ?? item.otherwise.parts)
      ? {
          numerator: new Float64Array(size).fill(Number.NaN),
          denominator: new Float64Array(size).fill(Number.NaN),
        }
      : null,
    attributes: new Map(),
  }
  const places = new Map<Panel, Map<string, number>>()
  const placeOf = (source: Panel, unit: string): number | undefined => {
    let rows = places.get(source)
    if (!rows) {
      rows = new Map(source.units.map((code, u) => [code, u]))
      places.set(source, rows)
    }
    return rows.get(unit)
  }
  items.forEach((item, i) => {
    const columns = [
      { source: item.source, column: item.source.items.indexOf(item.sourceCode) },
      { source: item.otherwise, column: item.otherwise.items.indexOf(item.otherwiseCode) },
    ]
    units.forEach((unit, u) => {
      const from = columns.find(({ source }) => placeOf(source, unit) !== undefined)
      if (!from || from.column < 0) return
      const at = i * units.length + u
      const cell = from.column * from.source.units.length + placeOf(from.source, unit)!
      panel.value[at] = from.source.value[cell]!
      panel.state[at] = from.source.state[cell]!
      if (panel.parts && from.source.parts) {
        panel.parts.numerator[at] = from.source.parts.numerator[cell]!
        panel.parts.denominator[at] = from.source.parts.denominator[cell]!
      }
    })
  })
  const texts = panel.attributes as Map<string, (string | null)[]>
  for (const item of attributes.items) {
    texts.set(
      item,
      units.map((unit) => {
        for (const source of [attributes.labels, attributes.otherwise]) {
          const place = placeOf(source, unit)
          if (place !== undefined) return source.attributes.get(item)?.[place] ?? null
        }
        return null
      }),
    )
  }
  return panel
}
