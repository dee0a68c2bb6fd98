import type { Catalogue, Property } from '../../catalogue/catalogue.ts'
import type { CompiledRule, JudgedValue } from '../../catalogue/quality-rule.ts'
import { qualityBit } from '../quality.ts'

type Range = NonNullable<Property['range']>

/** What a value is judged by that needs nothing beside it. */
export interface ContentLimits {
  range: Range | undefined
  rules: readonly CompiledRule[]
}

/** The limits of a property in a dataset: the contract's range stands above the property's own. */
export function contentLimits(
  catalogue: Pick<Catalogue, 'terms' | 'rules'>,
  dataset: string,
  property: Pick<Property, 'code' | 'range'>,
): ContentLimits {
  return {
    range: catalogue.terms(dataset).properties[property.code]?.range ?? property.range,
    rules: catalogue
      .rules(dataset)
      .filter(({ rule }) => rule.properties === undefined || rule.properties.includes(property.code)),
  }
}

/** @param judged the value as rules see it; asked for only where there are rules */
export function contentBits(value: number | null, limits: ContentLimits, judged: () => JudgedValue): number {
  let bits = value === null || limits.range === undefined ? 0 : rangeBits(value, limits.range)
  if (limits.rules.length > 0) {
    const seen = judged()
    if (limits.rules.some((rule) => rule.fires(seen))) bits |= qualityBit.custom
  }
  return bits
}

function rangeBits(value: number, range: Range): number {
  const { hardMin = -Infinity, hardMax = Infinity, softMin = -Infinity, softMax = Infinity } = range
  if (value < hardMin || value > hardMax) return qualityBit['hard-range']
  return value < softMin || value > softMax ? qualityBit['soft-range'] : 0
}
