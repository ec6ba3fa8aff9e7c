import * as grpc from '@grpc/grpc-js'
import { EtcdClient } from '@waypost/client'
import { startStore, until } from '@waypost/testkit'
import * as grpc13 from 'grpc-js-1-13'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Registration } from '../../register/registration.ts'
import { Registry } from '../../registry.ts'
import { type GrpcResolverOptions, registerGrpcResolver } from './grpc-resolver.ts'

const path = '/test.Echo/Who'
type Rest = readonly [Registry, GrpcResolverOptions?]
const identity = (value: Buffer) => value

/** Answers with its id; a sick one says that it is unavailable. */
async function startEcho(id: string, isSick: boolean): Promise<{ server: grpc.Server; port: number }> {
  const server = new grpc.Server()
  server.addService(
    {
      who: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: identity,
        requestDeserialize: identity,
        responseSerialize: identity,
        responseDeserialize: identity,
      },
    },
    {
      who: (_: unknown, answer: grpc.sendUnaryData<Buffer>) =>
        isSick ? answer({ code: grpc.status.UNAVAILABLE }) : answer(null, Buffer.from(id)),
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { server, port }
}

/** What the tests need of a client, of either version. */
interface TestClient {
  makeUnaryRequest(
    path: string,
    serialize: typeof identity,
    deserialize: typeof identity,
    argument: Buffer,
    options: { deadline: Date },
    callback: (error: Error | null, value?: Buffer) => void,
  ): unknown
  close(): void
}

describe.each([
  [
    '1.13',
    (...rest: Rest): void => registerGrpcResolver(grpc13, ...rest),
    (target: string): TestClient => new grpc13.Client(target, grpc13.credentials.createInsecure()),
  ],
  [
    '1.14',
    (...rest: Rest): void => registerGrpcResolver(grpc, ...rest),
    (target: string): TestClient => new grpc.Client(target, grpc.credentials.createInsecure()),
  ],
] as const)('the resolver with @grpc/grpc-js %s', (version, registerResolver, newClient) => {
  let close: () => Promise<void>
  let registry: Registry
  let client: TestClient
  const servers: grpc.Server[] = []
  const scheme = `waypost-${version.replace('.', '-')}`
  const balance = { algorithm: 'round-robin', slowStartMs: 0, ejectAfterFailures: 2 } as const
  let isRegistered = false
  let current: Registry

  beforeEach(async () => {
    const store = await startStore()
    const etcd = new EtcdClient({ endpoints: store.url })
    registry = new Registry(etcd)
    current = registry
    if (!isRegistered) {
      // A resolver is for the whole process: each test brings its own registry to it.
      const proxy = new Proxy(registry, { get: (_, name) => Reflect.get(current, name).bind(current) })
      registerResolver(proxy, { scheme, balance })
      isRegistered = true
    }
    client = newClient(`${scheme}:///user`)
    close = async () => {
      client.close()
      await registry.close()
      for (const server of servers.splice(0)) server.forceShutdown()
      await etcd.close()
      await store.close()
    }
  })

  afterEach(() => close())

  async function register(id: string, { weight = 1, isSick = false } = {}): Promise<Registration> {
    const { server, port } = await startEcho(id, isSick)
    servers.push(server)
    return registry.register({ service: 'user', id, host: '127.0.0.1', port, weight })
  }

  function ask(): Promise<string> {
    const deadline = new Date(Date.now() + 5_000)
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, identity, identity, Buffer.alloc(0), { deadline }, (error, value) =>
        error ? reject(error) : resolve(String(value)),
      )
    })
  }

  async function whoAnswers(): Promise<string> {
    return Object.keys(await answers(12))
      .sort()
      .join()
  }

  /** How many of `calls` calls each instance answered. */
  async function answers(calls: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (let call = 0; call < calls; call++) {
      const id = await ask().catch(() => 'nobody')
      counts[id] = (counts[id] ?? 0) + 1
    }
    return counts
  }

  it('finds all instances, and follows those who come and leave', async () => {
    await register('a')
    const b = await register('b')
    await until('both answer', async () => (await whoAnswers()) === 'a,b')
    await register('c')
    await until('all three answer', async () => (await whoAnswers()) === 'a,b,c')
    await b.deregister()
    await until('b is asked no more', async () => (await whoAnswers()) === 'a,c')
  })

  it('spreads calls by weight, also by that of an operator', async () => {
    await register('a', { weight: 3 })
    await register('b')
    await until('both answer', async () => (await whoAnswers()) === 'a,b')
    expect(await answers(40)).toEqual({ a: 30, b: 10 })
    await registry.operate('user').weight('a', 1)
    await until('they get the same', async () => (await answers(8)).a === 4)
  })

  it('passes over an instance that fails again and again', async () => {
    await register('well')
    await register('sick', { isSick: true })
    await until('the well one is asked alone', async () => (await whoAnswers()) === 'well')
  })

  it('goes on without an instance whose process died', async () => {
    await register('a')
    await register('b')
    await until('both answer', async () => (await whoAnswers()) === 'a,b')
    servers[1]?.forceShutdown()
    await until('a answers alone', async () => (await whoAnswers()) === 'a')
  })

  it('asks again after a refusal', async () => {
    current = new Registry(new EtcdClient({ endpoints: 'http://127.0.0.1:1' }))
    await current.close()
    await expect(ask()).rejects.toMatchObject({ code: 14, details: expect.stringMatching(/cannot be followed/) })
    current = registry
    await register('a')
    await until('a answers', () => ask().catch(() => false))
  })

  it('says that no instance takes traffic, and recovers when one does', async () => {
    await expect(ask()).rejects.toMatchObject({ code: 14, details: expect.stringMatching(/No instance of user/) })
    await register('a')
    await until('a answers', () => ask().catch(() => false))
  })
})
