/** Decision tables in the text of a DMN file: where each cell stands, so that one can be changed and the rest stays as it was. */

export interface TableCell {
  readonly start: number
  readonly end: number
  /** FEEL, as a person writes it: without the escapes of XML. */
  readonly text: string
}

export interface TableRule {
  readonly start: number
  readonly end: number
  readonly inputs: readonly TableCell[]
  readonly outputs: readonly TableCell[]
}

export interface DecisionTableText {
  /** Name of the decision. */
  readonly decision: string
  readonly hitPolicy: string
  readonly inputs: readonly { readonly label: string; readonly expression: string }[]
  readonly outputs: readonly { readonly label: string }[]
  readonly rules: readonly TableRule[]
  readonly start: number
  readonly end: number
}

/** The decision tables of a file, in its order. What is in comments is not seen. */
export function tablesOf(file: string): DecisionTableText[] {
  const text = file.replace(/<!--[\s\S]*?-->/g, (comment) => ' '.repeat(comment.length))
  return elements(text, 'decision').flatMap((decision) =>
    elements(text, 'decisionTable', decision.start, decision.end).map((table) => {
      const name = attribute(decision.open, 'name') ?? attribute(decision.open, 'id') ?? ''
      const within = (tag: string, of: Span) => elements(text, tag, of.start, of.end)
      return {
        decision: name,
        hitPolicy: attribute(table.open, 'hitPolicy') ?? 'UNIQUE',
        inputs: within('input', table).map((input) => {
          const [expression] = within('inputExpression', input)
          const read = expression ? (cellsIn(text, expression)[0]?.text ?? '') : ''
          return { label: attribute(input.open, 'label') ?? read, expression: read }
        }),
        outputs: within('output', table).map((output) => ({
          label: attribute(output.open, 'label') ?? attribute(output.open, 'name') ?? name,
        })),
        rules: within('rule', table).map((rule) => ({
          start: rule.start,
          end: rule.end,
          inputs: within('inputEntry', rule).flatMap((entry) => cellsIn(text, entry)),
          outputs: within('outputEntry', rule).flatMap((entry) => cellsIn(text, entry)),
        })),
        start: table.start,
        end: table.end,
      }
    }),
  )
}

/** The file with another text in one cell. */
export function withTableCell(file: string, { start, end }: TableCell, typed: string): string {
  return file.slice(0, start) + escaped(typed) + file.slice(end)
}

/** The file with a copy of a rule under it; ids stay unique. */
export function withRule(file: string, rule: TableRule): string {
  const ids = new Set([...file.matchAll(/\bid="([^"]*)"/g)].map((match) => match[1]))
  const copy = file.slice(rule.start, rule.end).replace(/\bid="([^"]*)"/g, (_, id: string) => {
    let n = 2
    while (ids.has(`${id}-${n}`)) n++
    ids.add(`${id}-${n}`)
    return `id="${id}-${n}"`
  })
  const indent = file.slice(file.lastIndexOf('\n', rule.start - 1) + 1, rule.start)
  const lead = /^\s*$/.test(indent) ? `\n${indent}` : ''
  return file.slice(0, rule.end) + lead + copy + file.slice(rule.end)
}

/** The file without a rule. A table keeps its last rule. */
export function withoutRule(file: string, table: DecisionTableText, rule: TableRule): string {
  if (table.rules.length < 2) return file
  const line = file.lastIndexOf('\n', rule.start - 1) + 1
  const alone = /^\s*$/.test(file.slice(line, rule.start))
  return file.slice(0, alone ? Math.max(0, line - 1) : rule.start) + file.slice(rule.end)
}

interface Span {
  readonly start: number
  readonly end: number
}

interface ElementText extends Span {
  /** The opening tag. */
  readonly open: string
}

/** Elements of a name that do not lie in one of their own kind, with any prefix, between two offsets. */
function elements(text: string, name: string, from = 0, to = text.length): ElementText[] {
  const found: ElementText[] = []
  const opening = new RegExp(`<((?:[\\w.-]+:)?${name})(?=[\\s/>])[^>]*>`, 'g')
  opening.lastIndex = from
  for (let match = opening.exec(text); match && match.index < to; match = opening.exec(text)) {
    const open = match[0]
    if (open.endsWith('/>')) {
      found.push({ start: match.index, end: match.index + open.length, open })
      continue
    }
    const close = text.indexOf(`</${match[1]}`, match.index)
    if (close < 0 || close > to) break
    const end = text.indexOf('>', close) + 1
    found.push({ start: match.index, end, open })
    opening.lastIndex = end
  }
  return found
}

function cellsIn(text: string, { start, end }: Span): TableCell[] {
  return elements(text, 'text', start, end).flatMap((element) => {
    if (element.open.endsWith('/>')) return []
    const from = element.start + element.open.length
    const to = text.lastIndexOf('</', element.end - 1)
    return [{ start: from, end: to, text: unescaped(text.slice(from, to)) }]
  })
}

function attribute(open: string, name: string): string | null {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(open)
  return found ? unescaped(found[1] ?? found[2] ?? '') : null
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  const section = /^\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*$/.exec(text)
  if (section) return section[1] ?? ''
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return entities[name] ?? whole
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal))
  })
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;'))
}
