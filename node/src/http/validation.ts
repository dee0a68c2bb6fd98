import type { Problem } from '@nhip/canonical/problem'
import type { ErrorObject, ValidateFunction } from 'ajv'
import ajvModule from 'ajv/dist/2020.js'
import formatsModule from 'ajv-formats'
import { message } from './language.ts'

// Both packages are CommonJS with a default export, which Node and the type checker see differently.
const Ajv2020 = ajvModule.default ?? ajvModule
const addFormats = formatsModule.default ?? formatsModule

function checker(coerceTypes: boolean | 'array') {
  // The schemas are our own: checking them against the schema of schemas would cost every start a tenth of a second.
  const ajv = new Ajv2020({
    coerceTypes,
    useDefaults: true,
    allErrors: true,
    strict: false,
    validateSchema: false,
  })
  addFormats(ajv)
  return ajv
}

// A query string has only text, so `limit=5` must become a number; in JSON "5" is a mistake that nobody should hide.
const strict = checker(false)
const coercing = checker('array')

/** Whether a value fits a schema; after a no, `errors` says why. */
export interface Check {
  (value: unknown): boolean
  errors?: ErrorObject[] | null
}

/** A check of a value against a schema, compiled when it is first asked: a start does not wait for a hundred of them. */
export function compile(schema: object, from: 'body' | 'query'): Check {
  let validate: ValidateFunction | undefined
  const check: Check = (value) => {
    validate ??= (from === 'body' ? strict : coercing).compile(schema)
    const fits = validate(value)
    check.errors = validate.errors
    return fits
  }
  return check
}

/** At most this many problems in one answer. */
const most = 100

/** What ajv found, in the one problem shape, each with its JSON Pointer. */
export function problemsOf(errors: readonly ErrorObject[] | null | undefined, root = ''): Problem[] {
  const found: Problem[] = []
  for (const error of errors ?? []) {
    // The branches of a union repeat what the union itself already says.
    if (error.keyword === 'if') continue
    const extra = place(error)
    const path = `${root}${error.instancePath}${extra}`
    const { key, params } = describe(error)
    found.push({
      severity: 'error',
      code: key.slice('invalid.'.length),
      path: path === '' ? '/' : path,
      message: message(key, { ...params, path: path === '' ? '/' : path }),
    })
    if (found.length === most) break
  }
  return found
}

function place({ keyword, params }: ErrorObject): string {
  if (keyword === 'required') return `/${params.missingProperty}`
  if (keyword === 'additionalProperties') return `/${params.additionalProperty}`
  return ''
}

function describe(error: ErrorObject): { key: string; params: Record<string, string | number> } {
  const { keyword, params } = error
  switch (keyword) {
    case 'required':
      return { key: 'invalid.required', params: {} }
    case 'additionalProperties':
      return { key: 'invalid.unknown-field', params: { name: params.additionalProperty } }
    case 'type':
      return { key: 'invalid.type', params: { expected: String(params.type) } }
    case 'enum':
      return { key: 'invalid.choice', params: { allowed: params.allowedValues.join(', ') } }
    case 'format':
      return { key: 'invalid.format', params: { format: params.format } }
    case 'pattern':
      return { key: 'invalid.pattern', params: { pattern: params.pattern } }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return { key: 'invalid.limit', params: { rule: `${params.comparison} ${params.limit}` } }
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
      return {
        key: 'invalid.size',
        params: { rule: `${keyword.startsWith('min') ? '≥' : '≤'} ${params.limit}` },
      }
    default:
      return { key: 'invalid.rule', params: { rule: keyword } }
  }
}
