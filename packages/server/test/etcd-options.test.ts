import { Cluster, KV, PutRequest, RangeRequest, TxnRequest } from '@waypost/protocol'
import { RpcConnection } from '@waypost/rpc'
import { startStore } from '@waypost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { EmbeddedServer, EmbeddedServerOptions } from '../src/index.ts'

let server: EmbeddedServer
let connection: RpcConnection

async function start(options: Partial<EmbeddedServerOptions> = {}): Promise<void> {
  server = await startStore(options)
  connection = new RpcConnection(server.url)
}

afterEach(async () => {
  await connection.close()
  await server.close()
})

const put = (bytes: number) =>
  connection.unary(KV.put, PutRequest.create({ key: Buffer.from('a'), value: Buffer.alloc(bytes) }))

const txn = (ops: number) =>
  connection.unary(
    KV.txn,
    TxnRequest.create({
      success: Array.from({ length: ops }, () => ({
        requestRange: RangeRequest.create({ key: Buffer.from('a') }),
        requestPut: undefined,
        requestDeleteRange: undefined,
        requestTxn: undefined,
      })),
    }),
  )

const json = (value: string) =>
  fetch(`${server.url}/v3/kv/put`, { method: 'POST', body: JSON.stringify({ key: 'YQ==', value }) })

describe('maxRequestBytes', () => {
  it('is 1.5 MiB when nothing is said, as with etcd', async () => {
    await start()
    await put(1_500_000)
    await expect(put(1_600_000)).rejects.toThrow('etcdserver: request is too large')
  })

  it('lets larger requests in, over gRPC and as JSON', async () => {
    await start({ maxRequestBytes: 5_000_000 })
    await put(4_900_000)
    await expect(put(5_100_000)).rejects.toThrow('etcdserver: request is too large')
    await expect(put(6_000_000)).rejects.toThrow('grpc: received message larger than max')
    expect((await json(Buffer.alloc(4_900_000).toString('base64'))).status).toBe(200)
  })

  it.each([0, 1000, 1.5, 10 ** 12, Number.NaN])('cannot be %s', async (maxRequestBytes) => {
    await expect(startStore({ maxRequestBytes })).rejects.toMatchObject({ code: 'invalid-argument' })
    await start()
  })
})

it('maxTxnOps bounds transactions', async () => {
  await start({ maxTxnOps: 200 })
  await txn(200)
  await expect(txn(201)).rejects.toThrow('etcdserver: too many operations in txn request')
})

it('without the gateway nothing is answered as JSON', async () => {
  await start({ jsonGateway: false })
  expect((await json('Yg==')).status).toBe(404)
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
})

it('the member has a peer URL, because clients look at the first one', async () => {
  await start({ name: 'one' })
  const { members } = await connection.unary(Cluster.memberList, { linearizable: true })
  expect(members).toMatchObject([{ name: 'one', peerUrls: ['http://localhost:2380'], clientUrls: [server.url] }])
  await connection.close()
  await server.close()
  await start({ peerUrls: ['http://store:2380'] })
  expect((await connection.unary(Cluster.memberList, { linearizable: true })).members[0]?.peerUrls).toEqual([
    'http://store:2380',
  ])
})

it('a start that no login is needed for is refused with a reason of its own', async () => {
  await expect(startStore({ requireLogin: true })).rejects.toMatchObject({
    code: 'failed-precondition',
    details: { reason: 'login-not-required' },
  })
  await start()
})
