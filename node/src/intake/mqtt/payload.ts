import type { Problem } from '@nhip/canonical/problem'
import { type Static, Type } from 'typebox'
import { problemItem } from '../../http/problem.ts'
import { compile, problemsOf } from '../../http/validation.ts'
import { Reading } from '../contract.ts'
import { mostReadings } from '../readings.ts'

/** Larger payloads are refused: a device that has more to say sends several. */
export const largestPayload = 64 * 1024

/** The short names of `nhip/v1/{source}/o/{entity}/{property}`; a bare number stands for `{"v": number}`. */
const Short = Type.Object(
  {
    v: Type.Optional(Type.Number()),
    n: Type.Optional(Type.Number({ description: 'numerator' })),
    d: Type.Optional(Type.Number({ description: 'denominator' })),
    t: Type.Optional(Type.String({ description: 'text' })),
    u: Type.Optional(Type.String({ description: 'unit of measure' })),
    at: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
    to: Type.Optional(Type.String()),
    p: Type.Optional(Type.String({ description: 'published' })),
    b: Type.Optional(Type.String({ description: 'breakdown' })),
    s: Type.Optional(Type.String({ description: 'status' })),
    ds: Type.Optional(Type.String({ description: 'dataset' })),
  },
  { additionalProperties: false },
)

const Batch = Type.Object(
  {
    dataset: Type.String(),
    observations: Type.Array(Reading, { minItems: 1, maxItems: mostReadings }),
    partial: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
/** The body of `POST /api/observations`, with `partial` in it because a topic has no query. */
export type Batch = Static<typeof Batch>

const isShort = compile(Short, 'body')
const isBatch = compile(Batch, 'body')

/** One reading, and the dataset it was sent to if the sender named one. */
export interface Sent {
  reading: Reading
  dataset?: string
}

const bareNumber = /^\s*-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/

/** The reading in the payload of `…/o/{entity}/{property}`, or what is wrong with it. */
export function readingIn(payload: Uint8Array, entity: string, property: string): Sent | Problem[] {
  const text = textOf(payload)
  if (typeof text !== 'string') return [text]
  if (bareNumber.test(text)) {
    const value = Number(text)
    return Number.isFinite(value)
      ? { reading: { entity, property, value } }
      : [problemItem('not-a-number', { value: text.trim() }, { value: text.trim() })]
  }
  const sent = jsonOf(text)
  if (sent === undefined || sent === null || typeof sent !== 'object')
    return [problemItem('payload-unreadable', {}, { value: text.slice(0, 100) })]
  if (!isShort(sent)) return problemsOf(isShort.errors)
  const { v, n, d, t, u, at, from, to, p, b, s, ds } = sent as Static<typeof Short>
  const reading: Reading = {
    entity,
    property,
    ...(v === undefined ? {} : { value: v }),
    ...(n === undefined ? {} : { num: n }),
    ...(d === undefined ? {} : { den: d }),
    ...(t === undefined ? {} : { text: t }),
    ...(u === undefined ? {} : { uom: u }),
    ...(at === undefined ? {} : { at }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(p === undefined ? {} : { published: p }),
    ...(b === undefined ? {} : { breakdown: b }),
    ...(s === undefined ? {} : { status: s }),
  }
  return ds === undefined ? { reading } : { reading, dataset: ds }
}

/** The batch in the payload of `…/batch`, or what is wrong with it. */
export function batchIn(payload: Uint8Array): Batch | Problem[] {
  const text = textOf(payload)
  if (typeof text !== 'string') return [text]
  const sent = jsonOf(text)
  if (sent === undefined) return [problemItem('payload-unreadable', {}, { value: text.slice(0, 100) })]
  return isBatch(sent) ? (sent as Batch) : problemsOf(isBatch.errors)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function textOf(payload: Uint8Array): string | Problem {
  if (payload.length > largestPayload)
    return problemItem('payload-too-large', { bytes: payload.length, most: largestPayload })
  try {
    return utf8.decode(payload)
  } catch {
    return problemItem('body-not-utf8')
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
