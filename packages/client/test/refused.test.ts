import { EtcdClient, type EtcdClientOptions, value, version } from '@waypost/client'
import { afterAll, expect, it } from 'vitest'

// No store: what cannot be is refused before anything is sent.
const client = new EtcdClient({ endpoints: 'http://127.0.0.1:1' })
afterAll(() => client.close())

/** As programs without types call it. */
function untyped(call: (given: never) => unknown, given: unknown): unknown {
  return Reflect.apply(call, undefined, [given])
}

const bad: readonly unknown[] = [undefined, null, 5, {}, ['a']]

it.each([
  ['a key to read', (key: never) => client.kv.get(key)],
  ['a key to write', (key: never) => client.kv.put(key, '1')],
  ['a value', (given: never) => client.kv.put('/a', given)],
  ['a value to compare', (given: never) => value('/a').equals(given)],
  ['a key to compare', (key: never) => client.txn().if(version(key).equals(0)).commit()],
  ['a range', (range: never) => client.watch(range)],
  ['a prefix', (prefix: never) => client.cache({ prefix })],
  ['the end of a range', (to: never) => client.kv.list({ from: 'a', to: to ?? 5 })],
  ['what is to be deleted', (target: never) => client.kv.delete(target)],
])('%s that is neither text nor bytes is refused, and named', async (_what, call) => {
  for (const given of bad) {
    const refused = (async () => untyped(call, given))()
    await expect(refused).rejects.toMatchObject({ code: 'invalid-argument' })
  }
})

it('a range of two kinds is refused', () => {
  expect(() => client.kv.list({ prefix: '/a', ...{ key: '/b' } })).toThrow('{ prefix, key }')
})

it('says how to write an object', async () => {
  await expect((async () => untyped((given) => client.kv.put('/a', given), { port: 80 }))()).rejects.toThrow(
    'JSON.stringify',
  )
})

it.each([
  ['timeoutMs', { timeoutMs: '5' }],
  ['connectTimeoutMs', { connectTimeoutMs: Number.NaN }],
  ['closeTimeoutMs', { closeTimeoutMs: -1 }],
  ['keepAlive.intervalMs', { keepAlive: { intervalMs: -1 } }],
  ['keepAlive.timeoutMs', { keepAlive: { timeoutMs: 0 } }],
  ['memberSync.intervalMs', { memberSync: { intervalMs: 0 } }],
  ['namespace', { namespace: 5 }],
  ['auth', { auth: { username: 'root' } }],
])('the option %s is checked', (name, options) => {
  const make = (given: EtcdClientOptions): EtcdClient => new EtcdClient(given)
  expect(() => untyped(make, { endpoints: 'http://127.0.0.1:1', ...options })).toThrow(
    expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(name) }),
  )
})
