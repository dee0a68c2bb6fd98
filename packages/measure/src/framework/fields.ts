import type { Message } from '@nhip/canonical/problem'

/** Reports a problem at a path of the file; the place in lines is looked up by the caller. */
export type FieldReport = (code: string, path: string, value: unknown, vi: string, en: string) => void

/** Reads one mapping of a framework file key by key, and names the keys that nobody asked for. */
export class Fields {
  readonly path: string
  readonly raw: Record<string, unknown>
  private readonly asked = new Set<string>()
  private readonly report: FieldReport

  constructor(raw: Record<string, unknown>, path: string, report: FieldReport) {
    this.raw = raw
    this.path = path
    this.report = report
  }

  has(key: string): boolean {
    this.asked.add(key)
    return this.raw[key] !== undefined && this.raw[key] !== null
  }

  any(key: string): unknown {
    this.asked.add(key)
    return this.raw[key] ?? undefined
  }

  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`
  }

  wrong(key: string, vi: string, en: string): void {
    this.problem('schema', key, this.raw[key], vi, en)
  }

  problem(code: string, key: string, value: unknown, vi: string, en: string): void {
    this.report(code, this.at(key), value, vi, en)
  }

  /** Codes, versions and the like; a bare number counts as its text. */
  text(key: string): string | null {
    const value = this.any(key)
    if (value === undefined) return null
    if (typeof value === 'string' || typeof value === 'number') return String(value).normalize('NFC')
    this.wrong(key, `"${key}" phải là văn bản`, `"${key}" must be a text`)
    return null
  }

  number(key: string): number | null {
    const value = this.any(key)
    if (value === undefined) return null
    if (typeof value === 'number' && Number.isFinite(value)) return value
    this.wrong(key, `"${key}" phải là số`, `"${key}" must be a number`)
    return null
  }

  flag(key: string, byDefault: boolean): boolean {
    const value = this.any(key)
    if (value === undefined) return byDefault
    if (typeof value === 'boolean') return value
    this.wrong(key, `"${key}" phải là true hoặc false`, `"${key}" must be true or false`)
    return byDefault
  }

  oneOf<T extends string>(key: string, choices: readonly T[], byDefault: T): T {
    const value = this.any(key)
    if (value === undefined) return byDefault
    if ((choices as readonly unknown[]).includes(value)) return value as T
    const list = choices.join(', ')
    this.wrong(key, `"${key}" là một trong: ${list}`, `"${key}" is one of: ${list}`)
    return byDefault
  }

  /** A list of texts; a single text is a list of one. */
  texts(key: string): string[] {
    const value = this.any(key)
    if (value === undefined) return []
    const list = Array.isArray(value) ? value : [value]
    if (list.every((x) => typeof x === 'string' || typeof x === 'number'))
      return list.map((x) => String(x).normalize('NFC'))
    this.wrong(key, `"${key}" phải là danh sách văn bản`, `"${key}" must be a list of texts`)
    return []
  }

  pair(key: string): [number, number] | null {
    const value = this.any(key)
    if (value === undefined) return null
    if (
      Array.isArray(value) &&
      value.length === 2 &&
      value.every((x) => typeof x === 'number' && Number.isFinite(x))
    ) {
      return [value[0], value[1]]
    }
    this.wrong(key, `"${key}" phải là hai số [a, b]`, `"${key}" must be two numbers [a, b]`)
    return null
  }

  /** `{vi, en}`, or one text for both languages. */
  words(key: string): Message | null {
    const value = this.any(key)
    if (value === undefined) return null
    if (typeof value === 'string') return { vi: value, en: value }
    if (isMapping(value)) {
      const { vi, en } = value
      if (typeof vi === 'string' || typeof en === 'string') {
        return { vi: String(vi ?? en), en: String(en ?? vi) }
      }
    }
    this.wrong(key, `"${key}" phải có dạng {vi, en}`, `"${key}" must be {vi, en}`)
    return null
  }

  mapping(key: string): Fields | null {
    const value = this.any(key)
    if (value === undefined) return null
    if (isMapping(value)) return new Fields(value, this.at(key), this.report)
    this.wrong(key, `"${key}" phải là một bảng khóa: giá trị`, `"${key}" must be a mapping`)
    return null
  }

  /** Reads another mapping with the same reporter. */
  inner(raw: Record<string, unknown>, path: string): Fields {
    return new Fields(raw, path, this.report)
  }

  /** Reports every key that was never asked for. */
  finish(): void {
    for (const key of Object.keys(this.raw)) {
      if (this.asked.has(key)) continue
      const known = [...this.asked].sort().join(', ')
      this.wrong(
        key,
        `Không có khóa "${key}"; các khóa là: ${known}`,
        `There is no key "${key}"; the keys are: ${known}`,
      )
    }
  }
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
