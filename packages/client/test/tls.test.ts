import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EtcdClient, type EtcdClientOptions } from '@waypost/client'
import { messageOf } from '@waypost/core'
import {
  findEtcd,
  freePorts,
  makeTempDir,
  Program,
  patienceMs,
  removeTempDir,
  requireOrSkip,
  startStore,
} from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const fixtures = fileURLToPath(new URL('../../testkit/fixtures/tls', import.meta.url))
const file = (name: string): string => join(fixtures, `${name}.pem`)
const pem = (name: string): Buffer => readFileSync(file(name))

interface SecureStore {
  readonly url: string
  close(): Promise<void>
}

async function startEmbedded(): Promise<SecureStore> {
  return startStore({
    tls: { certFile: file('server.cert'), keyFile: file('server.key'), trustedCaFile: file('ca.cert') },
  })
}

async function startSecureEtcd(): Promise<SecureStore> {
  const { path = 'etcd' } = findEtcd()
  const dataDir = makeTempDir('etcd-tls')
  const [clientPort, peerPort] = await freePorts(2)
  const url = `https://127.0.0.1:${clientPort}`
  const peerUrl = `http://127.0.0.1:${peerPort}`
  const program = await Program.start(path, [
    ...['--name', 'a', '--data-dir', dataDir, '--log-level', 'error', '--logger', 'zap', '--log-outputs', 'stderr'],
    ...['--listen-client-urls', url, '--advertise-client-urls', url],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `a=${peerUrl}`],
    ...['--cert-file', file('server.cert'), '--key-file', file('server.key')],
    ...['--trusted-ca-file', file('ca.cert'), '--client-cert-auth'],
  ])
  return {
    url,
    close: async () => {
      await program.kill()
      await removeTempDir(dataDir)
    },
  }
}

const stores = [
  { name: 'embedded', start: startEmbedded },
  ...(requireOrSkip('TLS between the client and etcd', 'etcd') ? [{ name: 'etcd', start: startSecureEtcd }] : []),
]

describe.each(stores)('a client of a store that asks for certificates, $name', ({ start }) => {
  let store: SecureStore
  let directory: string
  const identity = { ca: pem('ca.cert'), cert: pem('client.cert'), key: pem('client.key') }

  beforeAll(async () => {
    store = await start()
    // etcd takes a moment to elect itself.
    await using client = new EtcdClient({ endpoints: store.url, tls: identity, timeoutMs: 20_000 })
    await client.kv.put('/ready', 'yes')
  })
  afterAll(() => store?.close())
  beforeEach(() => {
    directory = makeTempDir('client-tls')
  })
  afterEach(() => removeTempDir(directory))

  async function problemWith(tls: EtcdClientOptions['tls']): Promise<unknown> {
    await using client = new EtcdClient({ endpoints: store.url, tls })
    return await client.kv.get('/a', { timeoutMs: 1_000 }).then(
      () => 'none',
      (error) => error,
    )
  }

  it('talks to it with its certificate, and follows and leases as it would in the clear', async () => {
    await using client = new EtcdClient({ endpoints: store.url, tls: identity })
    await using cache = client.cache({ prefix: '/tls/' })
    await cache.ready
    const lease = await client.leases.grant({ ttlSeconds: 30 })
    const { revision } = await client.kv.put('/tls/a', '1', { lease: lease.id })
    await expect.poll(() => cache.get('/tls/a')?.modRevision).toBe(revision)
  })

  it('says what is wrong when one side does not trust the other', async () => {
    expect(await problemWith({ ...identity, ca: pem('stranger.cert') })).toMatchObject({
      code: 'unavailable',
      endpoint: store.url,
      message: expect.stringMatching(/self.signed|unable to (get|verify)/i),
    })
    expect(await problemWith({ ...identity, servername: 'elsewhere.example' })).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('elsewhere.example'),
    })
    expect(await problemWith({ ca: pem('ca.cert') })).toMatchObject({ code: 'unavailable' })
    expect(
      await problemWith({ ca: pem('ca.cert'), cert: pem('stranger.cert'), key: pem('stranger.key') }),
    ).toMatchObject({ code: 'unavailable' })
  })

  it('uses certificates that were renewed on disk for its next connection', async () => {
    const [caFile, certFile, keyFile] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => join(directory, name))
    if (caFile === undefined || certFile === undefined || keyFile === undefined) throw new Error('three files')
    copyFileSync(file('ca.cert'), caFile)
    copyFileSync(file('stranger.cert'), certFile)
    copyFileSync(file('stranger.key'), keyFile)
    await using client = new EtcdClient({ endpoints: store.url, tls: { caFile, certFile, keyFile } })
    await expect(client.kv.get('/a', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'unavailable' })
    copyFileSync(file('client.cert'), certFile)
    copyFileSync(file('client.key'), keyFile)
    expect(await client.kv.get('/no-such-key')).toBe(undefined)
    const lease = await client.leases.grant({ ttlSeconds: 3, keepAlive: 'worker' })
    await expect.poll(() => lease.remainingMs).toBeLessThan(2_500)
    await expect.poll(() => lease.remainingMs).toBeGreaterThan(2_600)
  })

  it('asks a function for its certificates at every connection', async () => {
    let asked = 0
    const tls = () => {
      asked += 1
      return asked === 1 ? { ca: pem('ca.cert') } : identity
    }
    await using client = new EtcdClient({ endpoints: store.url, tls })
    expect(await client.kv.get('/no-such-key')).toBe(undefined)
    expect(asked).toBeGreaterThan(1)
  })
})

describe('a mistake in TLS or login', () => {
  let plain: Awaited<ReturnType<typeof startStore>>
  let secure: Awaited<ReturnType<typeof startStore>>
  let mutual: Awaited<ReturnType<typeof startStore>>
  let locked: Awaited<ReturnType<typeof startStore>>
  let odd: Record<'self-signed' | 'expired' | 'future', Awaited<ReturnType<typeof startStore>>>

  beforeAll(async () => {
    const tls = { certFile: file('server.cert'), keyFile: file('server.key') }
    plain = await startStore()
    secure = await startStore({ tls })
    mutual = await startStore({ tls: { ...tls, trustedCaFile: file('ca.cert') } })
    const withCertificate = (name: string) =>
      startStore({ tls: { certFile: file(`${name}.cert`), keyFile: file(`${name}.key`) } })
    odd = {
      'self-signed': await withCertificate('self-signed'),
      expired: await withCertificate('expired'),
      future: await withCertificate('future'),
    }
    locked = await startStore()
    await using admin = new EtcdClient({ endpoints: locked.url })
    await admin.auth.users.add('root', 'secret')
    await admin.auth.roles.add('root')
    await admin.auth.users.grantRole('root', 'root')
    await admin.auth.enable()
  })
  afterAll(() => Promise.all([plain, secure, mutual, locked, ...Object.values(odd)].map((server) => server?.close())))

  const trusted = { caFile: file('ca.cert') }
  it.each<[string, () => EtcdClientOptions, RegExp]>([
    [
      'http for https',
      () => ({ endpoints: `http://127.0.0.1:${secure.port}` }),
      /should be https:.*tls\.caFile \(--cacert\)/,
    ],
    [
      'https for http',
      () => ({ endpoints: `https://127.0.0.1:${plain.port}` }),
      /does not speak TLS: write the endpoint as http:/,
    ],
    [
      'an unknown authority',
      () => ({ endpoints: secure.url }),
      /authority that is not trusted: .*tls\.caFile \(--cacert\)/,
    ],
    [
      'a self-signed certificate',
      () => ({ endpoints: odd['self-signed'].url }),
      /is self-signed: .*tls\.caFile \(--cacert\).*tls\.rejectUnauthorized: false \(--insecure-skip-tls-verify\)/,
    ],
    [
      'an expired certificate',
      () => ({ endpoints: odd.expired.url, tls: { caFile: file('expired.cert') } }),
      /has expired: renew it, or correct the clock .*\(--insecure-skip-tls-verify\)/,
    ],
    [
      'a certificate of the future',
      () => ({ endpoints: odd.future.url, tls: { caFile: file('future.cert') } }),
      /is not valid yet: correct the clock .*\(--insecure-skip-tls-verify\)/,
    ],
    [
      'a wrong name',
      () => ({ endpoints: secure.url, tls: { ...trusted, servername: 'elsewhere.example' } }),
      /is for other names: .*tls\.servername; .*elsewhere\.example/,
    ],
    [
      'no client certificate',
      () => ({ endpoints: mutual.url, tls: trusted }),
      /tls\.certFile and tls\.keyFile \(--cert and --key\)/,
    ],
    [
      'a client certificate of a stranger',
      () => ({
        endpoints: mutual.url,
        tls: { ...trusted, certFile: file('stranger.cert'), keyFile: file('stranger.key') },
      }),
      /certificate in tls\.certFile \(--cert\)/,
    ],
    ['no login', () => ({ endpoints: locked.url }), /requires a login: give auth: .*--user/],
    [
      'a wrong password',
      // Refused by the store, however long the check of the password takes.
      () => ({ endpoints: locked.url, auth: { username: 'root', password: 'wrong' }, timeoutMs: patienceMs }),
      /rejected the login of root: check auth \(--user.*invalid user ID or password/,
    ],
  ])('%s is said with the option and the flag that mend it, OpenSSL last', async (_what, options, message) => {
    await using client = new EtcdClient({ timeoutMs: 2_000, logger: false, ...options() })
    const error: unknown = await client.kv.get('/a').catch((thrown) => thrown)
    expect(error).toMatchObject({ code: expect.stringMatching(/^unavailable$|^unauthenticated$/) })
    const text = messageOf(error)
    expect(text).toMatch(message)
    expect(text).not.toMatch(/error:[0-9A-F]{8}|EPROTO|openssl\/|\n/)
  })
})

describe('a file of certificates', () => {
  it('that cannot be read is named before anything else happens', () => {
    const tls = { caFile: '/no/such/ca.pem' }
    expect(() => new EtcdClient({ endpoints: 'https://127.0.0.1:1', tls })).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: expect.stringMatching(/tls\.caFile.*no\/such\/ca/),
      }),
    )
  })
})
