import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const places = [
  process.env.NHIP_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** The installed browser, or null. */
export function chromiumPath(): string | null {
  return places.find((place) => place !== '' && existsSync(place)) ?? null
}

/** A browser without a window. MapLibre needs WebGL, which SwiftShader draws without a graphics card. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  })
}

/** Collects what a page complains about: errors in the console and faults that nobody caught. */
export function listen(page: Page): { complaints: string[]; expected: RegExp[] } {
  const heard: { complaints: string[]; expected: RegExp[] } = { complaints: [], expected: [] }
  page.on('console', (message) => {
    if (message.type() === 'error') heard.complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => heard.complaints.push(`uncaught: ${error.message}`))
  return heard
}
