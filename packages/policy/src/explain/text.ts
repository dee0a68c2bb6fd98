import { Num, toText as numberText } from '@nhip/feel/number'
import { type FeelValue, isList, toText } from '@nhip/feel/values'
import type { BundleModel, Reference } from '../bundle/model.ts'
import { valueJson } from '../interpret/answer.ts'
import type { Explanation } from './explain.ts'

type Language = 'vi' | 'en'

const WORDS = {
  vi: {
    input: 'dữ liệu vào',
    default: 'mặc định, không có dữ liệu',
    formula: 'công thức',
    decision: 'bảng quyết định',
    parameter: 'tham số',
    aggregate: 'gộp',
    rule: 'dòng',
    from: 'từ',
    enacted: 'ban hành',
    law: 'căn cứ',
    identity: 'phép tính từ các kết quả bên dưới',
    unverified: 'chưa kiểm chứng',
    again: '(đã giải thích ở trên)',
    threshold: 'phần vượt',
  },
  en: {
    input: 'given',
    default: 'default, nothing was given',
    formula: 'formula',
    decision: 'decision table',
    parameter: 'parameter',
    aggregate: 'taken together',
    rule: 'rule',
    from: 'from',
    enacted: 'enacted',
    law: 'law',
    identity: 'arithmetic of the results below',
    unverified: 'not verified',
    again: '(explained above)',
    threshold: 'what exceeds',
  },
} as const

/** The explanation as an indented text. What has been explained once is only named when it comes again. */
export function explanationText(root: Explanation, model: BundleModel, language: Language): string {
  const lines: string[] = []
  const seen = new Set<string>()
  const write = (node: Explanation, indent: string) => {
    const w = WORDS[language]
    const key = `${node.name} ${node.of} ${node.period}`
    const again = node.children.length > 0 && seen.has(key)
    seen.add(key)
    const who = node.of === null || node.how === 'aggregate' ? node.period : `${node.of}, ${node.period}`
    const mark = node.unverified ? `  [${w.unverified}]` : ''
    const value = `${shown(node.value, language)}${node.uom === null ? '' : ` ${node.uom}`}`
    lines.push(`${indent}${node.label[language]} (${who}) = ${value}${mark}${again ? ` ${w.again}` : ''}`)
    if (again) return
    const below = `${indent}  `
    const detail = (name: string, text: string) => lines.push(`${below}· ${name}: ${text}`)
    const rule = node.rule ? `, ${w.rule} ${node.rule.number}` : ''
    if (node.expression !== null)
      detail(expressionWord(node, language), `${node.expression.replace(/^> /, '')}${rule}`)
    else if (node.how !== 'parameter') lines.push(`${below}· ${w[node.how]}`)
    if (node.parameter !== null) {
      const { path, from, enacted, certainty } = node.parameter
      const dates = `${w.from} ${from}${enacted === null ? '' : `, ${w.enacted} ${enacted}`}`
      detail(w.parameter, `${path}, ${dates}${certainty === null ? '' : `, ${certainty}`}`)
    }
    if (node.reference !== null) detail(w.law, referenceText(node.reference, model, language))
    else if (node.basis === 'identity' && node.how !== 'aggregate') lines.push(`${below}· ${w.identity}`)
    for (const child of node.children) write(child, `${indent}    `)
  }
  write(root, '')
  return `${lines.join('\n')}\n`
}

function expressionWord({ how, expression }: Explanation, language: Language): string {
  const w = WORDS[language]
  if (how !== 'parameter') return w[how]
  return expression?.startsWith('> ') ? w.threshold : w.formula
}

/** "Luật … 41/2024/QH15, Điều 33 khoản 1: «…»". */
export function referenceText(
  { source, article, quote }: Reference,
  model: BundleModel,
  language: Language,
): string {
  const found = model.sources.get(source)
  const name = found ? `${found.title[language]}${found.number === null ? '' : ` ${found.number}`}` : source
  return `${name}, ${article}${quote === undefined ? '' : `: «${quote}»`}`
}

/** Numbers as the language groups them. */
function shown(value: FeelValue, language: Language): string {
  if (isList(value)) return value.map((item) => shown(item, language)).join('; ')
  if (!(value instanceof Num)) return toText(value)
  const [whole = '', decimals] = numberText(value).split('.')
  const [group, point] = language === 'vi' ? ['.', ','] : [',', '.']
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group as string)
  return decimals === undefined ? grouped : `${grouped}${point}${decimals}`
}

/** The explanation as JSON of the form `explanation/1`; numbers with all their digits. */
export function explanationJson(root: Explanation, language: Language): string {
  return `{"nhip":"explanation/1","root":${nodeJson(root, language)}}`
}

function nodeJson(node: Explanation, language: Language): string {
  const { label, name, value, children, ...rest } = node
  const { uom, period, entity, of, how, expression, rule, parameter, reference, basis, unverified } = rest
  const text = (data: unknown) => JSON.stringify(data)
  return [
    `{"label":${text(label[language])}`,
    `"name":${text(name)}`,
    `"value":${valueJson(value)}`,
    `"uom":${text(uom)}`,
    `"period":${text(period)}`,
    `"entity":${text(entity)}`,
    `"of":${text(of)}`,
    `"how":${text(how)}`,
    `"expression":${text(expression)}`,
    `"rule":${text(rule)}`,
    `"parameter":${text(parameter)}`,
    `"reference":${text(reference)}`,
    `"basis":${text(basis)}`,
    ...(unverified ? ['"unverified":true'] : []),
    `"children":[${children.map((child) => nodeJson(child, language)).join(',')}]}`,
  ].join(',')
}
