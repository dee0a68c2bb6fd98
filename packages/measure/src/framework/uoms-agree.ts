import { commensurable } from '@nhip/quantity/algebra'
import { equal } from '@nhip/quantity/rational'
import type { Uom } from '@nhip/quantity/uom'
import { isUom, uom } from '@nhip/quantity/uom-text'

/** Whether a computed unit of measure is the one a text names, scale included: a share is not yet a percentage. */
export function uomsAgree(computed: Uom, text: string): boolean {
  const stated = uom(text)
  return isUom(stated) && commensurable(computed, stated) && equal(computed.factor, stated.factor)
}
