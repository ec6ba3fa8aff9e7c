import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closePages, hasChromium, launch, openPage } from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

describe.skipIf(!hasChromium('EventSource in Chromium'))('EventSource in Chromium', () => {
  let browser: Browser
  let running: RunningConsole

  beforeAll(async () => {
    browser = await launch()
    running = await startConsole()
  })

  afterAll(async () => {
    await closePages()
    await running[Symbol.asyncDispose]()
  })

  test('reads a live view, and goes on where it was when the hub was replaced', async () => {
    const { page } = await openPage(browser)
    await page.goto(running.url)
    await page.evaluate(() => {
      const told: string[] = []
      Reflect.set(window, 'told', told)
      const source = new EventSource('/v1/names/live/instances')
      for (const event of ['snapshot', 'change', 'reset']) {
        source.addEventListener(event, ({ data }) => {
          const { added = [] }: { added?: { id: string }[] } = JSON.parse(data)
          told.push([event, ...added.map(({ id }) => id)].join(' '))
        })
      }
    })
    const told = () => page.evaluate(() => Reflect.get(window, 'told'))
    await expect.poll(told).toEqual(['snapshot'])
    const put = (id: string) => running.waypost.etcd.kv.put(`/services/live/${id}`, `10.0.0.${id}:80`)
    await put('1')
    await expect.poll(told).toEqual(['snapshot', 'change 1'])
    const restarted = running.restartHub()
    await put('2')
    await restarted
    await expect.poll(told, { timeout: 20_000 }).toEqual(['snapshot', 'change 1', 'change 2'])
  })
})
