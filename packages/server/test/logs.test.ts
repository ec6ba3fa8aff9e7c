import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { FakeClock } from '@waypost/core/testing'
import { Auth, KV, PutRequest, RangeRequest } from '@waypost/protocol'
import { RpcConnection } from '@waypost/rpc'
import { startStore } from '@waypost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { EmbeddedServer, EmbeddedServerOptions, LogFields, ServerLogger } from '../src/index.ts'
import { logEvents } from '../src/log/log-events.ts'
import { ServerLog } from '../src/log/server-log.ts'
import { VitalSigns, type VitalSource } from '../src/log/vital-signs.ts'

interface Line {
  readonly level: string
  readonly message: string
  readonly fields: LogFields
}

class Lines implements ServerLogger {
  readonly all: Line[] = []
  readonly debug = this.#at('debug')
  readonly info = this.#at('info')
  readonly warn = this.#at('warn')
  readonly error = this.#at('error')

  of(id: string): LogFields[] {
    return this.all.filter(({ fields }) => fields.id === id).map(({ fields }) => fields)
  }

  #at(level: string) {
    return (fields: LogFields, message: string): void => {
      this.all.push({ level, message, fields })
    }
  }
}

const page = readFileSync(new URL('../../../docs/reference/logs.md', import.meta.url), 'utf8')

it('every id is documented with its level, and every documented id exists', () => {
  const documented = [...page.matchAll(/^\| `([\w-]+)` \| (\w+) \|/gm)].map(([, id, level]) => [id, level])
  expect(documented.sort()).toEqual(
    Object.entries(logEvents)
      .map(([id, { level }]) => [id, level])
      .sort(),
  )
})

describe('the server logs', () => {
  const ends: (() => Promise<unknown>)[] = []

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function start(options: Partial<EmbeddedServerOptions> = {}) {
    const lines = new Lines()
    const server = await startStore({ logger: lines, ...options })
    const connection = new RpcConnection(server.url)
    ends.push(
      () => server.close({ graceMs: 0 }),
      () => connection.close(),
    )
    return { lines, server, connection }
  }

  it('recovery, start and stop', async () => {
    const { lines, server } = await start()
    await server.close()
    expect(lines.all.map(({ fields }) => fields.id)).toEqual(['store-recovered', 'server-started', 'server-stopped'])
    expect(lines.of('server-started')[0]).toMatchObject({
      url: server.url,
      dataDir: 'in memory',
      tls: false,
      login: false,
    })
  })

  it('slow requests with their keys and caller, and no value', async () => {
    const { lines, connection } = await start({ slowRequestMs: 0 })
    const value = Buffer.from('a secret value')
    await connection.unary(KV.put, PutRequest.create({ key: Buffer.from('/config/ä'), value }))
    await connection.unary(
      KV.range,
      RangeRequest.create({ key: Buffer.from('/a'), rangeEnd: Buffer.from('/b'), limit: 7n }),
    )
    expect(lines.of('slow-request')).toMatchObject([
      { method: '/etcdserverpb.KV/Put', key: '/config/\\xc3\\xa4', peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
      { method: '/etcdserverpb.KV/Range', key: '/a', rangeEnd: '/b', limit: 7, status: 'OK' },
    ])
    expect(JSON.stringify(lines.all)).not.toContain('secret')
  })

  it('nothing of requests that are quick', async () => {
    const { lines, connection } = await start({ slowRequestMs: 60_000 })
    await connection.unary(KV.range, RangeRequest.create({ key: Buffer.from('/a') }))
    expect(lines.of('slow-request')).toEqual([])
  })

  it('refused logins, tokens and permissions, without names, passwords or tokens', async () => {
    const { lines, connection } = await start({ rootPassword: 'right' })
    const login = (name: string, password: string) => connection.unary(Auth.authenticate, { name, password })
    await expect(login('my-password', 'wrong-secret')).rejects.toThrow()
    await expect(login('root', 'wrong-secret')).rejects.toThrow()
    const { token } = await login('root', 'right')
    const asRoot = { metadata: { token } }
    await connection.unary(
      Auth.userAdd,
      { name: 'ann', password: 'ann', options: undefined, hashedPassword: '' },
      asRoot,
    )
    const ann = { metadata: { token: (await login('ann', 'ann')).token } }
    const get = RangeRequest.create({ key: Buffer.from('/private') })
    await expect(connection.unary(KV.range, get, ann)).rejects.toThrow('permission denied')
    await expect(connection.unary(KV.range, get, { metadata: { token: 'stolen-token' } })).rejects.toThrow()
    expect(lines.of('login-refused')).toHaveLength(2)
    expect(lines.of('token-refused')).toMatchObject([{ method: '/etcdserverpb.KV/Range' }])
    expect(lines.of('permission-denied')).toMatchObject([
      { method: '/etcdserverpb.KV/Range', user: 'ann', key: '/private' },
    ])
    const text = JSON.stringify(lines.all)
    for (const secret of ['my-password', 'wrong-secret', 'right', 'stolen-token', token])
      expect(text).not.toContain(secret)
  })

  it('clients that break the protocol', async () => {
    const { lines, server } = await start()
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame at all')
    await expect.poll(() => lines.of('protocol-error')).toMatchObject([{ reason: expect.stringContaining('SETTINGS') }])
    socket.destroy()
  })

  it('requests from pages of other sites', async () => {
    const { lines, server } = await start()
    await fetch(`${server.url}/metrics`, { headers: { origin: 'http://evil.example' } })
    expect(lines.of('request-refused')).toMatchObject([{ reason: expect.stringContaining('other sites') }])
  })

  it('leases that end in bulk, and compactions', async () => {
    const clock = new FakeClock()
    const lines = new Lines()
    const source: { -readonly [Name in keyof VitalSource]: VitalSource[Name] } = {
      compactRevision: 1,
      takesWrites: true,
      size: { bytes: 10 },
      quota: { bytes: 100 },
      alarms: [],
      expiredLeases: 0,
    }
    const vitals = new VitalSigns({ log: new ServerLog(lines, clock), source, dataDir: undefined, clock })
    vitals.start()
    expect(lines.all).toEqual([])
    Object.assign(source, { compactRevision: 7, expiredLeases: 12, size: { bytes: 85 }, alarms: [{ alarm: 1 }] })
    await clock.advance(10_000)
    await clock.advance(10_000)
    expect(lines.all.map(({ fields }) => fields.id)).toEqual([
      'compacted',
      'leases-expired',
      'alarm-raised',
      'quota-nearly-reached',
    ])
    source.takesWrites = false
    await clock.advance(3_600_000)
    expect(lines.of('quota-nearly-reached')).toHaveLength(2)
    expect(lines.of('writes-stopped')).toHaveLength(1)
    vitals.stop()
    expect(clock.pendingTimers).toBe(0)
  })
})

it('a certificate that ends soon is announced once a day', async () => {
  const pem = readFileSync(new URL('../../testkit/fixtures/tls/server.cert.pem', import.meta.url))
  const { X509Certificate } = await import('node:crypto')
  const clock = new FakeClock(Date.parse(new X509Certificate(pem).validTo) - 10 * 24 * 3_600_000)
  const lines = new Lines()
  const source = {
    compactRevision: 0,
    takesWrites: true,
    size: { bytes: 0 },
    quota: { bytes: 0 },
    alarms: [],
    expiredLeases: 0,
  }
  const vitals = new VitalSigns({ log: new ServerLog(lines, clock), source, dataDir: undefined, clock })
  vitals.watchCertificate(pem)
  vitals.start()
  expect(lines.of('certificate-expires')).toMatchObject([{ days: 10 }])
  vitals.stop()
})

it('lines that a stranger can cause in any number are counted, not all written', async () => {
  const clock = new FakeClock()
  const lines = new Lines()
  const log = new ServerLog(lines, clock)
  for (let count = 0; count < 1_000; count++) log.write('login-refused', { peer: 'x'.repeat(1_000) })
  expect(lines.all).toHaveLength(10)
  expect(String(lines.all[0]?.fields.peer).length).toBeLessThan(250)
  await clock.advance(10_000)
  log.write('login-refused', { peer: 'y' })
  expect(lines.all.at(-1)?.fields).toMatchObject({ peer: 'y', suppressed: 990 })
})

it('without a logger nothing is written, and nothing is looked at', async () => {
  const clock = new FakeClock()
  const server: EmbeddedServer = await startStore({ clock })
  const timers = clock.pendingTimers
  await clock.advance(60_000)
  expect(clock.pendingTimers).toBeLessThanOrEqual(timers)
  await server.close()
})
