import { EtcdClient, type KeyValue } from '@waypost/client'
import { KV, type RangeRequest, RangeResponse, type ResponseOp, TxnResponse } from '@waypost/protocol'
import { RpcError, StatusCode, unary } from '@waypost/rpc'
import { FaultProxy } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { portOf, realStores } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

/** Answers a read with its own key as the value; keys that contain "missing" are not there. */
function echo({ key }: RangeRequest): RangeResponse {
  const kv = { key, value: key, createRevision: 1n, modRevision: 1n, version: 1n, lease: 0n }
  return RangeResponse.create({ kvs: Buffer.from(key).includes('missing') ? [] : [kv] })
}

describe('plain reads of one turn', () => {
  async function start(refuse?: RpcError) {
    const seen: string[] = []
    const range = unary(KV.range, (request) => {
      seen.push(`range ${request.key}`)
      if (Buffer.from(request.key).includes('forbidden')) {
        throw new RpcError(StatusCode.PERMISSION_DENIED, 'etcdserver: permission denied')
      }
      return echo(request)
    })
    const txn = unary(KV.txn, ({ success }) => {
      seen.push(`txn of ${success.length}`)
      if (refuse !== undefined) throw refuse
      const responses = success.map(
        ({ requestRange }): ResponseOp => ({
          responseRange: requestRange && echo(requestRange),
          responsePut: undefined,
          responseDeleteRange: undefined,
          responseTxn: undefined,
        }),
      )
      return TxnResponse.create({ succeeded: true, responses })
    })
    const store = await ScriptedStore.start([range, txn])
    const client = new EtcdClient({ endpoints: store.url })
    return {
      seen,
      client,
      async [Symbol.asyncDispose]() {
        await client.close()
        await store.close()
      },
    }
  }

  it('travel together, and each gets its own answer', async () => {
    await using setup = await start()
    const keys = ['/a', '/missing', '/b', '/a']
    const answers = await Promise.all(keys.map((key) => setup.client.kv.get(key)))
    expect(answers.map((kv) => kv?.text())).toEqual(['/a', undefined, '/b', '/a'])
    expect(setup.seen).toEqual(['txn of 4'])
  })

  it('travel alone when there is one, or when a read has options of its own', async () => {
    await using setup = await start()
    await setup.client.kv.get('/a')
    await Promise.all([setup.client.kv.get('/b'), setup.client.kv.get('/c', { serializable: true })])
    expect(setup.seen.sort()).toEqual(['range /a', 'range /b', 'range /c'])
  })

  it('stay well within the limit of a transaction', async () => {
    await using setup = await start()
    const answers = await Promise.all(Array.from({ length: 70 }, (_, index) => setup.client.kv.get(`/${index}`)))
    expect(answers.map((kv) => kv?.text())).toEqual(Array.from({ length: 70 }, (_, index) => `/${index}`))
    expect(setup.seen).toEqual(['txn of 32', 'txn of 32', 'txn of 6'])
  })

  it('are sent one by one when the store refuses them together: one that is forbidden fails alone', async () => {
    await using setup = await start(new RpcError(StatusCode.PERMISSION_DENIED, 'etcdserver: permission denied'))
    const outcomes = await Promise.allSettled(['/a', '/forbidden', '/b'].map((key) => setup.client.kv.get(key)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'permission-denied' } })
    expect(setup.seen.length).toBe(4)
  })
})

describe.each(realStores('reads that travel together'))('plain reads of one turn, $name', (flavour) => {
  it('see every write that was acknowledged before, also over a broken connection', async () => {
    const store = await flavour.start()
    try {
      await using proxy = await FaultProxy.start(portOf(store))
      await using client = new EtcdClient({ endpoints: proxy.url })
      for (let round = 1; round <= 20; round++) {
        await Promise.all(Array.from({ length: 10 }, (_, index) => client.kv.put(`/${index}`, `${round}`)))
        const reading = Promise.all(Array.from({ length: 10 }, (_, index) => client.kv.get(`/${index}`)))
        if (round % 10 === 0) proxy.cut()
        const read: (KeyValue | undefined)[] = await reading
        expect(read.map((kv) => kv?.text())).toEqual(Array.from({ length: 10 }, () => `${round}`))
      }
    } finally {
      await store.close()
    }
  })
})
