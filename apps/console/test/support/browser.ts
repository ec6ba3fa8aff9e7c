import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { patienceMs, recordSkip } from '@waypost/testkit'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { expect } from 'vitest'

const executables = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = executables.find((path) => existsSync(path))
const isLong = process.env.WAYPOST_LONG === '1'
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url))

/** Whether there is a browser. If not, the tests are skipped by name; where `CI` is true, that is an error. */
export function hasChromium(tests: string): boolean {
  if (executablePath !== undefined) return true
  const reason = 'there is no Chromium (Debian: apt-get install chromium)'
  if (process.env.CI === 'true') throw new Error(`${tests} cannot be skipped when CI is true, but ${reason}.`)
  recordSkip(tests, reason)
  return false
}

let launched: Promise<Browser> | undefined

/** The browser of this process, which ends with it: the files of tests follow each other in it. */
export function launch(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('There is no Chromium.')
  // Without the part that would draw three dimensions in software.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
  launched ??= chromium.launch({ executablePath, args })
  return launched
}

/** Closes every page that the tests of this file have left open. */
export async function closePages(): Promise<void> {
  for (const context of (await launched)?.contexts() ?? []) await context.close()
}

/** The ways in which every page is looked at. */
export const looks = {
  'en-light-1280': { locale: 'en-US', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  'zh-dark-1280': { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  'en-light-390': { locale: 'en-US', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  'zh-dark-390': { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
} as const satisfies Record<string, BrowserContextOptions>

export type Look = keyof typeof looks

/** Two of them show both languages, schemes and widths; the long run looks at every page in all. */
export const looksOfThisRun: readonly Look[] = isLong
  ? ['en-light-1280', 'zh-dark-1280', 'en-light-390', 'zh-dark-390']
  : ['en-light-1280', 'zh-dark-390']

/** A page that fails the test when a script throws, or when something breaks the Content-Security-Policy. */
export async function openPage(
  browser: Browser,
  look: Look = 'en-light-1280',
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ ...looks[look], reducedMotion: 'reduce' })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) problems.push(message.text())
  })
  page.setDefaultTimeout(patienceMs)
  return { page, problems }
}

/** Goes to a control by Tab alone, as someone without a mouse does. Fails when a round through the page does not meet it. */
export async function tabTo(control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const page = control.page()
  for (let presses = 0; presses < 100; presses++) {
    await page.keyboard.press(key)
    const isThere = await control.evaluateAll((found) => {
      // The document knows the focus only as far as the outermost shadow root; an editor has one.
      let focused = document.activeElement
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
      return found.some((element) => element.contains(focused))
    })
    if (isThere) return
  }
  throw new Error(`Tab does not lead to ${control}.`)
}

/** Kept by the long run as a file for people to look at; the folder is not in git. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (!isLong) return
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: `${screenshots}${name}.png` })
}

/** Nothing is wider than the screen, and axe finds nothing serious. */
export async function expectGoodPage(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0)
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('.table-scroller')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((element) => element.querySelector('[role=table]')?.getAttribute('aria-label')),
  )
  expect(wide, 'tables that scroll sideways').toEqual([])
  expect(await seriousViolations(page)).toEqual([])
}

async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const tool: unknown = Reflect.get(window, 'axe')
    const run: unknown = typeof tool === 'object' && tool !== null ? Reflect.get(tool, 'run') : undefined
    if (typeof run !== 'function') return []
    const { violations } = await run(document, { resultTypes: ['violations'] })
    return violations as { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[]
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    )
}
