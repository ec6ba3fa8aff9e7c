import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closePages, expectGoodPage, hasChromium, launch, openPage, shoot } from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

const chinese = '用户账户与权限管理服务'
const german = 'Rechtsschutzversicherungsgesellschaftenverwaltung'

describe.skipIf(!hasChromium('the console when it is cut off'))('what is shown is live, or said not to be', () => {
  let running: RunningConsole
  let browser: Browser

  beforeAll(async () => {
    const [console, chromium] = await Promise.all([startConsole(), launch()])
    running = console
    browser = chromium
    const { registry, config, etcd } = running.waypost
    for (const service of ['order', chinese, german]) {
      const place = { host: '10.0.0.1', port: 3000, version: `1.4.0-${german}`, zone: chinese }
      await registry.register({ service, id: `${service}-0`, ...place, metadata: { 说明: german } })
      await config.releases.publish(`${service}/application.yaml`, `# ${german}\n名称: ${chinese}\n`, {
        author: chinese,
      })
    }
    await etcd.kv.put(`/notes/${german}/${german}`, chinese.repeat(20))
  })

  afterAll(async () => {
    await closePages()
    await running?.[Symbol.asyncDispose]()
  })

  const register = (id: string) =>
    running.waypost.registry.register({ service: 'order', id, host: '10.0.0.8', port: 1 })

  /** What is in the editor. */
  const textOf = (page: Page): Promise<string | null> => page.locator('.editor .cm-content').first().textContent()

  async function open(path: string): Promise<Page> {
    const { page } = await openPage(browser)
    await page.goto(running.url + path)
    await page.locator('.connection-mark .status.ok').waitFor()
    return page
  }

  test('after a minute without a network it says since when, keeps what was typed, and misses nothing', async () => {
    const page = await open('/configuration/order%2Fapplication.yaml?edit=yes')
    await page.locator('.editor').first().click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('typed: before')
    await page.clock.install()
    await page.context().setOffline(true)
    await page.clock.runFor(60_000)
    await page.getByText(/^Cut off from the hub\. What you see is as of \d\d:\d\d:\d\d/).waitFor()
    expect(await page.locator('.connection-mark').textContent()).toBe('Not live')
    await page.keyboard.type(' and while cut off')
    await running.waypost.config.releases.publish('order/application.yaml', '# other\n', { author: 'li' })
    await page.context().setOffline(false)
    await page.clock.runFor(5_000)
    await page.getByText(/^Cut off from the hub/).waitFor({ state: 'detached' })
    await page.getByText(/Release 2 came while you were editing/).waitFor()
    expect(await textOf(page)).toContain('typed: before and while cut off')
    await page.context().close()
  })

  test('a page that was frozen, and one whose machine slept, go on live without loss', async () => {
    const page = await open('/services/order')
    await page.getByText('order-0', { exact: true }).waitFor()
    const session = await page.context().newCDPSession(page)
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await register('while-frozen')
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await page.getByText('while-frozen', { exact: true }).waitFor()
    await page.clock.install()
    await page.context().setOffline(true)
    await register('while-asleep')
    await page.context().setOffline(false)
    // The clock of the machine jumps by an hour; timers do not catch up.
    await page.clock.fastForward('01:00:00')
    await page.clock.runFor(10_000)
    await page.getByText('while-asleep', { exact: true }).waitFor()
    await page.locator('.connection-mark .status.ok').waitFor()
    await page.context().close()
  })

  test('a draft outlives a restart of the hub, and the page goes on by itself', async () => {
    const page = await open(`/configuration/${encodeURIComponent(`${german}/application.yaml`)}?edit=yes`)
    await page.locator('.editor').first().click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('typed: before')
    await running.stopHub()
    await page.getByText(/^Cut off from the hub\. What you see is as of/).waitFor()
    await page.keyboard.type(' and after')
    await running.restartHub()
    await page.getByText(/^Cut off from the hub/).waitFor({ state: 'detached' })
    expect(await textOf(page)).toContain('typed: before and after')
    await page.reload()
    await page.getByRole('button', { name: 'Go on with it', exact: true }).click()
    await page.locator('.editor .cm-content').first().waitFor()
    expect(await textOf(page)).toContain('typed: before and after')
    await page.context().close()
  })

  test('long German words, Chinese, wide screens and 200 % zoom stay within the screen', async () => {
    const page = await open('/')
    const pages = [
      '/',
      '/services',
      `/services/${encodeURIComponent(german)}`,
      `/configuration/${encodeURIComponent(`${german}/application.yaml`)}`,
      '/configuration',
      `/keys?prefix=${encodeURIComponent(`/notes/${german}/`)}&key=${encodeURIComponent(`/notes/${german}/${german}`)}`,
      '/timeline',
      '/gateway',
      '/cluster',
    ]
    const isLong = process.env.WAYPOST_LONG === '1'
    // 200 % of 1280 × 800 are 640 × 400 of the same letters.
    for (const [name, width, height] of [
      ['zoom-200', 640, 400],
      ['wide-2560', 2560, 1440],
      ...(isLong ? ([['wide-1920', 1920, 1080]] as const) : []),
    ] as const) {
      await page.setViewportSize({ width, height })
      for (const [index, path] of (isLong ? pages : pages.slice(0, 4)).entries()) {
        await page.goto(running.url + path)
        await page.locator('.panel, .tree').first().waitFor()
        await page.locator('.connection-mark .status.ok').waitFor()
        await shoot(page, `${name}-${index}`)
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(overflow, `${path} at ${width} scrolls sideways`).toBeLessThanOrEqual(0)
      }
    }
    await page.setViewportSize({ width: 1920, height: 1080 })
    await page.goto(running.url)
    await page.locator('.panel').first().waitFor()
    await expectGoodPage(page)
    await page.context().close()
  })

  test('marks that turn the direction of text change nothing around them', async () => {
    const evil = 'a\u202egnp.exe\u2066'
    const { registry, coordination } = running.waypost
    await registry.register({ service: 'marked', id: evil, host: '10.0.0.9', port: 1, version: evil })
    await coordination.queue('marked').add({ to: evil })
    const page = await open('/services/marked')
    const row = page.getByRole('row').filter({ hasText: 'gnp.exe' })
    // Each foreign text is isolated: what follows it in the row keeps its own direction and place.
    const isIsolated = await row
      .getByText('gnp.exe')
      .first()
      .evaluate((element) => getComputedStyle(element).unicodeBidi)
    expect(isIsolated).toMatch(/isolate/)
    await row.getByText('10.0.0.9:1', { exact: true }).waitFor()
    await page.goto(`${running.url}/timeline`)
    const sentence = page.getByRole('row').filter({ hasText: 'gnp.exe' }).first()
    expect(
      await sentence
        .getByText('gnp.exe')
        .first()
        .evaluate((element) => getComputedStyle(element).unicodeBidi),
    ).toMatch(/isolate/)
    await page.context().close()
  })
})
