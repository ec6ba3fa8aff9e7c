import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  closePages,
  expectGoodPage,
  hasChromium,
  launch,
  looksOfThisRun,
  openPage,
  shoot,
  tabTo,
} from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

describe.skipIf(!hasChromium('the console'))('the console', () => {
  let running: RunningConsole
  let browser: Browser

  beforeAll(async () => {
    const [console, chromium] = await Promise.all([startConsole(), launch()])
    running = console
    browser = chromium
    const { registry } = running.waypost
    for (const [service, count] of [
      ['order', 3],
      ['user', 2],
      ['Benutzerkontenverwaltungsdienst', 1],
    ] as const) {
      for (let index = 0; index < count; index++) {
        const id = `${service}-${index}`
        const place = { host: `10.0.0.${index + 1}`, port: 3000, version: '1.4.0', zone: 'eu-1' }
        await registry.register({ service, id, ...place })
      }
    }
    await running.waypost.config.set('order/application.yaml', 'level: info\n')
    await running.waypost.coordination.queue('mail').add({ to: 'ada' })
    await running.waypost.coordination.schedules.put('nightly', { cron: '0 3 * * *', queue: 'mail' })
    await registry.register({ service: 'mail', id: 'mail-0', host: '10.0.0.9', port: 3000, status: 'starting' })
  })

  afterAll(async () => {
    await closePages()
    await running?.[Symbol.asyncDispose]()
  })

  test.each(looksOfThisRun)('every page is whole in %s', async (look) => {
    const { page, problems } = await openPage(browser, look)
    for (const [name, path] of [
      ['overview', '/'],
      ['services', '/services'],
      ['service', '/services/order'],
      ['service-history', '/services/order?tab=history'],
      ['gateway', '/gateway'],
      ['keys', '/keys?prefix=%2Fservices%2F'],
      ['cluster', '/cluster'],
      ['audit', '/audit'],
      ['coordination', '/coordination?tab=queues'],
      ['schedules', '/coordination?tab=schedules'],
      ['access', '/access'],
      ['start', '/start'],
    ] as const) {
      await page.goto(running.url + path)
      await page.locator('.panel').first().waitFor()
      await page.locator('.connection-mark .status.ok').waitFor()
      await shoot(page, `${name}-${look}`)
      await expectGoodPage(page)
    }
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('an instance that registers and one that leaves show without a reload', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${running.url}/services/order`)
    await page.getByText('order-2', { exact: true }).waitFor()
    const added = await running.waypost.registry.register({
      service: 'order',
      id: 'order-new',
      host: '10.0.0.7',
      port: 1,
    })
    await page.getByText('order-new', { exact: true }).waitFor()
    await added.deregister()
    await page.getByText('order-new', { exact: true }).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('drains an instance with the keyboard alone, shows the proof, and takes it back', async () => {
    const { page } = await openPage(browser)
    const view = await running.waypost.registry.discover('user')
    await page.goto(`${running.url}/services/user`)
    await page.getByRole('button', { name: 'Actions for user-0', exact: true }).waitFor()
    await tabTo(page.getByRole('button', { name: 'Actions for user-0', exact: true }))
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Details', exact: true }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('Maintenance')
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }))
    await page.keyboard.press('Enter')
    await page.getByText(/^The one follower has seen it/).waitFor()
    await shoot(page, 'drain-proof')
    expect(view.instances.find(({ id }) => id === 'user-0')?.status).toBe('leaving')
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }))
    await page.keyboard.press('Enter')
    await expect.poll(() => view.instances.find(({ id }) => id === 'user-0')?.status).toBe('up')
    await view.close()
    await page.context().close()
  })

  test('says since when it is cut off while the hub is away, and goes on by itself', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${running.url}/services/order`)
    await page.locator('.connection-mark .status.ok').waitFor()
    await running.stopHub()
    await page.getByText(/^Cut off from the hub\. What you see is as of \d\d:\d\d:\d\d/).waitFor()
    await page.getByText('order-2', { exact: true }).waitFor()
    await running.waypost.registry.register({ service: 'order', id: 'order-meanwhile', host: '10.0.0.8', port: 1 })
    await running.restartHub()
    await page.getByText('order-meanwhile', { exact: true }).waitFor()
    await page.getByText(/^Cut off from the hub/).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('text from outside is shown as text', async () => {
    const { page, problems } = await openPage(browser)
    const evil = '<img src=x onerror=alert(1)>'
    const id = 'a\u202Egnp.exe<script>alert(1)<script>'.replaceAll('/', '')
    await running.waypost.registry.register({
      service: 'evil',
      id,
      host: '10.0.0.9',
      port: 1,
      version: evil,
      metadata: { evil },
    })
    page.on('dialog', () => problems.push('a dialog opened'))
    await page.goto(`${running.url}/services/evil`)
    await page.getByText(evil).first().waitFor()
    await page.getByRole('row').nth(1).click()
    await page.getByRole('dialog').getByText('"evil"').waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('the first steps register a service and publish a document from the browser', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${running.url}/start`)
    await page.getByRole('button', { name: 'Register hello', exact: true }).click()
    await page.getByText('hello has one instance.').waitFor()
    await page.getByLabel('Greeting').fill('Hello from the browser')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('Release 1 is published.').waitFor()
    expect(await running.waypost.config.get('hello/greeting.txt')).toBe('Hello from the browser')
    await page.getByRole('tab', { name: 'Python', exact: true }).click()
    await page.getByText('urllib.request').first().waitFor()
    await page.context().close()
  })

  test('a key is changed only if nobody else has changed it', async () => {
    const { page } = await openPage(browser)
    await running.waypost.etcd.kv.put('/notes/a', 'one')
    await page.goto(`${running.url}/keys?prefix=%2Fnotes%2F&key=%2Fnotes%2Fa`)
    const dialog = page.getByRole('dialog')
    await dialog.getByText('one', { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Edit', exact: true }).click()
    await dialog.getByLabel('Value', { exact: true }).fill('mine')
    await running.waypost.etcd.kv.put('/notes/a', 'theirs')
    await dialog.getByText('Somebody changed this key meanwhile').waitFor()
    // Whoever is about to press "Save" when theirs arrives must not replace it by that.
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog.getByText('Somebody else changed this meanwhile.').waitFor()
    expect(await dialog.getByLabel('Value', { exact: true }).inputValue()).toBe('mine')
    expect((await running.waypost.etcd.kv.get('/notes/a'))?.text()).toBe('theirs')
    await dialog.getByRole('button', { name: 'Save mine in its place', exact: true }).click()
    await dialog.getByText('mine', { exact: true }).waitFor()
    expect((await running.waypost.etcd.kv.get('/notes/a'))?.text()).toBe('mine')
    await page.context().close()
  })

  test('the palette finds services and documents, and goes there by the keyboard', async () => {
    const { page } = await openPage(browser)
    await page.goto(running.url)
    await page.locator('.connection-mark .status.ok').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('benutzer')
    await page.getByRole('option', { name: /Benutzerkontenverwaltungsdienst/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Benutzerkontenverwaltungsdienst' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('order/app')
    await page.getByRole('option', { name: /order\/application\.yaml/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'order/application.yaml' }).waitFor()
    await page.context().close()
  })
})
