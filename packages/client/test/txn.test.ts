import {
  type Condition,
  createRevision,
  del,
  EtcdClient,
  get,
  type KeyValue,
  lease,
  list,
  modRevision,
  put,
  value,
  version,
} from '@waypost/client'
import type { ContractStore } from '@waypost/testkit'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { realStores, runStore } from './real-stores.test-support.ts'

describe.each(realStores('transactions'))('a transaction, $name', (flavour) => {
  let store: ContractStore
  let client: EtcdClient

  runStore(flavour, (started, itsClient) => {
    store = started
    client = itsClient
  })

  it('runs one branch and gives that branch its own typed results', async () => {
    const claim = client
      .txn()
      .if(version('/t').equals(0))
      .do(put('/t', '1'), list({ prefix: '/t' }))
      .else(get('/t'))
    const first = await claim.commit()
    if (!first.succeeded) throw new Error('The key was there.')
    expectTypeOf(first.responses[1].kvs).toEqualTypeOf<readonly KeyValue[]>()
    expect(first.responses[0]).toEqual({ revision: first.revision, previous: undefined })
    expect(first.responses[1].kvs.map((kv) => kv.text())).toEqual(['1'])
    const second = await claim.commit()
    if (second.succeeded) throw new Error('The key was not there.')
    expectTypeOf(second.responses[0]).toEqualTypeOf<KeyValue | undefined>()
    expect(second.responses[0]?.text()).toBe('1')
  })

  it('compares values, versions, revisions and leases, of keys and of ranges', async () => {
    const { revision } = await client.kv.put('/c/a', 'm')
    await client.kv.put('/c/b', 'm')
    const holds = async (...conditions: Condition[]): Promise<boolean> =>
      (
        await client
          .txn()
          .if(...conditions)
          .commit()
      ).succeeded
    expect(await holds(value('/c/a').equals('m'), value('/c/a').notEquals('n'))).toBe(true)
    expect(await holds(value('/c/a').greaterThan('a'), value('/c/a').lessThan('z'))).toBe(true)
    expect(await holds(value('/c/a').lessThan('a'))).toBe(false)
    expect(await holds(value('/c/none').notEquals('m'))).toBe(false)
    expect(await holds(createRevision('/c/a').equals(revision), modRevision('/c/a').equals(revision))).toBe(true)
    expect(await holds(lease('/c/a').equals(0), lease('/c/a').notEquals(1))).toBe(true)
    expect(await holds(version({ prefix: '/c/' }).equals(1n))).toBe(true)
    expect(await holds(modRevision({ prefix: '/c/' }).equals(revision))).toBe(false)
  })

  it('nests, and deletes', async () => {
    const inner = client
      .txn()
      .if(version('/n').equals(0))
      .do(put('/n', '1'))
      .else(del('/n', { prevKv: true }))
    const outer = client.txn().do(put('/m', '1'), inner.asOperation())
    const first = await outer.commit()
    const second = await outer.commit()
    if (!first.succeeded || !second.succeeded) throw new Error('There is no condition.')
    expect(first.responses[1]).toMatchObject({ succeeded: true })
    const [, nested] = second.responses
    if (nested.succeeded) throw new Error('The key was not there.')
    expect(nested.responses[0]).toMatchObject({ deleted: 1, revision: second.revision })
    expect(nested.responses[0].previous[0]?.text()).toBe('1')
  })

  it('is not sent by await, by returning it, or by building it', async () => {
    const builder = await client.txn().do(put('/never', '1'))
    const returned = await (async () => builder.if(version('/never').equals(0)))()
    expect(returned).not.toHaveProperty('then')
    expect(await client.kv.get('/never')).toBe(undefined)
    await returned.commit()
    expect((await client.kv.get('/never'))?.version).toBe(1n)
  })

  it('leaves the builder it was made from as it was', async () => {
    const base = client.txn().do(put('/base', '1'))
    base.do(put('/more', '1'))
    base.if(version('/base').equals(99))
    expect((await base.commit()).responses.length).toBe(1)
  })

  it('no object of the client that is not a promise can be awaited by accident', async () => {
    const objects = [
      client,
      client.kv,
      client.leases,
      client.auth,
      client.txn(),
      client.kv.list({ all: true }),
      client.watch({ key: '/a' }),
      client.cache({ prefix: '/a' }),
      version('/a'),
      put('/a', '1'),
    ]
    for (const object of objects) expect('then' in object).toBe(false)
  })

  it('carries a namespace into every step and back', async () => {
    await using inside = new EtcdClient({ endpoints: store.url, namespace: '/ns' })
    const result = await inside
      .txn()
      .if(version('/k').equals(0))
      .do(put('/k', '1'), get('/k'), list({ all: true }), del({ prefix: '/other' }))
      .commit()
    if (!result.succeeded) throw new Error('The key was there.')
    expect(result.responses[1]?.key).toBe('/k')
    expect(result.responses[2].kvs.map(({ key }) => key)).toEqual(['/k'])
    expect((await client.kv.get('/ns/k'))?.text()).toBe('1')
  })
})
