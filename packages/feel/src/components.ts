import { int } from './number.ts'
import { ANY, BOOLEAN, DATE, DAYS_TIME, type FeelType, listOf, NUMBER, STRING, TIME } from './types.ts'

const properties = (entries: Record<string, FeelType>) => new Map(Object.entries(entries))

/** Whole numbers, where they have them within bounds. */
const WHOLE: FeelType = { ...NUMBER, scale: 0 }
const whole = (min: number, max: number): FeelType => ({ ...WHOLE, min: int(min), max: int(max) })

const DATE_PROPERTIES = { year: WHOLE, month: whole(1, 12), day: whole(1, 31), weekday: whole(1, 7) }
const TIME_PROPERTIES = {
  hour: whole(0, 23),
  minute: whole(0, 59),
  second: whole(0, 59),
  'time offset': DAYS_TIME,
  timezone: STRING,
}

/** The properties of built-in types (DMN 1.5, properties of temporal values and ranges). */
const BUILT_IN: Partial<Record<FeelType['kind'], ReadonlyMap<string, FeelType>>> = {
  date: properties(DATE_PROPERTIES),
  time: properties(TIME_PROPERTIES),
  'date and time': properties({ ...DATE_PROPERTIES, ...TIME_PROPERTIES, date: DATE, time: TIME }),
  'days and time duration': properties({
    days: WHOLE,
    hours: whole(-23, 23),
    minutes: whole(-59, 59),
    seconds: whole(-59, 59),
  }),
  'years and months duration': properties({ years: WHOLE, months: whole(-11, 11) }),
}

/** The components a path may name on a value of this type; on a list, those of its items. Null when not known. */
export function componentsOf(type: FeelType): ReadonlyMap<string, FeelType> | null {
  switch (type.kind) {
    case 'context':
      return type.members
    case 'list':
      return componentsOf(type.item)
    case 'range':
      return properties({
        start: type.item,
        end: type.item,
        'start included': BOOLEAN,
        'end included': BOOLEAN,
      })
    default:
      return BUILT_IN[type.kind] ?? null
  }
}

/** The type of `source.name`; Any when it cannot be known. */
export function componentType(source: FeelType, name: string): FeelType {
  if (source.kind === 'list') {
    const item = componentType(source.item, name)
    return item.kind === 'Any' ? ANY : listOf(item)
  }
  return componentsOf(source)?.get(name) ?? ANY
}
