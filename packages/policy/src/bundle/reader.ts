import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Message, Problem } from '@nhip/canonical/problem'
import { type FeelValue, fromData } from '@nhip/feel/values'
import type {
  Certainty,
  DatedValue,
  DecisionCall,
  Formula,
  FormulaText,
  PeriodSize,
  Reference,
  Source,
  Variable,
} from './model.ts'
import { suggestion } from './nearest.ts'
import { step, type YamlFile } from './yaml-file.ts'

type Data = Record<string, unknown>

/** What the values of a file or bracket share when they do not say it themselves. */
export interface Shared {
  readonly enacted: CivilDate | null
  readonly certainty: Certainty | null
  readonly reference: Reference | null
}

export const NOTHING_SHARED: Shared = { enacted: null, certainty: null, reference: null }

/** Turns the data of one YAML file, already held against its schema, into parts of the model. */
export class Reader {
  readonly yaml: YamlFile
  readonly problems: Problem[]
  readonly #sources: ReadonlyMap<string, Source>

  constructor(yaml: YamlFile, sources: ReadonlyMap<string, Source>, problems: Problem[]) {
    this.yaml = yaml
    this.problems = problems
    this.#sources = sources
  }

  report(pointer: string, code: string, value: string | undefined, message: Message, hint?: Message): void {
    this.problems.push(this.yaml.problem(pointer, code, value, message, hint))
  }

  title(data: unknown, otherwise: string): Message {
    if (typeof data === 'string') return { vi: data, en: data }
    const title = data as { vi: string; en?: string } | undefined
    if (!title) return { vi: otherwise, en: otherwise }
    return { vi: title.vi, en: title.en ?? title.vi }
  }

  text(pointer: string, data: unknown): FormulaText {
    return { text: String(data), place: this.yaml.textPlace(pointer) }
  }

  /** A scalar as a FEEL value; numbers from their digits. */
  value(pointer: string, data: unknown): FeelValue {
    if (typeof data === 'number') return this.yaml.number(pointer) ?? fromData(data)
    if (Array.isArray(data)) return data.map((item, i) => this.value(pointer + step(i), item))
    return typeof data === 'string' || typeof data === 'boolean' ? data : null
  }

  reference(pointer: string, data: unknown): Reference | null {
    if (data === undefined || data === null) return null
    const { source, article, quote } = data as { source: string; article: string; quote?: string }
    if (!this.#sources.has(source)) {
      this.report(
        `${pointer}/source`,
        'source.unknown',
        source,
        {
          vi: `không có nguồn "${source}" trong mục sources của policy.yaml`,
          en: `there is no source "${source}" under sources in policy.yaml`,
        },
        suggestion(source, this.#sources.keys()),
      )
    }
    return { source, article, ...(quote === undefined ? {} : { quote }) }
  }

  shared(pointer: string, data: Data, outer: Shared = NOTHING_SHARED): Shared {
    return {
      enacted: (data.enacted as string | undefined) ?? outer.enacted,
      certainty: (data.certainty as Certainty | undefined) ?? outer.certainty,
      reference: this.reference(`${pointer}/reference`, data.reference) ?? outer.reference,
    }
  }

  /** @param numeric why these values must be numbers, as the end of a sentence; undefined where words are right too */
  dated(pointer: string, list: readonly unknown[], shared: Shared, numeric?: Message): DatedValue[] {
    const entries = list.map((item, i) => {
      if (numeric !== undefined)
        this.#demandNumber(`${pointer + step(i)}/value`, (item as Data).value, numeric)
      return this.#datedValue(pointer + step(i), item as Data, shared)
    })
    const seen = new Map<string, number>()
    for (const [i, { from, enacted }] of entries.entries()) {
      const key = `${from}|${enacted ?? ''}`
      if (seen.has(key)) {
        this.report(
          `${pointer + step(i)}/from`,
          'value.overlap',
          from,
          {
            vi: `hai giá trị cùng có hiệu lực từ ${from} và cùng ngày ban hành`,
            en: `two values begin on ${from} and were enacted on the same day`,
          },
          {
            vi: 'văn bản sau sửa văn bản trước thì ghi ngày ban hành riêng (enacted) cho từng giá trị',
            en: 'where a later text corrects an earlier one, give each value its own date of enactment (enacted)',
          },
        )
      }
      seen.set(key, i)
    }
    return entries
  }

  /** What people type first is "18 triệu" or "18.000.000": taken as a word, every formula that reads it would give null. */
  #demandNumber(pointer: string, value: unknown, numeric: Message): void {
    if (typeof value !== 'string' && typeof value !== 'boolean') return
    const text = String(value)
    const [, dotted] = /^(\d{1,3}(?:\.\d{3})+)(?:\s*(?:đồng|đ|VND))?$/.exec(text) ?? []
    const plain = dotted?.replaceAll('.', '')
    this.report(
      pointer,
      'value.type',
      text,
      {
        vi: `"${text}" không phải là một số, mà ${numeric.vi}`,
        en: `"${text}" is not a number, and ${numeric.en}`,
      },
      plain === undefined ? undefined : { vi: `viết liền: ${plain}`, en: `write it without dots: ${plain}` },
    )
  }

  #datedValue(pointer: string, data: Data, outer: Shared): DatedValue {
    const own = this.shared(pointer, data, outer)
    const { value } = data
    const computed = typeof value === 'object' && value !== null && !Array.isArray(value)
    // A null only ends what was there before: it needs no certainty of its own.
    const ends = value === null
    const from = data.from as string
    if (own.reference === null) {
      this.report(
        pointer,
        'reference.missing',
        from,
        {
          vi: `giá trị từ ${from} không ghi căn cứ pháp lý`,
          en: `the value from ${from} names no article of law`,
        },
        {
          vi: 'thêm reference: {source: …, article: "Điều …"}; không rõ điều khoản thì hỏi, không đoán',
          en: 'add reference: {source: …, article: "Điều …"}; never guess an article',
        },
      )
    }
    if (own.certainty === null && !ends) {
      this.report(
        pointer,
        'certainty.missing',
        from,
        {
          vi: `giá trị từ ${from} không ghi mức chắc chắn (certainty)`,
          en: `the value from ${from} does not say how sure it is (certainty)`,
        },
        {
          vi: 'một trong: verbatim, verbatim-ocr, verbatim-earlier, secondary, unsourced',
          en: 'one of: verbatim, verbatim-ocr, verbatim-earlier, secondary, unsourced',
        },
      )
    }
    return {
      from,
      enacted: own.enacted ?? (own.reference && (this.#sources.get(own.reference.source)?.enacted ?? null)),
      value: computed
        ? { feel: this.text(`${pointer}/value/feel`, (value as { feel: string }).feel) }
        : this.value(`${pointer}/value`, value),
      certainty: own.certainty,
      reference: own.reference,
      place: this.yaml.place(pointer),
    }
  }

  variable(pointer: string, name: string, data: Data): Variable {
    const formulas = ((data.formulas ?? []) as Data[]).map((item, i) =>
      this.formula(`${pointer}/formulas${step(i)}`, item, name),
    )
    return {
      name,
      entity: data.entity as string,
      type: data.type as string,
      uom: (data.uom as string | undefined) ?? null,
      scale: (data.scale as number | undefined) ?? null,
      min: this.yaml.number(`${pointer}/min`),
      max: this.yaml.number(`${pointer}/max`),
      nullable: data.nullable === true || data.default === null,
      period: data.period as PeriodSize,
      default: Object.hasOwn(data, 'default') ? this.value(`${pointer}/default`, data.default) : undefined,
      title: this.title(data.title, name),
      formulas,
      approximate: data.approximate === true,
      neutralised: false,
      place: this.yaml.keyPlace(pointer),
    }
  }

  formula(pointer: string, data: Data, variable: string): Formula {
    const reference = this.reference(`${pointer}/reference`, data.reference)
    const basis = data.basis === 'identity' ? ('identity' as const) : null
    if (reference === null && basis === null) {
      this.report(
        pointer,
        'reference.missing',
        variable,
        {
          vi: `công thức của "${variable}" không ghi căn cứ pháp lý`,
          en: `the formula of "${variable}" names no article of law`,
        },
        {
          vi: 'thêm reference: {source: …, article: "Điều …"}, hoặc basis: identity nếu chỉ cộng trừ các kết quả khác',
          en: 'add reference: {source: …, article: "Điều …"}, or basis: identity where it only adds up other results',
        },
      )
    }
    if ((data.feel === undefined) === (data.decision === undefined)) {
      this.report(pointer, 'schema.oneOf', variable, {
        vi: `công thức của "${variable}" cần đúng một trong hai: feel hoặc decision`,
        en: `the formula of "${variable}" wants either feel or decision`,
      })
    }
    return {
      from: (data.from as string | undefined) ?? null,
      to: (data.to as string | undefined) ?? null,
      feel: data.feel === undefined ? null : this.text(`${pointer}/feel`, data.feel),
      decision: data.decision === undefined ? null : this.#decision(pointer, data),
      reference,
      basis,
      certainty: (data.certainty as Certainty | undefined) ?? null,
      place: this.yaml.place(pointer),
    }
  }

  #decision(pointer: string, data: Data): DecisionCall {
    const written = data.decision as string
    const hash = written.indexOf('#')
    const inputs = Object.entries((data.inputs ?? {}) as Data).map(
      ([key, text]) => [key, this.text(`${pointer}/inputs${step(key)}`, text)] as const,
    )
    return {
      file: written.slice(0, hash),
      decision: written.slice(hash + 1),
      inputs: new Map(inputs),
      place: this.yaml.place(`${pointer}/decision`),
    }
  }
}
