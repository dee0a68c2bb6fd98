import type { Catalogue, Entity } from '../../catalogue/catalogue.ts'
import type { SkewLimit } from './clock-skew.ts'
import type { NeighbourLimit } from './neighbours.ts'
import type { TrackLimits } from './track.ts'

/** What the values of one property in one dataset are judged by beyond themselves. */
export interface SeriesLimits extends TrackLimits {
  neighbour?: (NeighbourLimit & { nearest: number; withinMs: number }) | undefined
  clockSkew?: SkewLimit | undefined
}

/** The limits of contracts, as the store asks for them with every commit. */
export interface LimitBook {
  /** Null when the contract asks for nothing that needs other values. */
  of(dataset: string, property: string): SeriesLimits | null
  /** The entities of the same kind that lie nearest. */
  nearest(entity: string, count: number): readonly string[]
}

const nearestByDefault = 8
const withinByDefaultS = 3600

/** Reads contracts once and keeps what it has read until the catalogue changes. */
export function limitBook(
  catalogue: Pick<Catalogue, 'terms' | 'entity' | 'entities'> & { onChange(listener: () => void): unknown },
): LimitBook {
  const limits = new Map<string, Map<string, SeriesLimits | null>>()
  const neighbours = new Map<string, readonly string[]>()
  const placed = new Map<string, Placed[]>()
  catalogue.onChange(() => {
    limits.clear()
    neighbours.clear()
    placed.clear()
  })
  const ofKind = (type: string): Placed[] => {
    let some = placed.get(type)
    if (!some) {
      some = catalogue.entities({ type }).filter(isPlaced)
      placed.set(type, some)
    }
    return some
  }
  return {
    of(dataset, property) {
      let own = limits.get(dataset)
      if (!own) {
        own = new Map()
        limits.set(dataset, own)
      }
      let found = own.get(property)
      if (found === undefined) {
        found = limitsOf(catalogue, dataset, property)
        own.set(property, found)
      }
      return found
    },
    nearest(id, count) {
      const key = `${count} ${id}`
      let found = neighbours.get(key)
      if (!found) {
        const entity = catalogue.entity(id)
        found = entity && isPlaced(entity) ? nearestOf(entity, ofKind(entity.type), count) : []
        neighbours.set(key, found)
      }
      return found
    },
  }
}

function limitsOf(
  catalogue: Pick<Catalogue, 'terms'>,
  dataset: string,
  property: string,
): SeriesLimits | null {
  const { properties, arrival, freshness } = catalogue.terms(dataset)
  const { rate, stuck, neighbour } = properties[property] ?? {}
  const { clockSkew } = arrival
  if (!rate && !stuck && !neighbour && !clockSkew) return null
  const everyS = freshness?.kind === 'interval' ? 2 * freshness.everyS : withinByDefaultS
  return {
    rate,
    stuck,
    clockSkew,
    neighbour: neighbour && {
      ...neighbour,
      nearest: neighbour.nearest ?? nearestByDefault,
      withinMs: (neighbour.withinS ?? everyS) * 1000,
    },
  }
}

type Placed = Entity & { lon: number; lat: number }

function isPlaced(entity: Entity): entity is Placed {
  return entity.lon !== null && entity.lat !== null
}

/** By distance on a plane that touches the earth at the entity: exact enough to tell who is near. */
function nearestOf({ id, lon, lat }: Placed, others: readonly Placed[], count: number): string[] {
  const narrowing = Math.cos((lat * Math.PI) / 180)
  return others
    .filter((other) => other.id !== id)
    .map((other) => ({
      id: other.id,
      distance: ((other.lon - lon) * narrowing) ** 2 + (other.lat - lat) ** 2,
    }))
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, count)
    .map((other) => other.id)
}
