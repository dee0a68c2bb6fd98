import type { PropertyItem } from '@nhip/node/catalogue/contract'
import { type Method, methods } from './classes.ts'

export const levels = ['province', 'commune'] as const
export const shareBases = ['equal', 'area', 'population'] as const

/** What the map page shows, read from its address. Unknown values fall back to the usual ones. */
export interface MapView {
  property: string | null
  dataset: string | null
  period: string | null
  breakdown: string | null
  /** `as_then`, `as_now`, or a civil day. */
  view: string
  level: (typeof levels)[number]
  shares: (typeof shareBases)[number] | null
  method: Method
  classes: number
  unit: string | null
}

/** Reads the view from the address. */
export function mapView(address: URLSearchParams): MapView {
  const view = address.get('view') ?? 'as_now'
  const k = Number(address.get('k') ?? 5)
  return {
    property: address.get('property'),
    dataset: address.get('dataset'),
    period: address.get('period'),
    breakdown: address.get('breakdown'),
    view: /^(as_then|as_now|\d{4}-\d{2}-\d{2})$/.test(view) ? view : 'as_now',
    level: pick(levels, address.get('level')) ?? 'province',
    shares: pick(shareBases, address.get('shares')),
    method: pick(methods, address.get('classes')) ?? 'quantile',
    classes: Number.isInteger(k) && k >= 3 && k <= 5 ? k : 5,
    unit: address.get('unit'),
  }
}

function pick<T extends string>(from: readonly T[], value: string | null): T | null {
  return from.find((one) => one === value) ?? null
}

/** The box around points, a little wider; null when there are none. West, south, east, north. */
export function boxOf(
  points: readonly { lon?: number; lat?: number }[],
): [number, number, number, number] | null {
  const lons = points.flatMap((p) => (p.lon === undefined ? [] : [p.lon]))
  const lats = points.flatMap((p) => (p.lat === undefined ? [] : [p.lat]))
  if (lons.length === 0 || lats.length === 0) return null
  const wide = Math.max(0.02, (Math.max(...lons) - Math.min(...lons)) * 0.1)
  const high = Math.max(0.02, (Math.max(...lats) - Math.min(...lats)) * 0.1)
  return [
    Math.min(...lons) - wide,
    Math.min(...lats) - high,
    Math.max(...lons) + wide,
    Math.max(...lats) + high,
  ]
}

/** Whether values of the property belong to administrative units, and so can be drawn as areas. */
export function isOfUnits(property: PropertyItem | undefined): boolean {
  return property?.entityType === 'unit'
}
