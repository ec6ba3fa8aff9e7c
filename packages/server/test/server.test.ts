import {
  Auth,
  AuthenticateRequest,
  KV,
  Maintenance,
  RangeRequest,
  Watch,
  WatchCreateRequest,
  WatchRequest,
} from '@waypost/protocol'
import { RpcConnection, type RpcError } from '@waypost/rpc'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { EmbeddedServer } from '../src/server.ts'
import type { EmbeddedServerOptions } from '../src/server-options.ts'

const cleanups: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(options: Partial<EmbeddedServerOptions> = {}): Promise<EmbeddedServer> {
  const server = await EmbeddedServer.start({ port: 0, memory: options.dataDir === undefined, ...options })
  cleanups.push(() => server.close({ graceMs: 0 }))
  return server
}

function connect(server: EmbeddedServer): RpcConnection {
  const connection = new RpcConnection(server.url)
  cleanups.push(() => connection.close())
  return connection
}

const anyKey = RangeRequest.create({ key: Buffer.from('key') })

describe('starting', () => {
  it.each([
    ['{"dataDirectory":"x"}', 'EmbeddedServer.start has no option dataDirectory;', 'Did you mean dataDir?'],
    ['{"memory":"yes"}', 'The option memory of EmbeddedServer.start must be true or false, not "yes".', ''],
    ['{"tls":{"cert":"x"}}', 'The option tls of EmbeddedServer.start has no option cert;', 'Did you mean certFile?'],
  ])('refuses %s before it touches anything', async (options, message, hint) => {
    await expect(EmbeddedServer.start(JSON.parse(options))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(new RegExp(`^${message}.*${hint.replace('?', '[?]')}$`)),
    })
  })

  it('serves on the port that it says', async () => {
    const server = await start()
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    const { header } = await connect(server).unary(KV.range, anyKey)
    expect(header?.revision).toBe(1n)
  })

  it('has a leader and an index in its log before the first write', async () => {
    const status = await connect(await start()).unary(Maintenance.status, {})
    expect(status.leader).toBe(status.header?.memberId)
    expect([status.raftIndex, status.raftAppliedIndex]).toEqual([1n, 1n])
  })

  it('says that the port is taken, and by which number, and leaves the data directory free', async () => {
    const dataDir = await makeTempDir('server')
    cleanups.push(() => removeTempDir(dataDir))
    const { port } = await start()
    await expect(start({ port, dataDir })).rejects.toMatchObject({
      code: 'port-in-use',
      details: { host: '127.0.0.1', port },
    })
    await start({ dataDir })
  })

  it('refuses an address that is not there, a port that is none, and two places for the data', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(start({ port: 70_000 })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(start({ dataDir: '/nowhere', memory: true })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(start({ memory: false })).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

describe('root', () => {
  it('is made at the first start, and then a login is needed', async () => {
    const server = await start({ rootPassword: 'secret', bcryptCost: 4 })
    const connection = connect(server)
    await expect(connection.unary(KV.range, anyKey)).rejects.toThrow('etcdserver: user name is empty')
    const login = (password: string) =>
      connection.unary(Auth.authenticate, AuthenticateRequest.create({ name: 'root', password }))
    await expect(login('wrong')).rejects.toThrow('authentication failed, invalid user ID or password')
    const { token } = await login('secret')
    await connection.unary(KV.range, anyKey, { metadata: { token } })
    await connection.unary(KV.range, anyKey, { metadata: { authorization: `Bearer ${token}` } })
  })

  it('keeps its password at later starts, and auth stays off once it was turned off', async () => {
    const dataDir = await makeTempDir('server')
    cleanups.push(() => removeTempDir(dataDir))
    const login = async (password: string) => {
      const server = await start({ dataDir, rootPassword: password, bcryptCost: 4 })
      const connection = connect(server)
      const request = AuthenticateRequest.create({ name: 'root', password: 'first' })
      return { server, connection, login: await connection.unary(Auth.authenticate, request) }
    }
    const first = await login('first')
    await first.server.close()
    const second = await login('second')
    const metadata = { token: second.login.token }
    await second.connection.unary(Auth.authDisable, {}, { metadata })
    await second.server.close()
    await expect(login('third')).rejects.toThrow('authentication is not enabled')
  })
})

describe('closing', () => {
  it('ends streams, refuses new calls, and can be asked for twice', async () => {
    const server = await start()
    const connection = connect(server)
    const ended = new Promise<RpcError | undefined>((resolve) => {
      const created = () => void server.close()
      const stream = connection.stream(Watch.watch, { onMessage: created, onEnd: resolve })
      stream.send(WatchRequest.create({ createRequest: WatchCreateRequest.create({ key: Buffer.from('key') }) }))
    })
    expect((await ended)?.codeName).toBe('UNAVAILABLE')
    await Promise.all([server.close(), server.close()])
    await expect(fetch(`${server.url}/health`)).rejects.toThrow()
  })
})

describe('plain HTTP', () => {
  it('tells health and version as etcd does', async () => {
    const { url } = await start()
    const get = async (path: string) => {
      const response = await fetch(url + path)
      return [response.status, response.headers.get('content-type'), await response.text()]
    }
    expect(await get('/health')).toEqual([200, 'application/json', '{"health":"true","reason":""}'])
    expect(await get('/version?x')).toEqual([
      200,
      'application/json',
      expect.stringMatching(/^{"etcdserver":"3\.\d+\.\d+","etcdcluster":"3\.\d+\.0","storage":"3\.\d+\.0"}$/),
    ])
    expect((await get('/livez')).slice(0, 1)).toEqual([200])
    expect((await get('/readyz')).slice(0, 1)).toEqual([200])
    expect(await get('/nothing')).toEqual([404, 'text/plain; charset=utf-8', '404 page not found\n'])
  })

  it('takes only GET and HEAD', async () => {
    const { url } = await start()
    const post = await fetch(`${url}/health`, { method: 'POST', body: 'x'.repeat(100_000) })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const head = await fetch(`${url}/health`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})
