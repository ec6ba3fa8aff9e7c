import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from 'waypost'
import { closePages, expectGoodPage, hasChromium, launch, looksOfThisRun, openPage, shoot } from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

const path = 'order/application.yaml'
const text = 'server:\n  port: 3000\npool: 5\ntimeout: 30\n'

describe.skipIf(!hasChromium('the configuration of the console'))('configuration', () => {
  let running: RunningConsole
  let browser: Browser
  const open: { close(): Promise<void> }[] = []

  beforeAll(async () => {
    const [console, chromium] = await Promise.all([startConsole(), launch()])
    running = console
    browser = chromium
    const { releases, documents, drafts, canaries } = running.waypost.config
    await releases.publish(path, text.replace('pool: 5', 'pool: 3'), { author: 'mei', comment: 'first' })
    await releases.publish(path, text, { author: 'li', comment: 'a larger pool' })
    await releases.publish('order/production/application.yaml', 'timeout: 60\n', { author: 'li' })
    await documents.putRaw('Benutzerkontenverwaltungsdienst/日志/application.yaml', 'level: info\n')
    await drafts.save('order/production/application.yaml', 'timeout: 90\n', { author: 'mei', comment: 'slow' })
    await drafts.submit('order/production/application.yaml', { author: 'mei' })
    for (const instance of ['web-0', 'web-1', 'web-2']) {
      const process = await connect({ endpoints: running.store.url, logger: false, instance })
      open.push(process)
      await process.config.load({ app: 'order' })
    }
    await canaries.create(path, { name: 'try', rule: { percent: 34 }, content: text.replace('5', '20'), author: 'mei' })
  })

  afterAll(async () => {
    await closePages()
    for (const process of open) await process.close()
    await running?.[Symbol.asyncDispose]()
  })

  function address(document: string, search = ''): string {
    return `${running.url}/configuration/${encodeURIComponent(document)}${search}`
  }

  /** Types at the end of the document that is edited. */
  async function type(page: Page, line: string): Promise<void> {
    await page.locator('.editor').first().click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(line)
  }

  test.each(looksOfThisRun)('every page is whole in %s', async (look) => {
    const { page, problems } = await openPage(browser, look)
    for (const [name, url] of [
      ['tree', `${running.url}/configuration`],
      ['drafts', `${running.url}/configuration?view=drafts`],
      ['effective', `${running.url}/configuration?view=effective`],
      ['document', address(path)],
      ['history', address(path, '?tab=history')],
      ['processes', address(path, '?tab=processes')],
      ['canaries', address(path, '?tab=canaries')],
      ['draft', address('order/production/application.yaml', '?tab=draft')],
    ] as const) {
      await page.goto(url)
      await page.locator('.panel').first().waitFor()
      await page.locator('.connection-mark .status.ok').waitFor()
      if (name === 'document' || name === 'draft') await page.locator('.editor').first().waitFor()
      await shoot(page, `configuration-${name}-${look}`)
      await expectGoodPage(page)
    }
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('publishes with the keyboard alone, after one has seen who changes', async () => {
    const { config } = running.waypost
    await config.releases.publish('keys/application.yaml', 'a: 1\n')
    const { page } = await openPage(browser)
    await page.goto(address('keys/application.yaml'))
    await page.getByRole('button', { name: 'Edit', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.editor .cm-content, .editor').first().waitFor()
    await type(page, 'b: 2')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /Review and publish/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Who changes').waitFor()
    await page.keyboard.type('from the console')
    await page.getByRole('button', { name: 'Publish', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Published keys/application.yaml as release 2.').waitFor()
    expect(await config.get('keys/application.yaml')).toBe('a: 1\nb: 2')
    const { releases } = await config.releases.history('keys/application.yaml')
    expect(releases[0]).toMatchObject({ release: 2, comment: 'from the console' })
    await page.context().close()
  })

  test('two people edit one document: the second merges, and nothing is lost', async () => {
    const document = 'both/application.yaml'
    const { config } = running.waypost
    await config.releases.publish(document, 'a: 1\nb: 1\nc: 1\nd: 1\ne: 1\n')
    const { page } = await openPage(browser)
    await page.goto(address(document, '?edit=yes'))
    await type(page, 'mine: 1')
    await config.releases.publish(document, 'a: 2\nb: 1\nc: 1\nd: 1\ne: 1\n', { author: 'li' })
    await page.getByText(/Release 2 came while you were editing/).waitFor()
    await page.getByRole('button', { name: /Review and publish/ }).click()
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('Somebody was faster').waitFor()
    await page.getByText(/do not overlap/).waitFor()
    await page.getByRole('button', { name: 'Go on with the merge', exact: true }).click()
    await page.getByRole('button', { name: /Review and publish/ }).click()
    await page.getByRole('dialog').getByText('Who changes').waitFor()
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText(`Published ${document} as release 3.`).waitFor()
    expect(await config.get(document)).toBe('a: 2\nb: 1\nc: 1\nd: 1\ne: 1\nmine: 1')
    await page.context().close()
  })

  test('text that was typed outlives a reload', async () => {
    const { page } = await openPage(browser)
    await page.goto(address('order/production/application.yaml', '?edit=yes'))
    await type(page, 'kept: true')
    await page.goto(address('order/production/application.yaml'))
    await page.getByRole('button', { name: 'Go on with it', exact: true }).click()
    await page.getByText('kept').first().waitFor()
    await page.context().close()
  })

  test('a draft is approved by somebody else, and published', async () => {
    const { page } = await openPage(browser)
    await page.goto(address('order/production/application.yaml', '?tab=draft'))
    await page.getByLabel('Author').fill('li')
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('approved', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Publish the draft', exact: true }).click()
    await page.getByText('Nobody proposes a change of this document.').waitFor()
    expect(await running.waypost.config.get('order/production/application.yaml')).toBe('timeout: 90\n')
    await page.context().close()
  })

  test('a canary is made in three steps, shows its progress, and becomes a release', async () => {
    const document = 'order/application.yaml'
    const { canaries } = running.waypost.config
    await canaries.abort(document, 'try')
    const { page } = await openPage(browser)
    await page.goto(address(document, '?tab=canaries'))
    await page.getByRole('button', { name: /New canary/ }).click()
    await type(page, 'retries: 3')
    await page.keyboard.press('Escape')
    await page.getByText('Discard your text?').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByLabel('Name').fill('retries')
    await page.getByLabel('Percent of the instances').fill('34')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByText('Who changes').waitFor()
    await page.getByLabel('Author').fill('mei')
    await page.getByRole('button', { name: 'Start the canary', exact: true }).click()
    await page.getByText('1 applied, 0 rejected, 0 pending').first().waitFor()
    await page.getByRole('button', { name: /Release for all/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Release retries for all', exact: true }).click()
    await page.getByText('Every instance gets the released document.').waitFor()
    expect(await running.waypost.config.get(document)).toContain('retries: 3')
    await page.context().close()
  })

  test('any release comes back', async () => {
    const { config } = running.waypost
    await config.releases.publish('back/application.yaml', 'a: 1\n')
    await config.releases.publish('back/application.yaml', 'a: 2\n')
    const { page } = await openPage(browser)
    await page.goto(address('back/application.yaml', '?tab=history'))
    await page.getByRole('row').nth(2).click()
    await page.getByRole('button', { name: 'Roll back to release 1', exact: true }).click()
    await page.getByText('Rolled back back/application.yaml: release 3.').waitFor()
    expect(await config.get('back/application.yaml')).toBe('a: 1\n')
    await page.context().close()
  })

  test('documents with HTML, scripts and bidirectional marks are only text', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202e/application.yaml'
    await running.waypost.config.documents.putRaw(evil, 'x: "<script>alert(2)</script>\u202e"\n')
    const { page, problems } = await openPage(browser)
    page.on('dialog', (dialog) => problems.push(dialog.message()))
    await page.goto(`${running.url}/configuration`)
    await page.getByRole('treeitem').first().waitFor()
    await page.goto(address(evil))
    await page.getByText('<script>alert(2)').first().waitFor()
    expect(problems).toEqual([])
    await page.context().close()
  })
})
