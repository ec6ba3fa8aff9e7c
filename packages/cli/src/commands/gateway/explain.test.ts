import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStore } from '@waypost/testkit'
import { afterAll, expect, test } from 'vitest'
import { connect } from 'waypost'
import { waypost } from '../../waypost.test-support.ts'

const folder = mkdtempSync(join(tmpdir(), 'waypost-routes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const routes = `waypost: { import: [gateway/more.yaml] }
routes:
  shop:
    hosts: [shop.example.com]
    path: { prefix: /api }
    policies: [staff]
    stripPrefix: true
    target: { service: shop }
policies:
  staff: { addresses: { allow: [10.0.0.0/8] } }
`
const more = 'routes:\n  web: { target: { service: web } }\n'

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('a file is checked with what it imports, and faults have their places', async () => {
  file('more.yaml', more)
  const good = await waypost(['gateway', 'check', file('routes.yaml', routes)])
  expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('Routes: 2, policies: 1.') })
  const path = file('bad.yaml', routes.replace('[staff]', '[staf]'))
  const bad = await waypost(['gateway', 'check', path])
  expect(bad.code).toBe(1)
  expect(bad.stderr).toContain(`${path}:6:16: routes.shop.policies.0: There is no policy staf; perhaps staff is meant.`)
})

test('a request is explained by the routes and the instances in the store', async () => {
  await using store = await startStore()
  await using center = await connect({ endpoints: store.url, env: {} })
  await center.config.set('gateway/more.yaml', more)
  await center.config.set('gateway/routes.yaml', routes)
  await center.registry.register({ service: 'shop', id: 's1', host: '10.0.0.1', port: 80, version: '1.0.0' })
  const ask = ['gateway', 'explain', 'GET', 'https://shop.example.com/api/x?y=1', '--endpoints', store.url]
  const { stdout, code } = await waypost(ask)
  expect(code).toBe(0)
  expect(stdout).toContain('shop takes it: it is for shop.example.com; its path is prefix /api.')
  expect(stdout).toContain('Policies: staff (addresses)')
  expect(stdout).toContain('Sent to shop (target) as GET /x?y=1')
  expect(stdout).toMatch(/s1 +10\.0\.0\.1:80 +up +1\.0\.0 .*candidate/)
  expect(stdout).toContain('web: it would take the request, but shop is for a narrower host (shop.example.com)')
  const json = await waypost([...ask, '-w', 'json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    route: 'shop',
    path: '/x?y=1',
    instances: [{ id: 's1', takesTraffic: true }],
  })
})
