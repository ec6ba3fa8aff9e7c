import { del, EtcdClient, type EtcdClientOptions, get, list, put, value, version } from '@waypost/client'
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

const calls: Readonly<Record<string, (options: never) => unknown>> = {
  'kv.get': (options) => client.kv.get('/a', options),
  'kv.put': (options) => client.kv.put('/a', '1', options),
  'kv.delete': (options) => client.kv.delete('/a', options),
  'kv.list': (options) => client.kv.list({ all: true }, options),
  'kv.range': (options) => client.kv.range({ all: true }, options),
  'kv.count': (options) => client.kv.count({ all: true }, options),
  'kv.compact': (options) => client.kv.compact(1, options),
  'txn.commit': (options) => client.txn().commit(options),
  put: (options) => put('/a', '1', options),
  get: (options) => get('/a', options),
  list: (options) => list({ all: true }, options),
  del: (options) => del('/a', options),
  watch: (options) => client.watch({ all: true }, options),
  cache: (options) => client.cache({ all: true }, options),
  presence: (options) => client.presence(options),
  'leases.grant': (options) => client.leases.grant(options),
  'leases.keepAlive': (options) => client.leases.keepAlive(1, options),
  'leases.timeToLive': (options) => client.leases.timeToLive(1, options),
  'leases.revoke': (options) => client.leases.revoke(1, options),
  'auth.users.list': (options) => client.auth.users.list(options),
  'auth.roles.list': (options) => client.auth.roles.list(options),
  'cluster.members': (options) => client.cluster.members(options),
  'cluster.addMember': (options) => client.cluster.addMember([], options),
  'maintenance.status': (options) => client.maintenance.status(options),
  'maintenance.hashKv': (options) => client.maintenance.hashKv(options),
  'maintenance.snapshot': (options) => client.maintenance.snapshot(options).next(),
  EtcdClient: (options) => new EtcdClient(options),
}

it.each(Object.entries(calls))(
  '%s refuses an option that does not exist, null, and a wrong kind',
  async (name, call) => {
    const given: readonly [unknown, string][] = [
      [{ prefx: true }, `${name} has no option prefx; it has `],
      [null, `The options of ${name} must be an object, not null.`],
      ['5', `The options of ${name} must be an object, not text.`],
    ]
    for (const [options, message] of given) {
      const refused = (async () => untyped(call, options))()
      await expect(refused, String(options)).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining(message),
      })
    }
  },
)

it('names the option that was meant', () => {
  expect(() => untyped((options: never) => new EtcdClient(options), { endpoint: 'http://a:1' })).toThrow(
    /no option endpoint;.* Did you mean endpoints\?$/,
  )
})
