import {
  KV,
  Lease,
  LeaseGrantRequest,
  LeaseLeasesRequest,
  LeaseTimeToLiveRequest,
  PutRequest,
  RequestOp,
  TxnRequest,
} from '@waypost/protocol'
import { RpcConnection } from '@waypost/rpc'
import { expect, it, onTestFinished } from 'vitest'
import { EmbeddedServer } from '../server.ts'

const keys = 2_500

async function filledServer(): Promise<{ server: EmbeddedServer; connection: RpcConnection }> {
  const server = await EmbeddedServer.start({ port: 0, memory: true, maxTxnOps: keys })
  onTestFinished(() => server.close({ graceMs: 0 }))
  const connection = new RpcConnection(server.url)
  onTestFinished(() => connection.close())
  await connection.unary(Lease.leaseGrant, LeaseGrantRequest.create({ id: 7n, ttl: 600n }))
  const success = Array.from({ length: keys }, (_, index) =>
    RequestOp.create({ requestPut: PutRequest.create({ key: nameOf(index), value: Buffer.alloc(60), lease: 7n }) }),
  )
  await connection.unary(KV.txn, TxnRequest.create({ success }))
  return { server, connection }
}

const nameOf = (index: number): Buffer => Buffer.from(`key/${String(index).padStart(6, '0')}\u00ff`, 'latin1')

it('a lease with very many keys, and very many leases, are listed whole and in order', async () => {
  const { connection } = await filledServer()
  const asked = LeaseTimeToLiveRequest.create({ id: 7n, keys: true })
  const long = await connection.unary(Lease.leaseTimeToLive, asked)
  expect(long).toMatchObject({ id: 7n, grantedTtl: 600n, header: { revision: 2n } })
  expect(long.keys.map((key) => Buffer.from(key))).toEqual(Array.from({ length: keys }, (_, index) => nameOf(index)))
  const without = await connection.unary(Lease.leaseTimeToLive, LeaseTimeToLiveRequest.create({ id: 7n }))
  expect(without).toEqual({ ...long, keys: [], ttl: without.ttl })
  expect(without.ttl).toBeGreaterThan(0n)

  const ids = Array.from({ length: 1_500 }, (_, index) => BigInt(100 + index))
  // The longer a lease's time, the later it is listed.
  const grant = (id: bigint) =>
    connection.unary(Lease.leaseGrant, LeaseGrantRequest.create({ id, ttl: 100_000n - id * 10n }))
  await Promise.all(ids.map(grant))
  const { leases, header } = await connection.unary(Lease.leaseLeases, LeaseLeasesRequest.create())
  expect(header?.revision).toBe(2n)
  expect(leases.map(({ id }) => id)).toEqual([7n, ...ids.toReversed()])
})

it('a long answer of the JSON gateway is what a short one is', async () => {
  const { server, connection } = await filledServer()
  const post = async (body: object): Promise<{ kvs: unknown[]; count: string }> => {
    const response = await fetch(`${server.url}/v3/kv/range`, { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    const answer: unknown = await response.json()
    return answer as { kvs: unknown[]; count: string }
  }
  const base64 = (bytes: Buffer): string => bytes.toString('base64')
  const range_end = base64(Buffer.from('key0'))
  const long = post({ key: base64(nameOf(0)), range_end })
  const other = connection.unary(KV.put, PutRequest.create({ key: Buffer.from('other') }))
  const { kvs, count } = await long
  await other
  expect(count).toBe(String(keys))
  const pages: unknown[] = []
  for (let from = 0; from < keys; from += 500)
    pages.push(...(await post({ key: base64(nameOf(from)), range_end, limit: 500 })).kvs)
  expect(kvs).toEqual(pages)
})
