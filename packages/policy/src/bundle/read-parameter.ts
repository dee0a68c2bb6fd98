import type { Message, Problem } from '@nhip/canonical/problem'
import { isUom, uom } from '@nhip/quantity/uom-text'
import { checkSchema, type Schema } from './check-schema.ts'
import { parameterSchema } from './contract.ts'
import type { Bracket, Parameter, PeriodSize, ScaleKind, Source } from './model.ts'
import { IN_SCALE_REASON, unitReason } from './numeric.ts'
import { Reader, type Shared } from './reader.ts'
import { step, type YamlFile } from './yaml-file.ts'

type Data = Record<string, unknown>

const AMOUNT_KEY: Readonly<Record<ScaleKind, 'rate' | 'amount' | 'average_rate'>> = {
  'marginal-rate': 'rate',
  'marginal-amount': 'amount',
  'single-amount': 'amount',
  'average-rate': 'average_rate',
}

/** The dotted path of a parameter file: `parameters/tax/scale.yaml` is `tax.scale`. */
export function pathOf(file: string): string {
  return file
    .replace(/^parameters\//, '')
    .replace(/\.ya?ml$/, '')
    .replaceAll('/', '.')
}

/** Reads one file of `parameters/`. */
export function readParameter(
  yaml: YamlFile,
  sources: ReadonlyMap<string, Source>,
  problems: Problem[],
): Parameter | undefined {
  const misfits = checkSchema(yaml, parameterSchema as unknown as Schema)
  problems.push(...misfits)
  if (misfits.some(({ code }) => code !== 'schema.additionalProperties')) return undefined
  const data = yaml.data as Data
  const reader = new Reader(yaml, sources, problems)
  const shared = reader.shared('', data)
  const kind = (data.kind as ScaleKind | undefined) ?? 'value'
  const unit = data.uom as string | undefined
  if (unit !== undefined) {
    const found = uom(unit)
    if (!isUom(found)) problems.push(yaml.problem('/uom', 'uom.unknown', unit, found.message, found.hint))
  }
  const wanted = kind === 'value' ? 'values' : 'brackets'
  const other = kind === 'value' ? 'brackets' : 'values'
  if (data[wanted] === undefined || data[other] !== undefined) {
    reader.report('', 'schema.required', wanted, {
      vi: kind === 'value' ? 'tham số cần khóa values (biểu thì ghi kind)' : `biểu ${kind} cần khóa brackets`,
      en:
        kind === 'value'
          ? 'a parameter has values (a scale says its kind)'
          : `a scale of kind ${kind} has brackets`,
    })
  }
  return {
    path: pathOf(yaml.file),
    title: reader.title(data.title, pathOf(yaml.file)),
    uom: unit ?? null,
    period: (data.period as PeriodSize | undefined) ?? null,
    kind,
    values:
      kind === 'value'
        ? reader.dated(
            '/values',
            (data.values ?? []) as unknown[],
            shared,
            unit === undefined ? undefined : unitReason(unit),
          )
        : [],
    brackets:
      kind === 'value'
        ? []
        : ((data.brackets ?? []) as Data[]).map((item, i) =>
            readBracket(reader, `/brackets${step(i)}`, item, kind, shared),
          ),
    place: yaml.place(''),
  }
}

/** One bracket of a scale; its amounts stand under the key of the scale's kind. */
export function readBracket(
  reader: Reader,
  pointer: string,
  data: Data,
  kind: ScaleKind,
  outer: Shared,
): Bracket {
  const shared = reader.shared(pointer, data, outer)
  const key = AMOUNT_KEY[kind]
  if (data[key] === undefined) {
    reader.report(pointer, 'schema.required', key, {
      vi: `bậc của biểu ${kind} cần khóa "${key}"`,
      en: `a bracket of kind ${kind} lacks the key "${key}"`,
    })
  }
  return {
    threshold: reader.dated(`${pointer}/threshold`, data.threshold as unknown[], shared, IN_SCALE_REASON),
    amount: reader.dated(`${pointer}/${key}`, (data[key] ?? []) as unknown[], shared, IN_SCALE_REASON),
  }
}

/** The title of a folder of parameters, from its `index.yaml`. */
export function readFolder(yaml: YamlFile): Message | undefined {
  const title = (yaml.data as Data | null)?.title
  if (typeof title === 'string') return { vi: title, en: title }
  const { vi, en } = (title ?? {}) as Partial<Message>
  return vi === undefined ? undefined : { vi, en: en ?? vi }
}
