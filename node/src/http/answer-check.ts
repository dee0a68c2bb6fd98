import type { ValidateFunction } from 'ajv'
import ajvModule from 'ajv/dist/2020.js'
import formatsModule from 'ajv-formats'

// Both packages are CommonJS with a default export, which Node and the type checker see differently.
const Ajv2020 = ajvModule.default ?? ajvModule
const addFormats = formatsModule.default ?? formatsModule

/** An answer as it goes out. */
export interface SentAnswer {
  method: string
  /** The declared path, with `{name}` for parameters. */
  path: string
  status: number
  /** With parameters, as in the header; undefined when there is no body. */
  type: string | undefined
  /** The body when it is text in memory; streams are not looked into. */
  body: string | undefined
}

type Operations = Record<string, Record<string, { responses: Record<string, { content?: object }> }>>

/**
 * Checks answers against the API document as it is served: what other programs are told, not what this one was written
 * with. Compiled from the text of the document alone.
 *
 * @returns what is wrong with an answer, nothing when it is as the document says
 */
export function answerCheck(document: string): (answer: SentAnswer) => string[] {
  const parsed = JSON.parse(document) as { paths: Operations }
  const ajv = new Ajv2020({ strict: false, validateSchema: false })
  addFormats(ajv)
  const checks = new Map<string, ValidateFunction>()
  ajv.addSchema(parsed, 'openapi', false, false)
  return ({ method, path, status, type, body }) => {
    const responses = parsed.paths[path]?.[method.toLowerCase()]?.responses
    if (!responses) return [`${method} ${path} is not in the document`]
    const declared = String(status) in responses ? String(status) : `${Math.floor(status / 100)}XX`
    if (!(declared in responses)) return [`${method} ${path} may not answer ${status}`]
    const content = responses[declared]?.content
    if (body === undefined || body === '') return []
    const media = type?.split(';')[0]?.trim() ?? ''
    const known = Object.keys(content ?? {}).find((one) => one.split(';')[0]?.trim() === media)
    if (known === undefined) return [`${method} ${path} ${status} may not be ${media || 'a body'}`]
    if (!/[/+]json$/.test(media)) return []
    const place = ['paths', path, method.toLowerCase(), 'responses', declared, 'content', known, 'schema']
    const $ref = `openapi#/${place.map(pointer).join('/')}`
    const validate = checks.get($ref) ?? ajv.compile({ $ref })
    checks.set($ref, validate)
    if (validate(JSON.parse(body))) return []
    return (validate.errors ?? []).slice(0, 5).map((error) => `${error.instancePath} ${error.message}`)
  }
}

/** A step of a JSON Pointer inside the fragment of an address. */
function pointer(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
}
