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
    await page.locator('.connection-mark .status.ok').waitFor()
    await page.getByRole('button', { name: 'Compact …', exact: true }).click()
    // What comes while one reads the question is not compacted with the rest.
    const { revision: meanwhile } = await etcd.kv.put('/old', 'three')
    const shown = page.locator('.stat').filter({ hasText: 'Revision' }).locator('strong')
    await expect.poll(async () => Number(await shown.textContent())).toBeGreaterThanOrEqual(Number(meanwhile))
    await page.getByRole('dialog').getByRole('button', { name: 'Compact …', exact: true }).click()
    await page.getByText('History is compacted').waitFor()
    await expect(etcd.kv.get('/old', { revision: before })).rejects.toMatchObject({ code: 'compacted' })
    expect((await etcd.kv.get('/old', { revision: before + 1n }))?.text()).toBe('two')
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
    // Only what one has seen is replaced.
    const { revision } = await kv.put('/race/a', 'a third')
    const showIt = dialog.getByRole('button', { name: `Show revision ${revision}`, exact: true })
    await showIt.waitFor()
    await dialog.getByRole('button', { name: 'Save mine in its place', exact: true }).click()
    await dialog.getByText('Somebody else changed this meanwhile.').waitFor()
    expect((await kv.get('/race/a'))?.text()).toBe('a third')
    await showIt.click()
    await dialog.getByText('a third', { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Save mine in its place', exact: true }).click()
    await page.getByText('/race/a is saved').waitFor()
    expect((await kv.get('/race/a'))?.text()).toBe('mine')
    // Nor is a value deleted that came after one was asked.
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await kv.put('/race/a', 'a fourth')
    await dialog.getByText('a fourth', { exact: true }).waitFor()
    await page.getByRole('dialog').last().getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByText('Somebody else changed this meanwhile.').waitFor()
    expect((await kv.get('/race/a'))?.text()).toBe('a fourth')
  })

  test('an open menu stays as it was opened, and a dialog when its instance goes', async () => {
    const { registry } = running.waypost
    const instance = await registry.register({ service: 'hand', id: 'hand-1', host: '10.0.0.1', port: 1 })
    await go('/services/hand')
    const row = page.getByRole('row').filter({ hasText: 'hand-1' })
    await page.getByRole('button', { name: 'Actions for hand-1', exact: true }).click()
    const before = await page.getByRole('menuitem').allTextContents()
    await registry.operate('hand').disable('hand-1', { by: 'li' })
    await row.getByText('Disabled', { exact: true }).waitFor()
    expect(await page.getByRole('menuitem').allTextContents()).toEqual(before)
    await page.getByRole('menuitem', { name: 'Drain', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Drain hand-1' })
    await dialog.getByLabel('Reason').fill('a kernel update')
    await instance.deregister()
    await row.waitFor({ state: 'detached' })
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('a kernel update')
    await page.keyboard.press('Escape')
    await registry
      .operate('hand')
      .enable('hand-1', { by: 'li' })
      .catch(() => undefined)
  })

  test('rows keep their places under a hand that moves, and take no click as they slip under one that rests', async () => {
    const { registry } = running.waypost
    const register = (id: string) => registry.register({ service: 'moving', id, host: '10.0.0.1', port: 1 })
    await register('m-5')
    const { page: own } = await openPage(browser)
    await own.clock.install()
    await own.goto(`${running.url}/services/moving`)
    const aim = own.getByRole('row').filter({ hasText: 'm-5' })
    await aim.waitFor()
    const box = await aim.boundingBox()
    if (box === null) throw new Error('The row has no place.')
    const [x, y] = [box.x + 20, box.y + box.height / 2]
    const comes = async (up: string, before: () => Promise<unknown>): Promise<void> => {
      await expect
        .poll(async () => {
          await before()
          await own.clock.runFor(50)
          return own.locator('.page-head .badge').textContent()
        })
        .toBe(up)
    }
    let step = 0
    const moves = (): Promise<void> => own.mouse.move(x + (step++ % 2), y)
    await moves()
    await register('m-4')
    await comes('2 of 2 up', moves)
    await moves()
    await own.mouse.down()
    await own.mouse.up()
    await own.getByRole('dialog', { name: 'm-5' }).waitFor()
    await own.keyboard.press('Escape')
    // It rests: what has come takes its place, and what comes now does so at once.
    await own.clock.runFor(1_000)
    await own.mouse.move(x, y + box.height)
    await own.clock.runFor(1_000)
    await register('m-3')
    await comes('3 of 3 up', async () => undefined)
    await own.getByRole('row').filter({ hasText: 'm-3' }).waitFor()
    await own.mouse.down()
    await own.mouse.up()
    expect(await own.getByRole('dialog').count()).toBe(0)
    await own.clock.runFor(1_000)
    await own.mouse.down()
    await own.mouse.up()
    await own.getByRole('dialog', { name: 'm-4' }).waitFor()
    await own.context().close()
  })

  test('an undo stays where one points at it, also when another would come', async () => {
    const { registry } = running.waypost
    for (const id of ['u-1', 'u-2']) await registry.register({ service: 'undo', id, host: '10.0.0.1', port: 1 })
    const { page: own } = await openPage(browser)
    await own.clock.install()
    await own.goto(`${running.url}/services/undo`)
    const drain = async (id: string): Promise<void> => {
      await own.getByRole('button', { name: `Actions for ${id}`, exact: true }).click()
      await own.getByRole('menuitem', { name: 'Drain', exact: true }).click()
      await own.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }).click()
      await own.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
    }
    await drain('u-1')
    await drain('u-2')
    const undo = own.locator('.toast').filter({ hasText: 'u-2' }).getByRole('button', { name: 'Undo', exact: true })
    await undo.hover()
    await own.clock.runFor(60_000)
    expect(await own.locator('.toast').count()).toBe(2)
    await own.mouse.down()
    await own.mouse.up()
    await own.getByText('u-2 takes traffic again').waitFor()
    await own.context().close()
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
            p50Ms: 3.2,
            p99Ms: process === 'gw-1' ? 41 : 97,
          },
          { name: 'old-shop', kind: 'answer', services: [], policies: [], requestsPerSecond: 0.4, errorsPerSecond: 0 },
        ],
        routeCount: 2,
        instances: [
          {
            service: 'order',
            instance: 'order-9',
            address: '10.0.0.9:80',
            status: process === 'gw-1' ? 'up' : 'suspect',
            requestsPerSecond: 60,
            failuresPerSecond: 0,
            p50Ms: 2.5,
            p99Ms: 30,
          },
        ],
      })
    const { kv } = running.waypost.etcd
    await go('/gateway')
    await page.getByText('No gateway runs.').waitFor()
    await kv.put('/waypost/gateways/gw-1', gateway('gw-1', []))
    await kv.put('/waypost/gateways/gw-2', gateway('gw-2', []))
    const shop = page.getByRole('row').filter({ hasText: 'shop' }).first()
    await shop.getByText('241', { exact: true }).waitFor()
    await shop.getByRole('link', { name: 'order', exact: true }).waitFor()
    await shop.getByText('97', { exact: true }).waitFor()
    const called = page.getByRole('row').filter({ hasText: 'order-9' })
    await called.getByText('120', { exact: true }).waitFor()
    await called.getByText('Suspect', { exact: true }).waitFor()
    await page.getByLabel('Address').fill('https://shop.example.com/api/x?y=1')
    await page.getByLabel('Headers').fill('x-canary: yes')
    await page.getByRole('button', { name: 'Explain', exact: true }).click()
    await page.getByText('not-found').first().waitFor()
    await running.waypost.config.documents.putRaw(
      'gateway/routes.yaml',
      `routes:
  shop: { hosts: [shop.example.com], path: { prefix: /api }, stripPrefix: true, target: { service: order } }
  other: { hosts: [other.example.com], target: { service: order } }
`,
    )
    await page.getByRole('button', { name: 'Explain', exact: true }).click()
    await page.getByText('shop takes it').waitFor()
    await page.getByText('/x?y=1', { exact: true }).waitFor()
    await page.getByText('candidate', { exact: true }).first().waitFor()
    await page.getByRole('listitem').filter({ hasText: 'it is for other.example.com' }).waitFor()
    await shoot(page, 'gateway-explain')
    await kv.put('/waypost/gateways/gw-2', gateway('gw-2', ['gateway/routes.yaml:3:1: nonsense is unknown.']))
    await page.getByText('1 gateway refuses the routes that are in the store').waitFor()
    await page.getByText('gateway/routes.yaml:3:1: nonsense is unknown.', { exact: true }).waitFor()
    await shoot(page, 'gateway')
  })

  test('sees which instances were lost together, and tries an address', async () => {
    const { etcd, registry } = running.waypost
    const lease = await etcd.leases.grant({ ttlSeconds: 60 })
    for (const port of [81, 82]) {
      const record = JSON.stringify({ id: `l-${port}`, host: '10.0.0.1', port, status: 'up' })
      await etcd.kv.put(`/services/lost/l-${port}`, record, { lease: lease.id })
    }
    const { hostname: host, port } = new URL(running.store.url)
    await registry.register({ service: 'lost', id: 'l-80', host, port: Number(port) })
    await go('/services/lost')
    await page.getByText('3 of 3 up').waitFor()
    await page.locator('.connection-mark .status.ok').waitFor()
    await lease.revoke()
    await page.getByText('2 instances lost together').first().waitFor()
    await page.getByRole('row').filter({ hasText: 'l-82' }).getByText('Suspect').waitFor()
    await shoot(page, 'suspects')
    await act('l-80', 'Try this address …')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Try now', exact: true }).click()
    await dialog.getByText(/^It answers\./).waitFor()
    await dialog.getByLabel('Check').selectOption({ label: 'gRPC: the health service says that it serves' })
    await dialog.getByLabel('gRPC service').fill('none.such')
    await dialog.getByRole('button', { name: 'Try now', exact: true }).click()
    await dialog.getByText('It does not answer as it should.').waitFor()
    await page.keyboard.press('Escape')
    // Another service is empty until its own instances are there.
    await registry.register({ service: 'hand', id: 'hand-2', host: '10.0.0.1', port: 2 })
    let answer = (): void => undefined
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/v1/names/hand/instances**', async (route) => {
      await held
      await route.continue()
    })
    await page.keyboard.press('Control+k')
    await page.keyboard.type('hand')
    await page.getByRole('option', { name: /^hand/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'hand' }).waitFor()
    expect(await page.getByText('l-80', { exact: true }).count()).toBe(0)
    answer()
    await go('/')
    await page.getByText('lost: instances were lost together').waitFor()
    await page.locator('.stat').filter({ hasText: '2 suspect' }).waitFor()
    await shoot(page, 'overview-suspects')
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
