import type { Problem } from '@nhip/canonical/problem'
import { converter } from '@nhip/quantity/convert'
import { QuantityError } from '@nhip/quantity/quantity-error'
import { isUom, uom as parseUom } from '@nhip/quantity/uom-text'
import type { Property } from '../../catalogue/catalogue.ts'
import { problemItem } from '../../http/problem.ts'
import type { CorrectionRequest, Decision } from '../contract.ts'
import type { NewObservation, StoredObservation } from '../observations.ts'
import { qualityBit } from '../quality.ts'

type Judge = (row: NewObservation) => number

/** What a person has said is right, whatever the limits say. */
const overridden = qualityBit['hard-range'] | qualityBit.rejected

/**
 * The version that a decision makes of the one that holds, or what is wrong with the request. It is said now, so it wins over
 * whatever has been said before.
 *
 * @param judge bits that follow from a value, for one that a person gives
 */
export function nextVersion(
  held: StoredObservation,
  request: CorrectionRequest,
  property: Pick<Property, 'kind' | 'uom'>,
  source: string,
  judge: Judge,
): NewObservation | Problem {
  const { decision } = request
  const given = request.value !== undefined || request.num !== undefined || request.text !== undefined
  if (decision !== 'correct' && (given || request.den !== undefined))
    return problemItem('correction-without-value', { decision })
  const { seq: _seq, recordedAt: _recordedAt, publishedAt: _publishedAt, ...content } = held
  const same = { ...content, source }
  switch (decision) {
    case 'withdraw': {
      const { exact: _exact, num: _num, den: _den, text: _text, ...bare } = same
      return { ...bare, value: null, status: 'X', quality: qualityBit.confirmed }
    }
    case 'reject':
      return { ...same, quality: (held.quality | qualityBit.rejected) & ~qualityBit.confirmed }
    case 'confirm':
      return { ...same, quality: (held.quality & ~overridden) | qualityBit.confirmed }
    case 'correct':
      return corrected(same, request, property, judge)
  }
}

function corrected(
  held: NewObservation,
  request: CorrectionRequest,
  property: Pick<Property, 'kind' | 'uom'>,
  judge: Judge,
): NewObservation | Problem {
  const { exact: _exact, num: _num, den: _den, text: _text, ...bare } = held
  const row: NewObservation = { ...bare, value: null, status: 'A', quality: 0 }
  const { value, num, den, text } = request
  if (property.kind === 'text') {
    if (text === undefined || text.trim() === '' || value !== undefined || num !== undefined)
      return problemItem('correction-needs-text')
    row.text = text.normalize('NFC')
  } else if (property.kind === 'ratio') {
    if (num === undefined || den === undefined) return problemItem('ratio-incomplete')
    if (den === 0) return problemItem('ratio-by-zero', {}, { value: `${num}/0` })
    Object.assign(row, { num, den, value: num / den })
  } else {
    if (value === undefined || text !== undefined || num !== undefined)
      return problemItem('correction-needs-value')
    const converted = inOwnUom(value, request.uom, property.uom)
    if (typeof converted !== 'number') return converted
    row.value = converted
    if (converted !== value) row.quality |= qualityBit['uom-converted']
  }
  return { ...row, quality: ((row.quality | judge(row)) & ~overridden) | qualityBit.confirmed }
}

function inOwnUom(value: number, given: string | undefined, own: string | null): number | Problem {
  if (given === undefined || given === own) return value
  const from = parseUom(given)
  if (!isUom(from)) return from
  const to = own === null ? null : parseUom(own)
  if (to === null || !isUom(to)) return problemItem('unknown-uom', { uom: given }, { value: given })
  try {
    return converter(from, to)(value)
  } catch (error) {
    if (error instanceof QuantityError) return error.problem
    throw error
  }
}

/** What a person did when they wrote a version; undefined when none did. `before` is the version that held until then. */
export function decisionOf(
  version: StoredObservation,
  before: StoredObservation | undefined,
): Decision | undefined {
  if (!version.source.startsWith(decidedBy)) return undefined
  if (version.status === 'X') return 'withdraw'
  if ((version.quality & qualityBit.rejected) !== 0) return 'reject'
  const sameValue =
    before !== undefined &&
    before.value === version.value &&
    before.num === version.num &&
    before.den === version.den &&
    before.text === version.text
  return sameValue ? 'confirm' : 'correct'
}

/** How the source of a version begins that a person wrote. */
export const decidedBy = 'correction:'
