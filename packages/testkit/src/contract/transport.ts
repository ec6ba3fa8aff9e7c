import { connect } from 'node:http2'
import { KV, RangeRequest, RangeResponse } from '@waypost/protocol'
import { type Method, RpcError, StatusCode, statusName } from '@waypost/rpc'
import { describe, expect, it } from 'vitest'
import { bytes } from '../wire/requests.ts'
import { valuesOf } from '../wire/view.ts'
import { Wire } from '../wire/wire.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { expectRefusal } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

const mib = 1024 * 1024

/** What holds for every call, whatever it asks. */
export const transportContract: ContractSuite = (store) => {
  describe('transport', () => {
    it('answers HTTP/1.1 on the port that serves gRPC', async (context) => {
      notLike34(context, store(), 'storageVersion')
      const health = await fetch(`${store().url}/health`)
      expect([health.status, await health.json()]).toMatchObject([200, { health: 'true' }])
      const version = await fetch(`${store().url}/version`)
      expect(await version.json()).toEqual({
        etcdserver: expect.stringMatching(/^3\.\d+\.\d+/),
        etcdcluster: expect.stringMatching(/^3\.\d+\.0$/),
        storage: expect.stringMatching(/^3\.\d+\.0$/),
      })
    })

    it('a response header has cluster, member, revision and term', async () => {
      const { wire } = store()
      const { header } = await wire.put(keyScope()('a'))
      expect(header?.clusterId).not.toBe(0n)
      expect(header?.memberId).not.toBe(0n)
      expect(header?.raftTerm).toBeGreaterThan(0n)
      expect(header?.revision).toBeGreaterThan(1n)
      const other = (await wire.grant(600n)).header
      expect([other?.clusterId, other?.memberId]).toEqual([header?.clusterId, header?.memberId])
    })

    it('accepts the metadata that clients send', async () => {
      const { wire } = store()
      const client = new Wire(wire.connection, { hasleader: 'true', 'client-api-version': '3.5.0' })
      const key = keyScope()
      await client.put(key('a'), '1')
      expect(valuesOf((await client.range(key('a'))).kvs)).toEqual(['1'])
    })

    it('accepts the odd authority of clientv3 3.5', async () => {
      const { wire, url } = store()
      const key = keyScope()
      await wire.put(key('a'), 'found')
      const { host } = new URL(url)
      const message = await callByHand(
        url,
        `#initially=[${host}]`,
        RangeRequest.encode(RangeRequest.create({ key: bytes(key('a')) })),
      )
      expect(valuesOf(RangeResponse.decode(message).kvs)).toEqual(['found'])
    })

    it('refuses a message of more than 2 MiB, naming its size', async () => {
      const { wire } = store()
      const value = Buffer.alloc(2 * mib)
      const error = await wire.put(keyScope()('a'), value).catch((thrown: unknown) => thrown)
      expect(RpcError.is(error) && error.codeName).toBe('RESOURCE_EXHAUSTED')
      expect(String(error)).toMatch(/grpc: received message larger than max \(20971\d\d vs\. 2097152\)/)
    })

    it('a request of more than 1.5 MiB and less than 2 MiB is too large for the store', async () => {
      const { wire } = store()
      await expectRefusal(
        wire.put(keyScope()('a'), Buffer.alloc(1.9 * mib)),
        StatusCode.INVALID_ARGUMENT,
        'etcdserver: request is too large',
      )
    })

    it('does not limit responses', async () => {
      const { wire } = store()
      const key = keyScope()
      for (const letter of 'abcd') await wire.put(key(letter), Buffer.alloc(1.4 * mib))
      const { kvs } = await wire.range(key.all, { end: key.end })
      expect(kvs.reduce((size, kv) => size + kv.value.length, 0)).toBe(4 * Math.floor(1.4 * mib))
      await wire.delete(key.all, { end: key.end })
    })

    it('does not know methods and services that do not exist', async () => {
      const { wire } = store()
      for (const path of ['/etcdserverpb.KV/Steal', '/etcdserverpb.Nothing/Range']) {
        const method: Method<RangeRequest, RangeResponse> = { ...KV.range, path }
        const error = await wire
          .call(method, RangeRequest.create({ key: bytes('a') }))
          .catch((thrown: unknown) => thrown)
        expect(RpcError.is(error) && error.codeName).toBe(statusName(StatusCode.UNIMPLEMENTED))
      }
    })

    it('many calls run at once on one connection, each with its own answer', async () => {
      const { wire } = store()
      const key = keyScope()
      const names = Array.from({ length: 300 }, (_, n) => `${n}`)
      await Promise.all(names.map((name) => wire.put(key(name), name)))
      const answers = await Promise.all(names.map((name) => wire.range(key(name))))
      expect(answers.flatMap((answer) => valuesOf(answer.kvs))).toEqual(names)
    })
  })
}

/** A unary Range over bare HTTP/2, for headers that no client library sends. Resolves to the response message. */
function callByHand(url: string, authority: string, message: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const session = connect(url)
    session.on('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': KV.range.path,
      ':authority': authority,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let status: unknown
    stream.on('trailers', (trailers) => {
      status = trailers['grpc-status']
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      session.close()
      if (status === '0') resolve(Buffer.concat(chunks).subarray(5))
      else reject(new Error(`The call ended with status ${status}.`))
    })
    const head = Buffer.alloc(5)
    head.writeUInt32BE(message.length, 1)
    stream.end(Buffer.concat([head, message]))
  })
}
