import { EtcdClient } from '@waypost/client'
import { Auth, KV, RangeResponse } from '@waypost/protocol'
import { RpcError, StatusCode, unary } from '@waypost/rpc'
import { type ContractStore, FaultProxy } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portOf, realStores } from './real-stores.test-support.ts'
import { ScriptedStore } from './scripted-store.test-support.ts'

const root = { username: 'root', password: 'secret' }

describe.each(realStores('authentication'))('with authentication, $name', (flavour) => {
  let store: ContractStore
  let admin: EtcdClient

  beforeAll(async () => {
    store = await flavour.start()
    admin = new EtcdClient({ endpoints: store.url, auth: root })
    await admin.auth.users.add('root', root.password)
    await admin.auth.roles.add('root')
    await admin.auth.users.grantRole('root', 'root')
    await admin.auth.users.add('reader', 'pass')
    await admin.auth.roles.add('reads')
    await admin.auth.roles.grant('reads', 'read', { prefix: '/public/' })
    await admin.auth.users.grantRole('reader', 'reads')
  })
  afterAll(async () => {
    await admin?.close()
    await store?.close()
  })

  it('goes on when it is switched on while running: calls, watches, leases', async () => {
    await using client = new EtcdClient({ endpoints: store.url, auth: root })
    await client.kv.put('/on/a', 'before')
    const watch = client.watch({ prefix: '/on/' })
    await watch.started
    const lease = await client.leases.grant({ ttlSeconds: 30 })
    await admin.auth.enable()
    expect((await client.kv.get('/on/a'))?.text()).toBe('before')
    const { revision } = await client.kv.put('/on/b', 'after', { lease: lease.id })
    expect((await watch.next()).value?.revision).toBe(revision)
    expect(await lease.keepAliveOnce()).toBe(30)
    const late = client.watch({ prefix: '/on/' }, { startRevision: revision })
    expect((await late.next()).value?.revision).toBe(revision)
  })

  it('logs in again for calls, watches and leases when a restart has made its token void', async () => {
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url, auth: root })
    const lease = await client.leases.grant({ ttlSeconds: 30 })
    const { revision: first } = await client.kv.put('/restart/a', '1', { lease: lease.id })
    const watch = client.watch({ prefix: '/restart/' }, { startRevision: first })
    expect((await watch.next()).value?.revision).toBe(first)
    await using cache = client.cache({ prefix: '/restart/' })
    await cache.ready
    await store.restart?.()
    const [{ revision }] = await Promise.all([client.kv.put('/restart/b', '2'), client.kv.get('/restart/a')])
    expect((await watch.next()).value?.revision).toBe(revision)
    expect(await lease.keepAliveOnce()).toBe(30)
    await expect.poll(() => [...cache.keys()]).toEqual(['/restart/a', '/restart/b'])
  })

  it('logs in again when the permissions were changed since ("revision of auth store is old")', async () => {
    await using reader = new EtcdClient({ endpoints: store.url, auth: { username: 'reader', password: 'pass' } })
    await admin.kv.put('/public/a', '1')
    expect((await reader.kv.get('/public/a'))?.text()).toBe('1')
    for (let round = 0; round < 3; round++) {
      await admin.auth.roles.add(`extra${round}`)
      await admin.auth.users.grantRole('reader', `extra${round}`)
      expect((await reader.kv.get('/public/a'))?.text()).toBe('1')
    }
  })

  it('refuses what a role does not cover, for calls and watches, and serves it once the role does', async () => {
    await using reader = new EtcdClient({ endpoints: store.url, auth: { username: 'reader', password: 'pass' } })
    await expect(reader.kv.get('/private/a')).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(reader.kv.put('/public/a', '2')).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(reader.watch({ prefix: '/private/' }).next()).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(reader.watch({ prefix: '/public/' }).started).resolves.toBeGreaterThan(0n)
    await admin.auth.roles.grant('reads', 'readwrite', { key: '/private/a' })
    await reader.kv.put('/private/a', '1')
    expect((await admin.auth.roles.get('reads')).permissions).toMatchObject([
      { type: 'readwrite', key: '/private/a', rangeEnd: '' },
      { type: 'read', key: '/public/', rangeEnd: '/public0' },
    ])
    await admin.auth.roles.revoke('reads', { key: '/private/a' })
    await expect(reader.kv.get('/private/a')).rejects.toMatchObject({ code: 'permission-denied' })
    expect((await admin.auth.roles.get('reads')).permissions.length).toBe(1)
  })

  it('says "unauthenticated" to a wrong password and to nobody, for calls, watches and caches', async () => {
    await using wrong = new EtcdClient({ endpoints: store.url, auth: { username: 'root', password: 'wrong' } })
    await using nobody = new EtcdClient({ endpoints: store.url })
    for (const client of [wrong, nobody]) {
      await expect(client.kv.get('/a')).rejects.toMatchObject({ code: 'unauthenticated' })
      await expect(client.kv.put('/a', '1')).rejects.toMatchObject({ code: 'unauthenticated' })
      await expect(client.cache({ prefix: '/' }).ready).rejects.toMatchObject({ code: 'unauthenticated' })
    }
    await expect(wrong.watch({ prefix: '/' }).next()).rejects.toMatchObject({ code: 'unauthenticated' })
    // etcd 3.4 does not tell a watch without a login from one without permission.
    await expect(nobody.watch({ prefix: '/' }).next()).rejects.toMatchObject({
      code: expect.stringMatching(/unauthenticated|permission-denied/),
    })
  })

  it('manages users and roles', async () => {
    const { users, roles } = admin.auth
    await users.add('temp', 'one')
    await users.changePassword('temp', 'two')
    await users.grantRole('temp', 'reads')
    expect(await users.get('temp')).toEqual({ roles: ['reads'] })
    await users.revokeRole('temp', 'reads')
    expect(await users.get('temp')).toEqual({ roles: [] })
    expect(await users.list()).toContain('temp')
    await users.delete('temp')
    await expect(users.get('temp')).rejects.toMatchObject({ code: 'not-found' })
    await roles.add('brief')
    await expect(roles.add('brief')).rejects.toMatchObject({ code: 'already-exists' })
    expect(await roles.list()).toContain('brief')
    await roles.delete('brief')
    expect(await roles.list()).not.toContain('brief')
  })

  it('goes on when it is switched off', async () => {
    await admin.auth.disable()
    await using client = new EtcdClient({ endpoints: store.url, auth: root })
    await client.kv.put('/off', '1')
    await client.watch({ key: '/off' }).started
  })
})

describe('a login', () => {
  it('is fetched once for all calls that need it, at the start and when the token expires', async () => {
    let logins = 0
    let valid = ''
    const authenticate = unary(Auth.authenticate, async () => {
      logins += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
      valid = `token.${logins}`
      return { header: undefined, token: valid }
    })
    const range = unary(KV.range, (_request, { metadata }) => {
      if (metadata.token === valid && valid !== '') return RangeResponse.create()
      throw new RpcError(StatusCode.UNAUTHENTICATED, 'etcdserver: invalid auth token')
    })
    await using store = await ScriptedStore.start([authenticate, range])
    await using client = new EtcdClient({ endpoints: store.url, auth: root })
    await Promise.all(Array.from({ length: 50 }, () => client.kv.get('/a')))
    expect(logins).toBe(1)
    valid = 'revoked'
    await Promise.all(Array.from({ length: 50 }, () => client.kv.get('/a')))
    expect(logins).toBe(2)
  })

  it('is tried once more for a call, not forever', async () => {
    let logins = 0
    const authenticate = unary(Auth.authenticate, () => {
      logins += 1
      return { header: undefined, token: 'useless' }
    })
    const range = unary(KV.range, () => {
      throw new RpcError(StatusCode.INVALID_ARGUMENT, 'etcdserver: revision of auth store is old')
    })
    await using store = await ScriptedStore.start([authenticate, range])
    await using client = new EtcdClient({ endpoints: store.url, auth: root })
    await expect(client.kv.get('/a')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(logins).toBe(2)
  })
})
