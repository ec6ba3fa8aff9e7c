import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'

let directory: string

beforeEach(async () => {
  directory = await makeTempDir('waypost-hub')
})

afterEach(async () => {
  await removeTempDir(directory)
})

const withHub = { WAYPOST_NO_HUB: 'false' }

describe('serve', () => {
  test('serves the HTTP API beside the store, and stops with it', async () => {
    const args = ['serve', '--port', '0', '--memory', '--hub-port', '0']
    await using server = await startWaypost(args, { cwd: directory, env: withHub })
    const output = await server.waitForOutput('The hub is ready')
    const [, url = ''] = /on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(output) ?? []
    const answer = await fetch(`${url}/v1/names/user/instances`)
    expect(await answer.json()).toMatchObject({ service: 'user', instances: [] })
    server.signal('SIGTERM')
    expect(await server.exited).toMatchObject({ code: 0, signal: null })
  })

  test('lets the hub record, answer the DNS and check where everybody has to log in', async () => {
    const args = ['serve', '--port', '0', '--memory', '--hub-port', '0', '--dns-port', '0', '--log-level', 'debug']
    const env = { ...withHub, WAYPOST_NO_DNS: 'false', WAYPOST_ROOT_PASSWORD: 'a password' }
    await using server = await startWaypost(args, { cwd: directory, env })
    const output = await server.waitForOutput('The hub is ready')
    const [, url = ''] = /on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(output) ?? []
    const [, dnsPort = ''] = /DNS is on 127\.0\.0\.1, port (\d+)/.exec(output) ?? []
    const authorization = `Basic ${Buffer.from('root:a password').toString('base64')}`
    const headers = { authorization, 'content-type': 'application/json' }
    expect((await fetch(`${url}/v1/session`)).status).toBe(401)
    const program = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void program.close())
    await once(program, 'listening')
    const address = program.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const instance = { host: '127.0.0.1', port, check: { tcp: true, intervalMs: 100, rise: 1 } }
    const put = { method: 'PUT', headers, body: JSON.stringify(instance) }
    expect((await fetch(`${url}/v1/names/web/persistent/a`, put)).ok).toBe(true)
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${dnsPort}`])
    await expect
      .poll(() => resolver.resolve4('web.service.waypost.internal').catch(String), { timeout: 10_000 })
      .toEqual(['127.0.0.1'])
    const events = async () => JSON.stringify(await (await fetch(`${url}/v1/timeline`, { headers })).json())
    await expect.poll(events, { timeout: 10_000 }).toContain('"web"')
    expect(server.stderr).not.toMatch(/not recorded|is not sent|without a login/)
  })

  test('releases for people who may only ask, where the store is in strict mode', async () => {
    const args = ['serve', '--port', '0', '--memory', '--hub-port', '0', '--bcrypt-cost', '4']
    const env = { ...withHub, WAYPOST_NO_DNS: 'true', WAYPOST_ROOT_PASSWORD: 'a password' }
    await using server = await startWaypost(args, { cwd: directory, env })
    const output = await server.waitForOutput('The hub is ready')
    const [store = '', hub = ''] = [...output.matchAll(/on (http:\/\/127\.0\.0\.1:\d+)/g)].map(([, url]) => url)
    const as = (login: string, words: readonly string[], stdin?: string) => {
      const [user = '', password = ''] = login.split(':')
      const env = { WAYPOST_ENDPOINTS: store, WAYPOST_USER: user, WAYPOST_PASSWORD: password }
      return waypost(words, { cwd: directory, stdin, env })
    }
    for (const words of [
      ['user', 'add', 'hub:secret'],
      ['access', 'grant', 'hub', 'hub', ''],
      ['user', 'add', 'ann:secret'],
      ['access', 'grant', 'ann', 'publish', 'order/'],
      ['access', 'mode', 'strict', '--convert'],
    ])
      expect(await as('root:a password', words)).toMatchObject({ code: 0, stderr: '' })
    const publish = ['config', 'publish', 'order/a.yaml']
    const refused = await as('ann:secret', publish, 'a: 1\n')
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('waypost config publish order/a.yaml <file> --hub http://')
    const asked = ['--hub', hub, '-m', 'more']
    expect(await as('ann:secret', [...publish, ...asked], 'a: 1\n')).toMatchObject({
      code: 0,
      stdout: 'Published order/a.yaml as release 1.\n',
    })
    expect((await as('ann:secret', ['config', 'set', 'order/b', '1', ...asked])).stdout).toContain('Set order/b')
    expect((await as('ann:secret', ['config', 'delete', 'order/b', ...asked])).stdout).toContain('Deleted order/b')
    const { stdout } = await as('root:a password', ['audit', '-o', 'json'])
    expect(stdout).toContain('"author":"ann"')
    const elsewhere = await as('ann:secret', ['config', 'set', 'user/b', '1', ...asked])
    expect(elsewhere.stderr).toContain('waypost access grant ann publish user/b')
    expect((await as('ann:wrong', ['config', 'set', 'order/b', '1', ...asked])).stderr).toContain('unauthenticated')
    const nobody = await as('ann:secret', ['config', 'set', 'order/b', '1', '--hub', 'http://127.0.0.1:1'])
    expect(nobody.stderr).toContain('The hub at http://127.0.0.1:1 did not answer')
  })

  test('goes on without the hub when its port is taken', async () => {
    const first = ['serve', '--port', '0', '--memory', '--hub-port', '0']
    await using one = await startWaypost(first, { cwd: directory, env: withHub })
    const [, port = ''] = /:(\d+)\n$/.exec(await one.waitForOutput('The hub is ready')) ?? []
    const args = ['serve', '--port', '0', '--memory', '--hub-port', port]
    await using two = await startWaypost(args, { cwd: directory, env: withHub })
    await expect.poll(() => two.stderr).toContain('The hub did not start: Port')
    const [, url = ''] = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(two.stdout) ?? []
    expect(await waypost(['put', 'a', '1', '--endpoints', url])).toMatchObject({ code: 0 })
  })
})

describe('hub', () => {
  test('serves the API of a store, and says where', async () => {
    await using server = await startWaypost(['serve', '--port', '0', '--memory'], { cwd: directory })
    const [, store = ''] = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(await server.waitForOutput('Ctrl+C')) ?? []
    await using hub = await startWaypost(['hub', '--port', '0', '--endpoints', store], { cwd: directory })
    const [, url = ''] = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(await hub.waitForOutput('Ctrl+C')) ?? []
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    hub.signal('SIGTERM')
    expect(await hub.exited).toMatchObject({ code: 0, signal: null })
  })

  test('serves the DNS, and goes on without it where the usual port is taken', async () => {
    await using server = await startWaypost(['serve', '--port', '0', '--memory'], { cwd: directory })
    const [, store = ''] = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(await server.waitForOutput('Ctrl+C')) ?? []
    expect(await waypost(['put', '/services/web/1', '10.0.0.1:80', '--endpoints', store])).toMatchObject({ code: 0 })
    const args = ['hub', '--port', '0', '--endpoints', store]
    await using hub = await startWaypost([...args, '--dns-port', '0', '--dns-domain', 'test.internal'])
    const [, port = ''] = /dns +127\.0\.0\.1, port (\d+)/.exec(await hub.waitForOutput('Ctrl+C')) ?? []
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${port}`])
    await expect.poll(() => resolver.resolve4('web.service.test.internal').catch(() => [])).toEqual(['10.0.0.1'])
    const second = await waypost([...args, '--dns-port', port])
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('DNS port') })
    const wrong = await waypost(['hub', '--dns-zones', 'z1:10.0.0.0/8'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('name=value') })
  })

  test('does not let the network at a store without a login', async () => {
    await using server = await startWaypost(['serve', '--port', '0', '--memory'], { cwd: directory })
    const [, store = ''] = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(await server.waitForOutput('Ctrl+C')) ?? []
    const { code, stderr } = await waypost(['hub', '--host', '0.0.0.0', '--port', '0', '--endpoints', store])
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--insecure') })
  })

  test('checks its options', async () => {
    expect(await waypost(['hub', '--check-config', '--port', '8400'])).toMatchObject({ code: 0 })
    const missing = join(directory, 'nowhere')
    const { code, stderr } = await waypost(['hub', '--session-secret-file', missing])
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(missing) })
  })
})
