import { makeFunction } from '@nhip/feel/function'
import { fromDouble, Num, toText as numberText, parseNumber } from '@nhip/feel/number'
import type { Runtime } from '@nhip/feel/runtime'
import { ANY, type FeelType, NUMBER, STRING } from '@nhip/feel/types'
import { Context, type FeelValue, type Func, isList } from '@nhip/feel/values'

/**
 * The closed table of `java.lang` methods that DMN models in use call through `external`. There is no Java here: a
 * method that is not in the table, or called with a signature that is not exactly its own, is no function.
 */
const METHODS: Record<
  string,
  { parameters: FeelType[]; call: (args: readonly FeelValue[], runtime: Runtime) => FeelValue }
> = {
  'java.lang.Math.cos(double)': numeric(Math.cos, 1, 'double'),
  'java.lang.Math.sin(double)': numeric(Math.sin, 1, 'double'),
  'java.lang.Math.tan(double)': numeric(Math.tan, 1, 'double'),
  'java.lang.Math.abs(double)': numeric(Math.abs, 1, 'double'),
  'java.lang.Math.max(double,double)': numeric(Math.max, 2, 'double'),
  'java.lang.Math.min(double,double)': numeric(Math.min, 2, 'double'),
  'java.lang.Math.max(float,float)': numeric(Math.max, 2, 'float'),
  'java.lang.Math.max(long,long)': numeric(Math.max, 2, 'long'),
  'java.lang.Math.max(int,int)': numeric(Math.max, 2, 'int'),
  'java.lang.Math.min(long,long)': numeric(Math.min, 2, 'long'),
  'java.lang.Math.min(int,int)': numeric(Math.min, 2, 'int'),
  'java.lang.Integer.valueOf(java.lang.String)': parsed(/^[+-]?\d+$/, 'int'),
  'java.lang.Long.valueOf(java.lang.String)': parsed(/^[+-]?\d+$/, 'long'),
  'java.lang.Float.valueOf(java.lang.String)': parsed(/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'float'),
  'java.lang.Double.valueOf(java.lang.String)': parsed(/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'double'),
  'java.lang.Short.valueOf(short)': numeric((x) => x, 1, 'short'),
  'java.lang.Byte.valueOf(byte)': numeric((x) => x, 1, 'byte'),
  'java.lang.Integer.valueOf(int)': numeric((x) => x, 1, 'int'),
  'java.lang.String.valueOf(char)': {
    parameters: [STRING],
    call: ([text], runtime) =>
      typeof text === 'string' && text.length === 1 ? text : bad(runtime, 'String.valueOf(char)'),
  },
  'java.lang.String.valueOf(double)': {
    parameters: [NUMBER],
    call: ([n]) => (n instanceof Num ? javaDouble(n) : null),
  },
  'java.lang.String.format(java.lang.String,[Ljava.lang.Object;)': {
    parameters: [STRING, ANY],
    call: format,
  },
}

type JavaNumber = 'byte' | 'short' | 'int' | 'long' | 'float' | 'double'

const RANGES: Partial<Record<JavaNumber, bigint>> = {
  byte: 1n << 7n,
  short: 1n << 15n,
  int: 1n << 31n,
  long: 1n << 63n,
}

/** Whether a number can be passed as that Java type: whole and within bounds for the whole types. */
function accepts(type: JavaNumber, n: Num): boolean {
  const limit = RANGES[type]
  if (limit === undefined)
    return Number.isFinite(type === 'float' ? Math.fround(Number(numberText(n))) : Number(numberText(n)))
  const text = numberText(n)
  if (!/^-?\d+$/.test(text)) return false
  const whole = BigInt(text)
  return whole >= -limit && whole < limit
}

function numeric(compute: (...args: number[]) => number, arity: number, type: JavaNumber) {
  return {
    parameters: Array.from({ length: arity }, () => NUMBER as FeelType),
    call: (args: readonly FeelValue[], runtime: Runtime): FeelValue => {
      const numbers: number[] = []
      for (const arg of args) {
        if (!(arg instanceof Num) || !accepts(type, arg)) return bad(runtime, type)
        numbers.push(Number(numberText(arg)))
      }
      return fromDouble(compute(...numbers))
    },
  }
}

function parsed(form: RegExp, type: JavaNumber) {
  return {
    parameters: [STRING as FeelType],
    call: ([text]: readonly FeelValue[], runtime: Runtime): FeelValue => {
      const n = typeof text === 'string' && form.test(text) ? parseNumber(text.replace(/^\+/, '')) : null
      return n && accepts(type, n) ? n : bad(runtime, type)
    },
  }
}

function javaDouble(n: Num): string {
  const text = numberText(n)
  return /[.eE]/.test(text) ? text : `${text}.0`
}

/** `%s`, `%d`, `%.nf` and `%%` of `String.format`; more is not in use. */
function format([pattern, given]: readonly FeelValue[], runtime: Runtime): FeelValue {
  if (typeof pattern !== 'string') return bad(runtime, 'String.format')
  const values = isList(given ?? null) ? [...(given as readonly FeelValue[])] : [given ?? null]
  let failed = false
  const text = pattern.replace(/%(%|s|d|(?:\.(\d{1,2}))?f)/g, (_, kind: string, digits?: string) => {
    if (kind === '%') return '%'
    const value = values.shift() ?? null
    if (kind === 's') return value instanceof Num ? javaDouble(value) : String(value)
    if (!(value instanceof Num)) failed = true
    const number = value instanceof Num ? Number(numberText(value)) : Number.NaN
    return kind === 'd'
      ? String(Math.trunc(number))
      : number.toFixed(digits === undefined ? 6 : Number(digits))
  })
  return failed ? bad(runtime, 'String.format') : text
}

function bad(runtime: Runtime, what: string): null {
  return runtime.warn('call.value', 'external', what)
}

/** The function that an `external` body stands for; null when it is not in the table. */
export function javaFunction(body: FeelValue, parameters: readonly string[]): Func | null {
  const java = body instanceof Context ? (body.get('java') ?? body) : null
  if (!(java instanceof Context)) return null
  const className = java.get('class')
  const signature = java.get('method signature')
  if (typeof className !== 'string' || typeof signature !== 'string') return null
  const method = METHODS[`${className}.${signature.replaceAll(/\s+/g, '')}`]
  if (!method || method.parameters.length !== parameters.length) return null
  const typed = parameters.map((name, i) => ({ name, type: method.parameters[i] ?? ANY }))
  return makeFunction(`${className}.${signature}`, typed, ANY, method.call)
}
