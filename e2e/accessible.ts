import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Fails on what axe calls serious or critical, naming the rule and the first elements. */
export async function accessible(page: Page, where: string): Promise<void> {
  // No page has frames, and what passes is not asked for: the other way takes three times as long for the same faults.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .analyze()
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  if (grave.length === 0) return
  const lines = grave.map(
    ({ id, impact, help, nodes }) =>
      `${id} (${impact}): ${help}: ${nodes
        .slice(0, 3)
        .map(({ target, failureSummary }) => `${target.join(' ')} [${failureSummary?.replaceAll('\n', ' ')}]`)
        .join('; ')}`,
  )
  throw new Error(`axe on ${where}: ${lines.join(' | ')}`)
}

/** Fails when the page is wider than its window: on a phone nothing may have to be scrolled sideways. */
export async function fitsWidth(page: Page, where: string): Promise<void> {
  const over = (await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')) as number
  if (over > 0) throw new Error(`${where} is ${over} px wider than the window`)
}
