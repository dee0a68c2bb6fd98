import type { Problem } from '@nhip/canonical/problem'
import { SaxesParser } from 'saxes'

/** An element of an XML document, without prefixes, with the place where it begins. */
export interface Element {
  name: string
  namespace: string
  /** Attributes by local name; those of a namespace also as `{namespace}local`. */
  attributes: ReadonlyMap<string, string>
  children: Element[]
  /** Character data directly inside, CDATA included. */
  text: string
  line: number
  column: number
}

/** Largest nesting that is read: a deeper document is a problem, never a crash. */
const MAX_DEPTH = 200
const MAX_LENGTH = 20_000_000

/**
 * Reads an XML document. Document types and entity declarations are refused: they have no use in a model and much
 * use in an attack.
 */
export function readXml(text: string, file?: string): { root?: Element; problems: Problem[] } {
  const problems: Problem[] = []
  const at = (line: number, column: number) => ({ ...(file === undefined ? {} : { file }), line, column })
  if (text.length > MAX_LENGTH) {
    const message = {
      vi: `Tệp dài hơn ${MAX_LENGTH} ký tự.`,
      en: `The file is longer than ${MAX_LENGTH} characters.`,
    }
    return { problems: [{ severity: 'error', code: 'xml.size', ...at(1, 1), message }] }
  }
  const parser = new SaxesParser({ xmlns: true })
  const stack: Element[] = []
  let root: Element | undefined
  let stopped = false
  const stop = (code: string, vi: string, en: string) => {
    if (!stopped)
      problems.push({ severity: 'error', code, ...at(parser.line, parser.column), message: { vi, en } })
    stopped = true
  }
  parser.on('error', (error) => {
    const why = error.message.replace(/^[^:]*:\d+:\d+: /, '')
    stop('xml.syntax', `XML sai cú pháp: ${why}`, `The XML is not well-formed: ${why}`)
  })
  parser.on('doctype', () => {
    stop('xml.doctype', 'Không chấp nhận khai báo DOCTYPE.', 'A DOCTYPE declaration is not accepted.')
  })
  parser.on('opentag', (tag) => {
    if (stopped) return
    const attributes = new Map<string, string>()
    for (const { local, uri, value } of Object.values(tag.attributes)) {
      if (uri === 'http://www.w3.org/2000/xmlns/') continue
      if (uri) attributes.set(`{${uri}}${local}`, value)
      if (!attributes.has(local)) attributes.set(local, value)
    }
    const element: Element = {
      name: tag.local,
      namespace: tag.uri,
      attributes,
      children: [],
      text: '',
      line: parser.line,
      column: Math.max(1, parser.column),
    }
    const parent = stack.at(-1)
    if (parent) parent.children.push(element)
    else root = element
    stack.push(element)
    if (stack.length > MAX_DEPTH) {
      stop('xml.depth', `Lồng nhau quá ${MAX_DEPTH} tầng.`, `Nested deeper than ${MAX_DEPTH} levels.`)
    }
  })
  parser.on('closetag', () => {
    stack.pop()
  })
  const characters = (data: string) => {
    const element = stack.at(-1)
    if (element) element.text += data
  }
  parser.on('text', characters)
  parser.on('cdata', characters)
  // In pieces, so that a refused document is not read to its end.
  for (let i = 0; i < text.length && !stopped; i += 65_536) parser.write(text.slice(i, i + 65_536))
  if (!stopped) parser.close()
  return stopped || !root ? { problems } : { root, problems }
}

/** The first child of that name. */
export function child(element: Element, name: string): Element | undefined {
  return element.children.find((item) => item.name === name)
}

export function childrenNamed(element: Element, name: string): Element[] {
  return element.children.filter((item) => item.name === name)
}
