import canonicalize from 'canonicalize'
import type { Message, Problem } from './problem.ts'

/** Why a value has no canonical form. */
export type NotCanonicalCode =
  | 'undefined'
  | 'not-finite'
  | 'lone-surrogate'
  | 'bigint'
  | 'function'
  | 'symbol'
  | 'cycle'
  | 'not-plain'
  | 'sparse-array'
  | 'too-deep'

const REASONS: Record<NotCanonicalCode, Message> = {
  undefined: {
    vi: 'giá trị không xác định (undefined) không có trong JSON',
    en: 'undefined does not exist in JSON',
  },
  'not-finite': { vi: 'NaN và vô cực không có trong JSON', en: 'NaN and infinity do not exist in JSON' },
  'lone-surrogate': {
    vi: 'chuỗi chứa nửa cặp mã thay thế, không phải văn bản Unicode hợp lệ',
    en: 'the text holds half of a surrogate pair and is not valid Unicode',
  },
  bigint: {
    vi: 'số nguyên lớn (BigInt) không có trong JSON; hãy ghi thành chuỗi chữ số',
    en: 'a BigInt does not exist in JSON; write it as a string of digits',
  },
  function: { vi: 'hàm không phải là dữ liệu', en: 'a function is not data' },
  symbol: { vi: 'ký hiệu (Symbol) không phải là dữ liệu', en: 'a symbol is not data' },
  cycle: { vi: 'giá trị chứa chính nó', en: 'the value contains itself' },
  'not-plain': {
    vi: 'chỉ nhận đối tượng và mảng thuần; ngày giờ, Map, Set, bộ đệm phải được đổi thành văn bản trước',
    en: 'only plain objects and arrays are accepted; turn dates, maps, sets and buffers into text first',
  },
  'sparse-array': { vi: 'mảng có ô trống', en: 'the array has holes' },
  'too-deep': { vi: 'lồng nhau quá 512 tầng', en: 'nested deeper than 512 levels' },
}

const MAX_DEPTH = 512

/** A value that RFC 8785 cannot write, with the JSON Pointer of the place. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical'
  readonly code: NotCanonicalCode
  /** JSON Pointer (RFC 6901) of the offending place; empty for the value itself. */
  readonly path: string

  constructor(code: NotCanonicalCode, path: string) {
    super(`${REASONS[code].en} (at ${path === '' ? 'the value itself' : path})`)
    this.code = code
    this.path = path
  }

  /** The same finding in the shape that doors show to people. */
  get problem(): Problem {
    return { severity: 'error', code: `canonical-${this.code}`, path: this.path, message: REASONS[this.code] }
  }
}

function pointer(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function isWellFormed(text: string): boolean {
  // String.prototype.isWellFormed exists from Node 20 but is missing from the ES2023 library types.
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text)
}

function guard(value: unknown, path: string, open: Set<object>): void {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw new NotCanonical('lone-surrogate', path)
      return
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical('not-finite', path)
      return
    case 'boolean':
      return
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      throw new NotCanonical(typeof value as 'undefined' | 'bigint' | 'function' | 'symbol', path)
    case 'object':
      if (value !== null) guardObject(value, path, open)
  }
}

function guardObject(value: object, path: string, open: Set<object>): void {
  if (open.has(value)) throw new NotCanonical('cycle', path)
  if (open.size >= MAX_DEPTH) throw new NotCanonical('too-deep', path)
  open.add(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (!(i in value)) throw new NotCanonical('sparse-array', pointer(path, i))
      guard(value[i], pointer(path, i), open)
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value)
    const plain = prototype === Object.prototype || prototype === null
    // A toJSON method would replace the value behind the guard's back.
    if (!plain || Object.getOwnPropertySymbols(value).length > 0) throw new NotCanonical('not-plain', path)
    for (const [key, item] of Object.entries(value)) {
      const place = pointer(path, key)
      if (!isWellFormed(key)) throw new NotCanonical('lone-surrogate', place)
      guard(item, place, open)
    }
  }
  open.delete(value)
}

/**
 * The canonical JSON text of a value by RFC 8785 (JCS): keys sorted by UTF-16 code units, numbers as ECMAScript
 * writes them, no white space. Two values that are equal as JSON give the same text on every computer.
 *
 * Unlike `JSON.stringify` nothing is dropped or replaced in silence: `undefined`, NaN, infinities, lone
 * surrogates, BigInt, functions, symbols, cycles, holes in arrays and objects that are not plain are refused.
 *
 * @throws {NotCanonical} with the JSON Pointer of the first offending place.
 */
export function canonicalJson(value: unknown): string {
  guard(value, '', new Set())
  return canonicalize(value) as string
}

/** The UTF-8 bytes of {@link canonicalJson}: what is hashed and signed. */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value))
}
