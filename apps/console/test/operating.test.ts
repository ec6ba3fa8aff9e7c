import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closePages, hasChromium, launch, openPage, shoot } from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

describe.skipIf(!hasChromium('operating with the console'))('whoever operates', () => {
  let running: RunningConsole
  let browser: Browser
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    const [console, chromium] = await Promise.all([startConsole(), launch()])
    running = console
    browser = chromium
    ;({ page, problems } = await openPage(browser))
  })

  afterAll(async () => {
    await closePages()
    await running?.[Symbol.asyncDispose]()
    expect(problems).toEqual([])
  })

  const go = (path: string): Promise<unknown> => page.goto(running.url + path)

  async function act(on: string, action: string): Promise<void> {
    await page.getByRole('button', { name: `Actions for ${on}`, exact: true }).click()
    await page.getByRole('menuitem', { name: action, exact: true }).click()
  }

  test('sees who holds a lock and who leads, and the line behind, live', async () => {
    const { coordination } = running.waypost
    const leader = await coordination.elect('jobs/leader', { value: 'web-1' })
    await go('/coordination')
    await page.getByText('web-1', { exact: true }).waitFor()
    await page.getByRole('row').filter({ hasText: 'jobs/leader' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('holds it').waitFor()
    await dialog.getByText(leader.token.toString(), { exact: true }).waitFor()
    await shoot(page, 'line')
    await leader.resign()
    await dialog.getByText('holds it').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.getByText('jobs/leader', { exact: true }).waitFor({ state: 'detached' })
  })

  test('reads why jobs failed, runs one again, and the others', async () => {
    const queue = running.waypost.coordination.queue<{ to: string }>('mail')
    for (const to of ['ada', 'bob', 'eve']) await queue.add({ to }, { attempts: 1 })
    const worker = queue.work(() => {
      throw new Error('The mailbox is full.')
    })
    await expect.poll(async () => (await queue.counts()).dead).toBe(3)
    await worker.close()
    await go('/coordination?tab=queues')
    await act('mail', 'Jobs')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The mailbox is full.').first().waitFor()
    await shoot(page, 'failed-jobs')
    await dialog.getByRole('button', { name: 'Run again', exact: true }).first().click()
    await expect.poll(async () => (await queue.counts()).dead).toBe(2)
    await page.keyboard.press('Escape')
    await act('mail', 'Run the failed ones again')
    await page.getByText('2 jobs put back into the queue').waitFor()
    expect(await queue.counts()).toMatchObject({ dead: 0, waiting: 3 })
    await act('mail', 'Pause')
    await page.getByText('mail is paused').waitFor()
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByText('mail goes on').waitFor()
  })

  test('runs a schedule now, pauses it, and takes that back', async () => {
    const { schedules } = running.waypost.coordination
    await schedules.put('nightly', { cron: '0 3 * * *', queue: 'mail' })
    await go('/coordination?tab=schedules')
    await act('nightly', 'Run now')
    await page.getByText('nightly runs now').waitFor()
    await act('nightly', 'History')
    await page.getByRole('dialog').getByRole('row').nth(1).waitFor()
    await page.keyboard.press('Escape')
    await act('nightly', 'Pause')
    await page.getByText('nightly is paused').waitFor()
    await page.getByText('Paused', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click()
    await page.getByText('Running', { exact: true }).waitFor()
  })

  test('compacts, defragments, and takes a snapshot home', async () => {
    const { etcd } = running.waypost
    await etcd.kv.put('/old', 'one')
    const before = (await etcd.kv.put('/old', 'two')).revision - 1n
    await go('/cluster')
    await page.getByRole('button', { name: 'Compact …', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Compact …', exact: true }).click()
    await page.getByText('History is compacted').waitFor()
    await expect(etcd.kv.get('/old', { revision: before })).rejects.toMatchObject({ code: 'compacted' })
    await page.getByRole('button', { name: 'Defragment …', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Defragment …', exact: true }).click()
    await page.getByText('1 member defragmented').waitFor()
    const coming = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download a snapshot', exact: true }).click()
    const file = await (await coming).path()
    expect((await readFile(file)).byteLength).toBeGreaterThan(1_000)
  })

  test('a key shows as text, JSON, hex and instance, with its lease running out and its history', async () => {
    const { etcd, registry } = running.waypost
    await registry.register({ service: 'order', id: 'order-0', host: '10.0.0.1', port: 3000 })
    await go('/keys?prefix=%2Fservices%2Forder%2F&key=%2Fservices%2Forder%2Forder-0')
    const dialog = page.getByRole('dialog')
    await dialog
      .getByRole('timer')
      .filter({ hasText: /ends in \d+ s \(of \d+ s\)/ })
      .waitFor()
    await dialog.getByRole('tab', { name: 'JSON', exact: true }).click()
    await dialog.getByText('"host": "10.0.0.1"').waitFor()
    await dialog.getByRole('tab', { name: 'Hex', exact: true }).click()
    await dialog.getByText(/^00000000 {2}7b 22/).waitFor()
    await dialog.getByRole('tab', { name: 'Instance', exact: true }).click()
    await dialog.getByRole('link', { name: 'order', exact: true }).waitFor()
    await shoot(page, 'key')
    await etcd.kv.put('/notes/a', 'one')
    await etcd.kv.put('/notes/a', 'two')
    await go('/keys?prefix=%2Fnotes%2F&key=%2Fnotes%2Fa')
    await dialog.getByRole('tab', { name: 'History', exact: true }).click()
    await dialog.getByText('one', { exact: true }).waitFor()
  })

  test('whoever loses a race for a key sees the other value, and decides', async () => {
    const { kv } = running.waypost.etcd
    await kv.put('/race/a', 'one')
    await go('/keys?prefix=%2Frace%2F&key=%2Frace%2Fa')
    const dialog = page.getByRole('dialog').first()
    await dialog.getByRole('button', { name: 'Edit', exact: true }).click()
    await dialog.getByLabel('Value', { exact: true }).fill('mine')
    await page.keyboard.press('Escape')
    await page.getByText('Discard your text?').waitFor()
    await page.keyboard.press('Escape')
    await kv.put('/race/a', 'theirs')
    await dialog.getByText(/Somebody changed this key meanwhile, at revision/).waitFor()
    await dialog.getByText('theirs', { exact: true }).waitFor()
    expect(await dialog.getByLabel('Value', { exact: true }).inputValue()).toBe('mine')
    await dialog.getByRole('button', { name: 'Save mine in its place', exact: true }).click()
    await page.getByText('/race/a is saved').waitFor()
    expect((await kv.get('/race/a'))?.text()).toBe('mine')
  })

  test('more than a thousand keys come as one scrolls', async () => {
    const { kv } = running.waypost.etcd
    const names = Array.from({ length: 1_200 }, (_, index) => `/many/${String(index).padStart(4, '0')}`)
    for (let from = 0; from < names.length; from += 100) {
      await Promise.all(names.slice(from, from + 100).map((name) => kv.put(name, 'x')))
    }
    await go('/keys?prefix=%2Fmany%2F')
    await page.getByText('1,000 shown of 1,200 keys').waitFor()
    await page.locator('.table-scroller').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.getByText('1,200 keys', { exact: true }).waitFor()
    await page.locator('.table-scroller').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.getByText('1199', { exact: true }).waitFor()
  })

  test('watches a prefix: every change, none left out', async () => {
    const { kv } = running.waypost.etcd
    await go('/keys?prefix=%2Fwatched%2F')
    const started = page.waitForResponse((response) => response.url().includes('/v1/watch'))
    await page.getByRole('button', { name: 'Watch here', exact: true }).click()
    await page.getByText('Nothing has changed since you began to watch.').waitFor()
    await started
    for (const value of ['one', 'two', 'three']) await kv.put('/watched/a', value)
    await kv.delete('/watched/a')
    const table = page.getByRole('table', { name: 'Changes below /watched/' })
    await expect.poll(() => table.getByRole('row').count()).toBe(5)
    await table.getByText('deleted').waitFor()
    await shoot(page, 'watch')
  })

  test('sees the routes of the gateways with their traffic, and why newer ones are refused', async () => {
    const gateway = (process: string, problems: readonly string[]) =>
      JSON.stringify({
        process,
        instance: process,
        host: 'web-1',
        pid: 7,
        startedAt: new Date().toISOString(),
        at: new Date().toISOString(),
        document: { path: 'gateway/routes.yaml', revision: '7', release: 3, problems },
        inFlight: 4,
        connections: 12,
        routes: [
          {
            name: 'shop',
            kind: 'proxy',
            services: ['order'],
            policies: ['staff'],
            requestsPerSecond: 120.5,
            errorsPerSecond: 2,
          },
          { name: 'old-shop', kind: 'answer', services: [], policies: [], requestsPerSecond: 0.4, errorsPerSecond: 0 },
        ],
        routeCount: 2,
      })
    const { kv } = running.waypost.etcd
    await go('/gateway')
    await page.getByText('No gateway runs.').waitFor()
    await kv.put('/waypost/gateways/gw-1', gateway('gw-1', []))
    await kv.put('/waypost/gateways/gw-2', gateway('gw-2', []))
    const shop = page.getByRole('row').filter({ hasText: 'shop' }).first()
    await shop.getByText('241', { exact: true }).waitFor()
    await shop.getByRole('link', { name: 'order', exact: true }).waitFor()
    await kv.put('/waypost/gateways/gw-2', gateway('gw-2', ['gateway/routes.yaml:3:1: nonsense is unknown.']))
    await page.getByText('1 gateway refuses the routes that are in the store').waitFor()
    await page.getByText('gateway/routes.yaml:3:1: nonsense is unknown.', { exact: true }).waitFor()
    await shoot(page, 'gateway')
  })

  test('sees the ups and downs of a service, drawn and listed', async () => {
    const { registry } = running.waypost
    const left = await registry.register({ service: 'history', id: 'history-0', host: '10.0.0.1', port: 1 })
    await registry.register({ service: 'history', id: 'history-1', host: '10.0.0.2', port: 1 })
    await left.deregister()
    await go('/services/history')
    await page.getByRole('tab', { name: 'History', exact: true }).click()
    await page.getByRole('img', { name: 'history-0: Gone' }).waitFor()
    await page.getByRole('img', { name: 'history-1: Up' }).waitFor()
    await page.getByText('history/history-0 is down: it left').waitFor()
    await shoot(page, 'service-history')
  })
})
