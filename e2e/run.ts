// Journeys of the browser over a real node: `npm run test:e2e`. Pictures go to a folder that is printed.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scratchInMemory } from '../scripts/scratch-in-memory.mjs'
import { chromiumPath, listen, openBrowser } from './browser.ts'
import type { Journey } from './journey.ts'
import { admin } from './journeys/admin.ts'
import { catalogue } from './journeys/catalogue.ts'
import { firstVisit } from './journeys/first-visit.ts'
import { importCity } from './journeys/import-city.ts'
import { importOwn } from './journeys/import-own.ts'
import { importToCard } from './journeys/import-to-card.ts'
import { keyboard } from './journeys/keyboard.ts'
import { languages } from './journeys/languages.ts'
import { ledger } from './journeys/ledger.ts'
import { map } from './journeys/map.ts'
import { policyLab } from './journeys/policy-lab.ts'
import { series } from './journeys/series.ts'
import { signIn } from './journeys/sign-in.ts'
import { steward } from './journeys/steward.ts'
import { wall } from './journeys/wall.ts'
import { type RunningNode, startNode } from './node-process.ts'
import { entrySize } from './size-budget.ts'

const journeys: Journey[] = [
  firstVisit,
  map,
  series,
  catalogue,
  ledger,
  policyLab,
  languages,
  keyboard,
  signIn,
  importOwn,
  importCity,
  importToCard,
  steward,
  admin,
  wall,
]
const widths = [1440, 360]
const only = process.env.NHIP_E2E_ONLY?.split(',')

const path = chromiumPath()
if (path === null) {
  process.stdout.write('skipped: no chromium\n0 passed, 0 failed, 1 skipped\n')
  process.exit(0)
}

const began = Date.now()
let passed = 0
let failed = 0
let skipped = 0
const say = (verdict: 'ok' | 'FAILED' | 'skipped', what: string, detail = '') => {
  if (verdict === 'ok') passed++
  else if (verdict === 'FAILED') failed++
  else skipped++
  process.stdout.write(`${verdict.padEnd(8)}${what}${detail ? `\n        ${detail}` : ''}\n`)
}

try {
  const size = entrySize()
  say(
    size.kB <= size.budget ? 'ok' : 'FAILED',
    `entry JavaScript ${size.kB.toFixed(1)} kB gz of ${size.budget}`,
  )
} catch (error) {
  say('FAILED', 'entry JavaScript', (error as Error).message)
}

const pictures = mkdtempSync(join(tmpdir(), 'nhip-pictures-'))
process.stdout.write(`pictures: ${pictures}\n`)
const forget = scratchInMemory()
const browser = await openBrowser(path)
const given = process.env.NHIP_E2E_URL
try {
  // What people do at one width they do at the other too: beside one another on nodes of their own, on a given node in turn.
  if (given)
    for (const width of widths) await visit(width, { url: given, stop: async () => undefined, restart: null })
  else await Promise.all(widths.map(visitOwnNode))
} finally {
  await browser.close()
  forget()
}
process.stdout.write(`${((Date.now() - began) / 1000).toFixed(0)} s\n`)
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exit(failed > 0 ? 1 : 0)

async function visitOwnNode(width: number): Promise<void> {
  const node = await startNode()
  try {
    await visit(width, node)
  } finally {
    await node.stop()
  }
}

/** Goes on all journeys at one width. */
async function visit(width: number, node: RunningNode): Promise<void> {
  for (const journey of journeys) {
    if (only && !only.includes(journey.name)) continue
    const what = `${journey.name} at ${width} px`
    const reason = journey.skip?.() ?? null
    if (reason === null) await go(journey, what, width, node)
    else say('skipped', what, reason)
  }
}

async function go(journey: Journey, what: string, width: number, node: RunningNode): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 740 : 900 },
    locale: 'vi-VN',
    timezoneId: 'America/St_Johns',
    hasTouch: width < 500,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(40_000)
  const heard = listen(page)
  const since = Date.now()
  try {
    await journey.run({
      browser,
      page,
      base: node.url.replace(/\/$/, ''),
      width,
      picture: async (name, options) => {
        await page.screenshot({ path: join(pictures, `${name}-${width}.png`), ...options })
      },
      expectConsole: (pattern) => heard.expected.push(pattern),
      restart: node.restart,
    })
    const left = heard.complaints.filter((line) => !heard.expected.some((known) => known.test(line)))
    if (left.length > 0) throw new Error(`console: ${left.slice(0, 3).join(' | ')}`)
    say('ok', `${what} (${((Date.now() - since) / 1000).toFixed(1)} s)`)
  } catch (error) {
    await page
      .screenshot({ path: join(pictures, `failed-${journey.name}-${width}.png`) })
      .catch(() => undefined)
    const { message } = error as Error
    say('FAILED', what, [message, ...heard.complaints.slice(0, 3)].join('\n        '))
  }
  await context.close()
}
