import type { Runtime } from '../runtime.ts'
import { ANY, type FeelType, listOf, STRING } from '../types.ts'
import { Context, type FeelValue, toText } from '../values.ts'
import { ENTRIES } from './conversion.ts'
import { define, nullable, parameter, signature } from './signature.ts'

const CONTEXT: FeelType = { kind: 'context', members: new Map(), open: true }

/** A context from a list of `{key, value}`; null when one lacks either, or a key comes twice. */
function fromEntries([entries]: [readonly FeelValue[]], runtime: Runtime): FeelValue {
  const result = new Map<string, FeelValue>()
  for (const entry of entries) {
    const key = entry instanceof Context ? entry.get('key') : undefined
    const value = entry instanceof Context ? entry.get('value') : undefined
    if (typeof key !== 'string' || value === undefined)
      return runtime.warn('call.value', 'context', toText(entry, 60))
    if (result.has(key)) return runtime.warn('context.duplicate', key)
    result.set(key, value)
  }
  return new Context(result)
}

/** Puts a value under a path of keys; what lies on the way must be contexts. */
function put(context: FeelValue, keys: readonly FeelValue[], value: FeelValue, runtime: Runtime): FeelValue {
  const [key, ...rest] = keys
  if (!(context instanceof Context) || typeof key !== 'string') {
    return runtime.warn(
      'call.value',
      'context put',
      toText(context instanceof Context ? (key ?? null) : context, 60),
    )
  }
  const inner = rest.length === 0 ? value : put(context.get(key) ?? null, rest, value, runtime)
  if (rest.length > 0 && inner === null) return null
  return new Context(new Map(context.entries).set(key, inner))
}

export const CONTEXTS = [
  define(
    'get value',
    ANY,
    signature([parameter('m', CONTEXT), parameter('key', STRING)], ([m, key]: [Context, string], r) => {
      return m.get(key) ?? (m.entries.has(key) ? null : r.warn('entry.unknown', key))
    }),
  ),
  define(
    'get entries',
    ENTRIES,
    signature([parameter('m', CONTEXT)], ([m]: [Context]) =>
      [...m.entries].map(([key, value]) => Context.of({ key, value })),
    ),
  ),
  define('context', CONTEXT, signature([parameter('entries', listOf(CONTEXT))], fromEntries)),
  define(
    'context put',
    CONTEXT,
    signature(
      [parameter('context', CONTEXT), parameter('key', STRING), nullable('value', ANY)],
      ([context, key, value]: [Context, string, FeelValue], r) => put(context, [key], value, r),
    ),
    signature(
      [parameter('context', CONTEXT), parameter('keys', listOf(STRING)), nullable('value', ANY)],
      ([context, keys, value]: [Context, readonly FeelValue[], FeelValue], r) => put(context, keys, value, r),
    ),
  ),
  define(
    'context merge',
    CONTEXT,
    signature([parameter('contexts', listOf(CONTEXT))], ([contexts]: [readonly FeelValue[]], r) => {
      const merged = new Map<string, FeelValue>()
      for (const context of contexts) {
        if (!(context instanceof Context)) return r.warn('call.value', 'context merge', toText(context, 60))
        for (const [name, value] of context.entries) merged.set(name, value)
      }
      return new Context(merged)
    }),
  ),
]
