import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from 'waypost'
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

  /** Where one types, and not only reads. */
  const typed = (page: Page) => page.locator('.editor .cm-content[contenteditable="true"]')

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
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor()
    await tabTo(page.getByRole('button', { name: 'Edit', exact: true }))
    await page.keyboard.press('Enter')
    await typed(page).waitFor()
    await tabTo(typed(page))
    await page.keyboard.press('Control+End')
    await page.keyboard.type('b: 2')
    await page.keyboard.press('Escape')
    await tabTo(page.getByRole('button', { name: /Review and publish/ }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Who changes').waitFor()
    await tabTo(page.getByRole('dialog').getByLabel('Comment'))
    await page.keyboard.type('from the console')
    await tabTo(page.getByRole('button', { name: 'Publish', exact: true }))
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

  test('a canary goes from the wizard to all by the keyboard alone, and shows who has it, refuses it, or waits', async () => {
    const document = 'staged/application.yaml'
    const { config, etcd } = running.waypost
    await config.releases.publish(document, 'pool: 5\n')
    const refuses = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) =>
          JSON.stringify(value).includes('retries') ? { issues: [{ message: 'Retries are for mail.' }] } : { value },
      },
    } as const
    const processOf = async (instance: string) => {
      const process = await connect({ endpoints: running.store.url, logger: false, instance })
      open.push(process)
      return process.config
    }
    await (await processOf('s-0')).load({ app: 'staged' })
    await (await processOf('s-1')).load({ app: 'staged', schema: refuses })
    await expect.poll(async () => (await config.consumers.status(document)).processes.length).toBe(2)
    // One that has said that it uses the document, and nothing since.
    const consumers = '/waypost/config/consumers/'
    for await (const kv of etcd.kv.list({ prefix: consumers })) {
      if (kv.text().includes('"s-0"')) await etcd.kv.put(`${kv.key}-silent`, kv.text().replaceAll('"s-0"', '"s-2"'))
    }
    const { page } = await openPage(browser)
    await page.goto(address(document, '?tab=canaries'))
    const button = (name: string | RegExp) => page.getByRole('button', { name })
    await button(/New canary/).waitFor()
    await tabTo(button(/New canary/))
    await page.keyboard.press('Enter')
    await typed(page).waitFor()
    await tabTo(typed(page))
    await page.keyboard.press('Control+End')
    await page.keyboard.type('retries: 3')
    await page.keyboard.press('Escape')
    await tabTo(button('Next'))
    await page.keyboard.press('Escape')
    await page.getByText('Discard your text?').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    for (const [label, text] of [
      ['Name', 'retries'],
      // Empty: all that the other conditions name.
      ['Percent of the instances', ''],
      ['Instances', 's-0, s-1, s-2'],
      ['Take it back after more rejections than', '5'],
    ] as const) {
      await tabTo(page.getByLabel(label, { exact: true }))
      await page.keyboard.press('Control+a')
      await page.keyboard.press('Delete')
      await page.keyboard.type(text)
    }
    await tabTo(button('Next'))
    await page.keyboard.press('Enter')
    await page.getByText('Who changes').waitFor()
    // The second click of a double click falls upon nothing.
    await button('Start the canary').dispatchEvent('click', { detail: 2 })
    expect((await config.canaries.list(document)).canaries).toEqual([])
    await tabTo(page.getByLabel('Author'))
    await page.keyboard.type('mei')
    await tabTo(button('Start the canary'))
    await page.keyboard.press('Enter')
    await page.getByText('1 applied, 1 rejected, 1 pending').first().waitFor()
    for (const [instance, state] of [
      ['s-0', 'applied'],
      ['s-1', 'rejected'],
      ['s-2', 'pending'],
    ] as const) {
      await page.getByRole('row').filter({ hasText: instance }).getByText(state).waitFor()
    }
    await page.getByRole('row').filter({ hasText: 's-1' }).getByText('Retries are for mail.').waitFor()
    await shoot(page, 'canary-progress')
    await expectGoodPage(page)
    await tabTo(button(/Release for all/))
    await page.keyboard.press('Enter')
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Release retries for all', exact: true }))
    await page.keyboard.press('Enter')
    await page.getByText('Every instance gets the released document.').waitFor()
    expect(await config.get(document)).toContain('retries: 3')
    await page.context().close()
  })

  test('what one decides about is what one has seen: a canary, a draft, a release, what breaks', async () => {
    const document = 'seen/application.yaml'
    const { releases, canaries, drafts } = running.waypost.config
    await releases.publish(document, 'a: 1\n')
    await releases.publish(document, 'a: 2\n')
    const { page } = await openPage(browser)
    const dialog = page.getByRole('dialog')
    // A release that came meanwhile is not rolled back with the one that was in force.
    await page.goto(address(document, '?tab=history'))
    await page.getByRole('row').nth(2).click()
    await releases.publish(document, 'a: 3\n')
    await dialog.getByRole('option', { name: 'release 3', exact: true }).waitFor({ state: 'attached' })
    await dialog.getByRole('button', { name: 'Roll back to release 1', exact: true }).click()
    await dialog.getByText('Somebody else changed this meanwhile.').waitFor()
    expect(await running.waypost.config.get(document)).toBe('a: 3\n')
    // A canary that is over leaves the dialog, which does nothing any more.
    await canaries.create(document, { name: 'brief', rule: { percent: 1 }, content: 'a: 4\n', evenIfUnknown: true })
    await page.goto(address(document, '?tab=canaries'))
    await page.getByRole('button', { name: /Release for all/ }).click()
    await dialog.getByLabel('Comment').fill('tried')
    await canaries.abort(document, 'brief')
    await dialog.getByText('This canary has been changed meanwhile, or is over.').waitFor()
    expect(await dialog.getByLabel('Comment').inputValue()).toBe('tried')
    expect(await dialog.getByRole('button', { name: 'Release brief for all', exact: true }).isDisabled()).toBe(true)
    // Submitting never turns into approving, and another text is not approved unseen.
    await drafts.save(document, 'a: 5\n', { author: 'mei' })
    await page.goto(address(document, '?tab=draft'))
    await page.getByLabel('Author').fill('li')
    const box = await page.getByRole('button', { name: 'Submit for approval', exact: true }).boundingBox()
    if (box === null) throw new Error('The button has no place.')
    await drafts.submit(document, { author: 'mei' })
    await page.getByText('waits for approval', { exact: true }).waitFor()
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    expect((await drafts.get(document))?.state).toBe('submitted')
    await drafts.save(document, 'a: 6\n', { author: 'mei' })
    await drafts.submit(document, { author: 'mei' })
    await page.getByText(/has written another text meanwhile/).waitFor()
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('Somebody else changed this meanwhile.').waitFor()
    expect((await drafts.get(document))?.state).toBe('submitted')
    await page.getByRole('button', { name: 'Show the new text', exact: true }).click()
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('approved', { exact: true }).waitFor()
    // What would break meanwhile makes "Publish" wait for a word, and nothing else of it.
    await page.goto(address(document, '?edit=yes'))
    await type(page, 'b: 1')
    await page.getByRole('button', { name: /Review and publish/ }).click()
    await dialog.getByText('Who changes').waitFor()
    const publish = dialog.getByRole('button', { name: 'Publish', exact: true })
    expect(await publish.isEnabled()).toBe(true)
    const breaks = [{ message: 'b is unknown', path: ['b'] }]
    const group = { app: 'seen', instances: ['s-1'], changes: [], breaks }
    // A request that is under way when the hub stops gets no answer, as it would from the hub itself.
    await page.route('**/validate', async (route) => {
      const answer = await route.fetch().catch(() => undefined)
      if (answer === undefined) await route.abort('connectionrefused')
      else await route.fulfill({ response: answer, json: { ...(await answer.json()), affected: [group] } })
    })
    await running.restartHub()
    await dialog.getByText('b is unknown').waitFor()
    expect(await publish.isDisabled()).toBe(true)
    await dialog.getByLabel('Go on although it breaks these').check()
    await publish.click()
    await page.getByText(`Published ${document} as release 4.`).waitFor()
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
