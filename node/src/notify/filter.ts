import type { About, LiveEvent } from './live-event.ts'

/** What a stream asks for. Null means no restriction. */
export interface Filter {
  topics: ReadonlySet<string>
  datasets: ReadonlySet<string> | null
  entities: ReadonlySet<string> | null
  properties: ReadonlySet<string> | null
  /** Units with everything below them. */
  units: ReadonlySet<string> | null
}

/** A restriction holds for the events that have such a side; work of the system passes a filter by property. */
export function matches(filter: Filter, { topic, about }: LiveEvent): boolean {
  return (
    filter.topics.has(topic) &&
    passes(filter.datasets, about.dataset) &&
    passes(filter.entities, about.entity) &&
    passes(filter.properties, about.property) &&
    passes(filter.units, about.unit)
  )
}

function passes(wanted: ReadonlySet<string> | null, value: About['unit']): boolean {
  return wanted === null || value === undefined || (value !== null && wanted.has(value))
}

/** The same text for the same filter: streams with equal filters are served together. */
export function filterKey({ topics, datasets, entities, properties, units }: Filter): string {
  return [topics, datasets, entities, properties, units]
    .map((set) => (set === null ? '*' : JSON.stringify([...set].sort())))
    .join(' ')
}
