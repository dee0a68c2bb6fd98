import { isDate } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'
import type { FeelValue } from '@nhip/feel/values'
import type { Bracket, DatedValue, Parameter, Reference, ScaleKind } from './model.ts'
import { pathOf } from './read-parameter.ts'
import { step, type YamlFile } from './yaml-file.ts'

type Data = Record<string, unknown>

/** Keys of a parameter node that are no children and no dates. */
const FIELDS = new Set([
  'description',
  'documentation',
  'metadata',
  'reference',
  'unit',
  'values',
  'brackets',
  'type',
  'rate_unit',
  'threshold_unit',
  'amount_unit',
  'label',
  'notes',
])

/** Whether a file of `parameters/` is one of OpenFisca's: it does not say what it is. */
export function isOpenFiscaParameter(yaml: YamlFile): boolean {
  return isData(yaml.data) && !Object.hasOwn(yaml.data, 'nhip')
}

/**
 * Reads a parameter file in OpenFisca's public YAML form: `values` (or bare dates as keys), scales by `brackets`, or a
 * whole tree of parameters in one file. Articles may be missing: the caller lists them once.
 */
export function readOpenFiscaParameters(yaml: YamlFile, problems: Problem[]): Parameter[] {
  const found: Parameter[] = []
  const base = pathOf(yaml.file.replace(/\/index(\.ya?ml)$/, '$1'))
  new TreeReader(yaml, problems, found).node(yaml.data, '', base)
  return found
}

class TreeReader {
  readonly #yaml: YamlFile
  readonly #problems: Problem[]
  readonly #found: Parameter[]

  constructor(yaml: YamlFile, problems: Problem[], found: Parameter[]) {
    this.#yaml = yaml
    this.#problems = problems
    this.#found = found
  }

  node(data: unknown, pointer: string, path: string): void {
    if (!isData(data)) {
      this.#problems.push(
        this.#yaml.problem(pointer, 'schema.type', undefined, {
          vi: `"${path}" không phải là tham số hay thư mục tham số`,
          en: `"${path}" is neither a parameter nor a folder of them`,
        }),
      )
      return
    }
    const keys = Object.keys(data)
    if (data.brackets !== undefined) this.#scale(data, pointer, path)
    else if (data.values !== undefined || keys.some(isDate)) this.#value(data, pointer, path)
    else
      for (const key of keys)
        if (!FIELDS.has(key)) this.node(data[key], pointer + step(key), `${path}.${key}`)
  }

  #common(data: Data, pointer: string, path: string): Omit<Parameter, 'kind' | 'values' | 'brackets'> {
    const title = typeof data.description === 'string' ? data.description : path
    const unit = (data.unit ?? (isData(data.metadata) ? data.metadata.unit : undefined)) as unknown
    return {
      path,
      title: { vi: title, en: title },
      uom: typeof unit === 'string' ? unit : null,
      period: null,
      place: this.#yaml.place(pointer),
    }
  }

  #value(data: Data, pointer: string, path: string): void {
    const reference = referenceOf(data)
    const values =
      data.values === undefined
        ? this.#dated(data, pointer, reference)
        : this.#dated(data.values, `${pointer}/values`, reference)
    this.#found.push({ ...this.#common(data, pointer, path), kind: 'value', values, brackets: [] })
  }

  #scale(data: Data, pointer: string, path: string): void {
    const rows = Array.isArray(data.brackets) ? (data.brackets as unknown[]) : []
    const type = data.type ?? (isData(data.metadata) ? data.metadata.type : undefined)
    const reference = referenceOf(data)
    let kind: ScaleKind = 'marginal-rate'
    const brackets = rows.flatMap((row, i): Bracket[] => {
      if (!isData(row)) return []
      const key = ['amount', 'average_rate', 'rate'].find((name) => row[name] !== undefined) ?? 'rate'
      if (key === 'amount') kind = type === 'single_amount' ? 'single-amount' : 'marginal-amount'
      if (key === 'average_rate') kind = 'average-rate'
      const at = `${pointer}/brackets${step(i)}`
      return [
        {
          threshold: this.#dated(row.threshold, `${at}/threshold`, reference),
          amount: this.#dated(row[key], `${at}/${key}`, reference),
        },
      ]
    })
    this.#found.push({ ...this.#common(data, pointer, path), kind, values: [], brackets })
  }

  /** Values by date: `{2015-01-01: {value: 5}}`, `{2015-01-01: 5}`, also under a key `values`. */
  #dated(data: unknown, pointer: string, outer: Reference | null): DatedValue[] {
    if (!isData(data)) return []
    if (isData(data.values)) return this.#dated(data.values, `${pointer}/values`, referenceOf(data) ?? outer)
    return Object.entries(data).flatMap(([key, item]): DatedValue[] => {
      const at = pointer + step(key)
      if (!isDate(key)) {
        if (!FIELDS.has(key)) {
          this.#problems.push(
            this.#yaml.problem(at, 'date.invalid', key, {
              vi: `"${key}" không phải là một ngày`,
              en: `"${key}" is not a date`,
            }),
          )
        }
        return []
      }
      // `expected` repeats a value that may be out of date; OpenFisca passes over it, and so do we.
      if (item === 'expected' || (isData(item) && item.expected !== undefined)) return []
      const below = isData(item) ? `${at}/value` : at
      return [
        {
          from: key,
          enacted: null,
          value: this.#scalar(isData(item) ? item.value : item, below),
          certainty: null,
          reference: (isData(item) ? referenceOf(item) : null) ?? outer,
          place: this.#yaml.place(at),
        },
      ]
    })
  }

  #scalar(data: unknown, pointer: string): FeelValue {
    if (typeof data === 'number') return this.#yaml.number(pointer)
    if (Array.isArray(data)) return data.map((item, i) => this.#scalar(item, pointer + step(i)))
    return typeof data === 'string' || typeof data === 'boolean' ? data : null
  }
}

/** A reference in any of its forms: text, list, mapping; in the node or its metadata. */
function referenceOf(data: Data): Reference | null {
  const written = data.reference ?? (isData(data.metadata) ? data.metadata.reference : undefined)
  const text = referenceText(written)
  return text === '' ? null : { source: 'OpenFisca', article: text }
}

function referenceText(data: unknown): string {
  if (typeof data === 'string') return data
  if (Array.isArray(data)) return data.map(referenceText).filter(Boolean).join('; ')
  if (!isData(data)) return ''
  const { title, href } = data
  if (typeof title === 'string') return typeof href === 'string' ? `${title} (${href})` : title
  return typeof href === 'string' ? href : Object.values(data).map(referenceText).filter(Boolean).join('; ')
}

function isData(data: unknown): data is Data {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}
