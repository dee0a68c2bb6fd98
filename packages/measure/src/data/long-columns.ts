/** Columns of the long table of data, in the order they are written. */
export const longColumns = [
  'unit',
  'item',
  'value',
  'period',
  'numerator',
  'denominator',
  'breakdown',
  'published',
  'se',
  'status',
] as const

export type LongColumn = (typeof longColumns)[number]
