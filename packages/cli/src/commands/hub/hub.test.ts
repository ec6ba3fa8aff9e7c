import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { makeTempDir, removeTempDir, startStore } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'

const tlsFixtures = new URL('../../../../testkit/fixtures/tls/', import.meta.url).pathname

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
    const rolledBack = await as('ann:secret', ['config', 'rollback', 'order/b', '1', ...asked])
    expect(rolledBack).toMatchObject({ code: 0, stdout: 'Rolled back to release 1: order/b as release 3.\n' })
    const { stdout } = await as('root:a password', ['audit', '-o', 'json'])
    expect(stdout).toContain('"author":"ann"')

    // Rules, drafts, canaries and a token, as people come by them; the hub is named once, in a context.
    const root = { WAYPOST_PASSWORD: 'a password', WAYPOST_HUB: hub }
    const home = { XDG_CONFIG_HOME: directory }
    const inContext = (login: string, words: readonly string[], stdin?: string, more: Record<string, string> = {}) => {
      const [user = '', password = ''] = login.split(':')
      const env = { ...home, ...(password !== '' && { WAYPOST_USER: user, WAYPOST_PASSWORD: password }), ...more }
      return waypost(words, { cwd: directory, stdin, env })
    }
    const context = ['context', 'add', 'shop', '--endpoints', store, '--hub', hub]
    expect(await waypost(context, { env: home })).toMatchObject({ code: 0, stderr: '' })
    for (const words of [
      ['user', 'add', 'bob:secret', '--user', 'root'],
      ['access', 'grant', 'bob', 'approve', 'order/', '--user', 'root'],
      ['config', 'policy', 'set', 'order/', '--approvals', '1', '--user', 'root'],
      ['config', 'schema', 'set', 'order/a.yaml', '--user', 'root'],
    ])
      expect(await inContext('', words, '{"type":"object"}', root), words.join(' ')).toMatchObject({
        code: 0,
        stderr: '',
      })
    const draft = (login: string, verb: string) => inContext(login, ['config', 'draft', verb, 'order/a.yaml'], 'a: 2\n')
    expect((await draft('ann:secret', 'save')).stdout).toContain('Saved the draft of order/a.yaml')
    expect((await draft('ann:secret', 'submit')).stdout).toContain('submitted')
    expect((await draft('ann:secret', 'publish')).stderr).toContain('approval')
    expect((await draft('ann:secret', 'approve')).stderr).toContain('another person must approve it')
    expect((await draft('bob:secret', 'approve')).stdout).toContain('approved by bob')
    expect((await draft('ann:secret', 'publish')).stdout).toBe('Published order/a.yaml as release 2.\n')
    expect((await inContext('', ['config', 'policy', 'delete', 'order/', '--user', 'root'], '', root)).code).toBe(0)

    expect(await inContext('', ['put', '/services/web/1', '10.0.0.1:80', '--user', 'root'], '', root)).toMatchObject({
      code: 0,
    })
    expect((await inContext('', ['access', 'grant', 'ann', 'operate', 'web', '--user', 'root'], '', root)).code).toBe(0)
    const drained = await inContext('ann:secret', ['services', 'drain', 'web', '1', '--wait', '0'])
    expect(drained).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Drained web\/1 at revision \d+\.\n$/) })

    const made = await inContext('ann:secret', ['access', 'token', 'create', 'pipeline', '--days', '1'])
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^waypost_\S+\n$/) })
    const byToken = { WAYPOST_TOKEN: made.stdout.trim(), WAYPOST_ENDPOINTS: 'http://127.0.0.1:1', WAYPOST_HUB: hub }
    const canary = (verb: string, ...words: readonly string[]) =>
      inContext('', ['config', 'canary', verb, 'order/a.yaml', 'try', ...words], 'a: 3\n', byToken)
    for (const steps of [
      [canary, 'create', '--percent', '5', '--even-if-unknown'],
      [canary, 'raise', '50'],
      [canary, 'abort'],
      [canary, 'create', '--percent', '5', '--even-if-unknown'],
    ] as const) {
      const [run, verb, ...words] = steps
      expect(await run(verb, ...words), verb).toMatchObject({ code: 0, stderr: '' })
    }
    expect((await canary('promote')).stdout).toBe('Promoted the canary try: order/a.yaml as release 3.\n')
    const [, id = ''] = made.stdout.split('_')
    expect((await inContext('ann:secret', ['access', 'token', 'list'])).stdout).toMatch(
      new RegExp(`${id}  pipeline  ann`),
    )
    expect((await inContext('ann:secret', ['access', 'token', 'revoke', id])).code).toBe(0)
    expect(await canary('abort')).toMatchObject({ code: 6, stderr: expect.stringContaining('revoked') })
    const elsewhere = await as('ann:secret', ['config', 'set', 'user/b', '1', ...asked])
    expect(elsewhere.stderr).toContain('waypost access grant ann publish user/b')
    expect((await as('ann:wrong', ['config', 'set', 'order/b', '1', ...asked])).stderr).toContain('unauthenticated')
    const nobody = await as('ann:secret', ['config', 'set', 'order/b', '1', '--hub', 'http://127.0.0.1:1'])
    expect(nobody.stderr).toContain('The hub at http://127.0.0.1:1 did not answer')
  })

  test('lets the hub in where clients need certificates, and asks the clients of the hub for theirs', async () => {
    const file = (name: string) => join(tlsFixtures, `${name}.pem`)
    const certificates = ['--cert-file', file('server.cert'), '--key-file', file('server.key')]
    const args = ['serve', '--port', '0', '--memory', '--hub-port', '0', ...certificates]
    const mutual = [...args, '--trusted-ca-file', file('ca.cert')]
    const env = { ...withHub, WAYPOST_NO_DNS: 'true' }
    {
      // The certificate of the server is for servers alone.
      await using server = await startWaypost(mutual, { cwd: directory, env })
      await expect.poll(() => server.stderr).toContain('--hub-cert-file')
    }
    const ofHub = ['--hub-cert-file', file('client.cert'), '--hub-key-file', file('client.key')]
    await using server = await startWaypost([...mutual, ...ofHub], { cwd: directory, env })
    const [, url = ''] = /on (https:\/\/127\.0\.0\.1:\d+)\n$/.exec(await server.waitForOutput('The hub is ready')) ?? []
    const shown = ['--cert', file('client.cert'), '--key', file('client.key'), '--cacert', file('ca.cert')]
    const [, store = ''] = /on (https:\/\/127\.0\.0\.1:\d+)/.exec(server.stdout) ?? []
    const set = ['config', 'set', 'order/a', '1', '--endpoints', store]
    expect(await waypost([...set, ...shown, '--hub', url])).toMatchObject({ code: 0, stderr: '' })
    expect((await waypost([...set, '--cacert', file('ca.cert'), '--hub', url])).code).not.toBe(0)
  })

  test('goes on without the hub when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const args = ['serve', '--port', '0', '--memory', '--hub-port', port]
    await using server = await startWaypost(args, { cwd: directory, env: withHub })
    await expect.poll(() => server.stderr).toContain('The hub did not start: Port')
    const [, url = ''] = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(server.stdout) ?? []
    expect(await waypost(['put', 'a', '1', '--endpoints', url])).toMatchObject({ code: 0 })
  })
})

describe('hub', () => {
  let server: Awaited<ReturnType<typeof startStore>>
  let store: string

  beforeAll(async () => {
    server = await startStore()
    store = server.url
  })

  afterAll(() => server.close())

  test('serves the API of a store, and says where', async () => {
    await using hub = await startWaypost(['hub', '--port', '0', '--endpoints', store], { cwd: directory })
    const [, url = ''] = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(await hub.waitForOutput('Ctrl+C')) ?? []
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    hub.signal('SIGTERM')
    expect(await hub.exited).toMatchObject({ code: 0, signal: null })
  })

  test('serves the DNS, and goes on without it where the usual port is taken', async () => {
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
