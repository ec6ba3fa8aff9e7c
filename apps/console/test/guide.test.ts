import { mkdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from 'waypost'
import { closePages, hasChromium, launch } from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

/** With `WAYPOST_GUIDE=1` they go into the guide; else they are only looked at. */
const folder = fileURLToPath(
  new URL(process.env.WAYPOST_GUIDE === '1' ? '../../../docs/guides/images/' : './screenshots/guide/', import.meta.url),
)
const maxBytes = 150_000
const languages = {
  '': { locale: 'en-US', colorScheme: 'light' },
  '.zh-CN': { locale: 'zh-CN', colorScheme: 'light' },
} as const satisfies Record<string, BrowserContextOptions>

const document = 'order/application.yaml'
const text = 'server:\n  port: 3000\ndatabase:\n  pool: 20\n  timeoutMs: 2000\nfeatures:\n  newCheckout: false\n'

const isLong = process.env.WAYPOST_LONG === '1'

/** A shop in an ordinary hour: one canary under way, one instance taken out, one service that is down. */
describe.skipIf(!isLong || !hasChromium('the pictures of the guide'))('the pictures of the guide', () => {
  let running: RunningConsole
  let browser: Browser
  const open: { close(): Promise<void> }[] = []

  beforeAll(async () => {
    const [console, chromium] = await Promise.all([startConsole(), launch()])
    running = console
    browser = chromium
    await furnish(running, open)
  })

  afterAll(async () => {
    await closePages()
    for (const process of open) await process.close()
    await running?.[Symbol.asyncDispose]()
  })

  const pictures: readonly [name: string, path: string, before?: (page: Page) => Promise<unknown>][] = [
    ['overview', '/'],
    ['service', '/services/order'],
    ['history', '/services/payment?tab=history'],
    ['map', '/services?view=map'],
    [
      'document',
      `/configuration/${encodeURIComponent(document)}?edit=yes`,
      async (page) => {
        await page.locator('.editor .cm-content').first().click()
        await page.keyboard.press('Control+End')
        await page.keyboard.type('  gifts: true')
      },
    ],
    ['canary', `/configuration/${encodeURIComponent(document)}?tab=canaries`],
    ['keys', '/keys?prefix=%2Fservices%2Forder%2F&key=%2Fservices%2Forder%2Forder-1'],
    ['gateway', '/gateway'],
  ]

  test.each(Object.entries(languages))('are made with the suffix “%s”', async (suffix, options) => {
    mkdirSync(folder, { recursive: true })
    const context = await browser.newContext({
      ...options,
      viewport: { width: 1280, height: 760 },
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    for (const [name, path, before] of pictures) {
      await page.goto(running.url + path)
      await page.locator('.panel, .tree').first().waitFor()
      await page.locator('.connection-mark .status.ok').waitFor()
      await before?.(page)
      await page.evaluate(() => globalThis.document.fonts.ready)
      const file = `${folder}console-${name}${suffix}.png`
      await page.screenshot({ path: file })
      expect(statSync(file).size, file).toBeLessThan(maxBytes)
    }
    await context.close()
  })
})

async function furnish(running: RunningConsole, open: { close(): Promise<void> }[]): Promise<void> {
  const { registry, config, coordination, etcd } = running.waypost
  const places: Readonly<Record<string, readonly [count: number, version: string]>> = {
    cart: [3, '2.1.0'],
    checkout: [4, '5.0.2'],
    order: [5, '1.8.3'],
    payment: [3, '3.2.0'],
    search: [6, '0.9.14'],
    user: [4, '2.4.1'],
  }
  for (const [service, [count, version]] of Object.entries(places)) {
    for (let index = 0; index < count; index++) {
      const zone = index % 2 === 0 ? 'eu-1a' : 'eu-1b'
      const host = `10.2.${Object.keys(places).indexOf(service)}.${index + 10}`
      await registry.register({ service, id: `${service}-${index}`, host, port: 3000, version, zone })
    }
  }
  await registry.register({ service: 'mail', id: 'mail-0', host: '10.2.9.10', port: 3000, status: 'starting' })
  const gone = await registry.register({ service: 'payment', id: 'payment-3', host: '10.2.3.13', port: 3000 })
  for (const [app, services] of [
    ['checkout', ['cart', 'order', 'payment', 'user']],
    ['order', ['payment', 'user', 'mail']],
    ['web', ['checkout', 'search', 'user']],
  ] as const) {
    const process = await connect({
      endpoints: running.store.url,
      logger: false,
      instance: `${app}-0`,
      registry: { app },
    })
    open.push(process)
    for (const service of services) await process.registry.discover(service)
  }
  const releases = config.releases
  await releases.publish(document, text.replace('20', '10'), { author: 'mei', comment: 'first' })
  await releases.publish(document, text, { author: 'jonas', comment: 'a larger pool' })
  await releases.publish('order/production/application.yaml', 'database:\n  timeoutMs: 5000\n', { author: 'mei' })
  await releases.publish('payment/application.yaml', 'provider: example\n', { author: 'ada' })
  await releases.publish('shared/logging.yaml', 'level: info\n', { author: 'ada', comment: 'quieter' })
  await config.drafts.save('payment/application.yaml', 'provider: example\nretries: 3\n', { author: 'jonas' })
  await config.drafts.submit('payment/application.yaml', { author: 'jonas' })
  for (let index = 0; index < 5; index++) {
    const process = await connect({ endpoints: running.store.url, logger: false, instance: `order-${index}` })
    open.push(process)
    await process.config.load({ app: 'order' })
  }
  await config.canaries.create(document, {
    name: 'new-checkout',
    rule: { percent: 40 },
    content: text.replace('newCheckout: false', 'newCheckout: true'),
    author: 'jonas',
    comment: 'for two of five',
  })
  await registry.operate('order').drain('order-3', { reason: 'kernel update', by: 'mei' })
  await registry.operate('payment').drain('payment-2', { reason: 'slow disk', by: 'ada' })
  await gone.deregister()
  await coordination.queue('mail').add({ to: 'ada' })
  const route = (name: string, service: string, requestsPerSecond: number, errorsPerSecond = 0) => ({
    name,
    kind: 'proxy',
    services: [service],
    policies: name === 'admin' ? ['staff'] : [],
    requestsPerSecond,
    errorsPerSecond,
    p50Ms: 2 + requestsPerSecond / 60,
    p99Ms: 14 + requestsPerSecond / 4,
  })
  const called = (service: string, index: number, requestsPerSecond: number) => ({
    service,
    instance: `${service}-${index}`,
    address: `10.2.4.${index + 10}:3000`,
    status: 'up',
    requestsPerSecond,
    failuresPerSecond: 0,
    p50Ms: 1.6 + index / 3,
    p99Ms: 11 + 3 * index,
  })
  const gateways = (factor: number) =>
    ['gateway-0', 'gateway-1'].map((process) => {
      const routes = [
        route('search', 'search', 212 * factor),
        route('checkout', 'checkout', 96.4 * factor),
        route('orders', 'order', 61.2 * factor, 0.4),
        route('admin', 'user', 2.2),
      ]
      const at = new Date().toISOString()
      const document = { path: 'gateway/routes.yaml', revision: '40', release: 12, problems: [] }
      return {
        process,
        instance: process,
        host: 'edge-1',
        pid: 1,
        zone: 'eu-1a',
        startedAt: at,
        at,
        document,
        inFlight: 18,
        connections: 240,
        routes,
        routeCount: routes.length,
        instances: [0, 1, 2, 3, 4, 5].map((index) => called('search', index, (212 * factor) / 6)),
      }
    })
  for (const gateway of gateways(1)) {
    await etcd.kv.put(`/waypost/gateways/${gateway.process}`, JSON.stringify(gateway))
  }
}
