import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closePages, expectGoodPage, hasChromium, launch, looksOfThisRun, openPage, shoot } from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

describe.skipIf(!hasChromium('the timeline of the console'))('timeline and webhooks', () => {
  let running: RunningConsole
  let browser: Browser

  beforeAll(async () => {
    const [console, chromium] = await Promise.all([startConsole(), launch()])
    running = console
    browser = chromium
    await running.waypost.config.releases.publish('order/application.yaml', 'a: 1\n', {
      author: 'mei',
      comment: 'first',
    })
    await running.waypost.registry.register({ service: 'order', id: 'order-0', host: '10.0.0.1', port: 1 })
  })

  afterAll(async () => {
    await closePages()
    await running?.[Symbol.asyncDispose]()
  })

  test.each(looksOfThisRun)('every page is whole in %s', async (look) => {
    const { page, problems } = await openPage(browser, look)
    for (const [name, url] of [
      ['events', '/timeline'],
      ['moment', '/timeline?view=moment'],
      ['webhooks', '/webhooks'],
    ] as const) {
      await page.goto(running.url + url)
      await page.locator('.panel').first().waitFor()
      await page.locator('.connection-mark .status.ok').waitFor()
      await shoot(page, `timeline-${name}-${look}`)
      await expectGoodPage(page)
    }
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('what happens shows without a reload', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${running.url}/timeline`)
    await page.getByText('order/application.yaml').first().waitFor()
    await running.waypost.config.releases.publish('later/application.yaml', 'a: 1\n', { author: 'li' })
    await page.getByText('later/application.yaml').first().waitFor()
    await page.context().close()
  })

  test('a webhook is made, its secret shown once, and tested', async () => {
    const received: string[] = []
    const receiver = createServer((request, response) => {
      received.push(request.headers['webhook-id']?.toString() ?? '')
      request.resume().on('end', () => response.end('ok'))
    })
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    const { page } = await openPage(browser)
    await page.goto(`${running.url}/webhooks`)
    await page.getByRole('button', { name: 'New webhook', exact: true }).click()
    await page.getByLabel('Name').fill('on call')
    await page.getByLabel('Address').fill(`http://127.0.0.1:${port}/hook`)
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByText(/whsec_/).waitFor()
    await page.getByRole('button', { name: 'Done', exact: true }).click()
    await page.getByRole('button', { name: 'Actions for on call', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Send a test', exact: true }).click()
    await page.getByText(/The receiver answered 200|The test was not delivered/).waitFor()
    await page.context().close()
    receiver.close()
    expect(received.length).toBeGreaterThan(0)
  })
})
