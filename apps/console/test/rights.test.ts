import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closePages, expectGoodPage, hasChromium, launch, openPage, shoot } from './support/browser.ts'
import { type RunningConsole, startConsole } from './support/running.ts'

const password = 'a long password'

describe.skipIf(!hasChromium('the rights of users of the console'))('where the store asks for a login', () => {
  let running: RunningConsole
  let browser: Browser

  beforeAll(async () => {
    const provider = { issuer: 'http://127.0.0.1:9', clientId: 'console', title: 'Example ID', roles: {} }
    const oidc = { ...provider, publicUrl: 'http://127.0.0.1' }
    const [console, chromium] = await Promise.all([startConsole({ rootPassword: 'secret', oidc }), launch()])
    running = console
    browser = chromium
    const { etcd, config, registry, coordination } = running.waypost
    for (const [user, prefix] of [
      ['reader', ''],
      ['stranger', '/notes/'],
    ] as const) {
      await etcd.auth.roles.add(user)
      await etcd.auth.roles.grant(user, 'read', prefix === '' ? { all: true } : { prefix })
      await etcd.auth.users.add(user, password)
      await etcd.auth.users.grantRole(user, user)
    }
    await etcd.kv.put('/notes/a', 'one')
    await registry.register({ service: 'order', id: 'order-0', host: '10.0.0.1', port: 3000 })
    await config.releases.publish('order/application.yaml', 'level: info\n', { author: 'mei' })
    await coordination.queue('mail').add({ to: 'ada' })
  })

  afterAll(async () => {
    await closePages()
    await running?.[Symbol.asyncDispose]()
  })

  async function logIn(page: Page, user: string, secret: string): Promise<void> {
    await page.getByLabel('User', { exact: true }).fill(user)
    await page.getByLabel('Password').fill(secret)
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
  }

  test('a good page lets one in, with a password or by the provider, and one comes back to where one was', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${running.url}/services?view=map`)
    const provider = page.getByRole('link', { name: 'Log in with Example ID', exact: true })
    await provider.waitFor()
    expect(await provider.getAttribute('href')).toBe('/v1/oidc/login?return=%2Fservices%3Fview%3Dmap')
    await logIn(page, 'root', 'wrong')
    await page.getByText('The store knows no such user with this password.').waitFor()
    await expectGoodPage(page)
    await shoot(page, 'login')
    await logIn(page, 'root', 'secret')
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor()
    await page.locator('.connection-mark .status.ok').waitFor()
    await page.context().close()
  })

  test('what a reader may not do is shown as not allowed, with the permission that it needs', async () => {
    const { page, problems } = await openPage(browser)
    await page.goto(`${running.url}/services/order`)
    await logIn(page, 'reader', password)
    await page.getByRole('button', { name: 'Actions for order-0', exact: true }).click()
    const drain = page.getByRole('menuitem', { name: /Drain/ })
    await expect
      .poll(() => drain.getAttribute('title'))
      .toBe('Not allowed: this needs write /waypost/services/overrides/order/')
    await drain.click({ force: true })
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.goto(`${running.url}/configuration/order%2Fapplication.yaml`)
    const edit = page.getByRole('button', { name: /Edit/ })
    await expect
      .poll(() => edit.getAttribute('title'))
      .toBe('Not allowed: this needs write /config/order/application.yaml')
    await shoot(page, 'reader-document')
    await expectGoodPage(page)
    await page.goto(`${running.url}/cluster`)
    const snapshot = page.getByRole('button', { name: /Download a snapshot/ })
    await expect.poll(() => snapshot.getAttribute('title')).toBe('Not allowed: this needs the role root')
    await page.goto(`${running.url}/keys?prefix=%2Fnotes%2F&key=%2Fnotes%2Fa`)
    const remove = page.getByRole('dialog').getByRole('button', { name: /Delete/ })
    await expect.poll(() => remove.getAttribute('title')).toBe('Not allowed: this needs write /notes/a')
    await page.goto(`${running.url}/access`)
    await page.getByText('Users and roles are for the role root.').waitFor()
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText('yes, by the role reader').waitFor()
    // A token for a program is shown once, and is good until it is revoked.
    await page.getByRole('button', { name: 'New token …', exact: true }).click()
    await page.getByLabel('What it is for').fill('pipeline')
    await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByText('Copy it now: it is shown only this once.').waitFor()
    const token = await page.getByRole('dialog').locator('pre').textContent()
    const ask = () => fetch(`${running.url}/v1/session`, { headers: { authorization: `Bearer ${token?.trim()}` } })
    expect((await ask()).status).toBe(200)
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.getByRole('row').filter({ hasText: 'pipeline' }).getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByText('pipeline is revoked').waitFor()
    await expect.poll(async () => (await ask()).status).toBe(401)
    await page.getByText('no', { exact: true }).waitFor()
    await expectGoodPage(page)
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('who may follow no changes is told that pages are read again, and sees what they may', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${running.url}/keys?prefix=%2Fnotes%2F`)
    await logIn(page, 'stranger', password)
    await page.getByText('Your user may not follow the changes of the store.').waitFor()
    await page.getByRole('row').filter({ hasText: 'a' }).nth(1).waitFor()
    await page.goto(`${running.url}/services`)
    await page.getByText('permission-denied').waitFor()
    await page.context().close()
  })
})
