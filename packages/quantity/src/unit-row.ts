/** One line of the table of units: what a person writes down to add a unit. */
export interface UnitRow {
  /** Storage number of the unit; never renumbered or reused. */
  id: number
  /** The text by which the product names the unit in files, the API and the store: short, ASCII where it can be. */
  code: string
  /** A base unit names its dimension; every other unit says what it `is`. */
  base?: string
  /** `1000 m`, `5/9 K`, `ug/m3`: an exact factor and units by code, joined by `.` and `/`, powers as digits. */
  is?: string
  /** Added to the value before the factor is applied: 0 °C is 273.15 K. */
  offset?: string
  /** `interval`: differences mean something, ratios do not (°C). `log`: neither sums nor means of values (dB, pH). */
  scale?: 'interval' | 'log'
  /** Symbol and name in Vietnamese. */
  vi: [symbol: string, name: string]
  /** Symbol and name in English. */
  en: [symbol: string, name: string]
  /** Code in the Unified Code for Units of Measure; in braces where UCUM knows only an annotation. */
  ucum?: string
  /** Code in UN/CEFACT Recommendation 20. */
  rec20?: string
  /** Other ways to write it. */
  also?: string[]
}
