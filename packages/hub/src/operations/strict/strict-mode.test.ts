import { createRevision, EtcdClient, put } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { type ContractStore, stores } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, startHub } from '../../hub.ts'
import { callsTo, type OnHub, part } from '../operations.test-support.ts'

const password = 'a long password'
const path = 'order/application.yaml'
const address = `/v1/config/documents/${part(path)}`
const users = ['ann', 'bob', 'eva', 'ci'] as const

/** One embedded store and one etcd: the check of permissions is the store's own. */
const flavours = stores().filter(
  ({ name, canRun }) => ['embedded-memory', 'etcd-1'].includes(name) && canRun('the strict mode'),
)

describe.each(flavours)('the strict mode on $name', (flavour) => {
  let store: ContractStore
  let hub: Hub
  let root: EtcdClient
  let config: ConfigCenter
  let call: OnHub['call']
  const open: EtcdClient[] = []

  const clientOf = (username: string): EtcdClient => {
    const client = new EtcdClient({ endpoints: store.url, auth: { username, password } })
    open.push(client)
    return client
  }

  beforeAll(async () => {
    store = await flavour.start()
    const setUp = new EtcdClient({ endpoints: store.url })
    await setUp.auth.users.add('root', password)
    await setUp.auth.users.grantRole('root', 'root')
    await setUp.auth.enable()
    await setUp.close()
    root = clientOf('root')
    config = new ConfigCenter(root)
    for (const user of [...users, 'hub']) await root.auth.users.add(user, password)
    await config.access.grant('hub', { action: 'hub', subject: '' })
    await config.releases.publish(path, 'timeout: 30\n')
    // As people have it before: they may write the keys.
    for (const user of ['ann', 'bob'] as const)
      await config.access.grant(user, { action: 'publish', subject: 'order/' })
    await config.access.grant('eva', { action: 'read', subject: 'order/' })
    await config.policies.set('order/', { approvals: 1 })
    const { converted } = await config.access.setMode('strict', { convert: true, author: 'root' })
    expect(converted.map(({ role }) => role).sort()).toEqual(['ann', 'bob'])
    expect((await config.access.check()).bypasses).toEqual([])
    hub = await startHub({
      endpoints: store.url,
      auth: { username: 'hub', password },
      port: 0,
      logger: false,
      checkResponses: true,
      timeline: false,
    })
    call = callsTo(hub.url, password)
  })

  afterAll(async () => {
    await hub?.close()
    await config.close()
    for (const client of open) await client.close()
    await store.close()
  })

  it('writes for those who may ask, with their real name and address', async () => {
    const draft = `${address}/draft`
    expect((await call('PUT', draft, { content: 'timeout: 40\n', comment: 'more' }, 'ann')).status).toBe(200)
    expect((await call('POST', `${draft}/submit`, {}, 'ann')).body).toMatchObject({ state: 'submitted', author: 'ann' })
    expect((await call('POST', `${draft}/approve`, {}, 'bob')).body).toMatchObject({ approvals: [{ by: 'bob' }] })
    expect((await call('POST', `${draft}/publish`, {}, 'ann')).body).toMatchObject({ release: 2 })
    const [published, approved] = (await config.audit.list()).entries
    expect(published).toMatchObject({
      author: 'ann',
      address: expect.stringContaining('127.0.0.1'),
      action: 'draft.publish',
    })
    expect(approved).toMatchObject({ author: 'bob', action: 'draft.approve' })
    expect((await call('GET', `${address}/releases`, undefined, 'ann')).body).toMatchObject({
      releases: [{ author: 'ann' }, {}],
    })
  })

  it('asks nobody in vain, and changes nothing by asking', async () => {
    const { revision } = await root.maintenance.status()
    for (const user of ['ann', 'eva', 'ci'] as const) {
      await new ConfigCenter(clientOf(user)).access.mayAsk('publish', [path])
    }
    expect((await root.maintenance.status()).revision).toBe(revision)
    expect((await root.kv.range({ prefix: '/waypost/rights/' })).kvs).toEqual([])
  })

  it('refuses who may only read, or nothing, and says what is missing', async () => {
    for (const [user, resource] of [
      ['eva', path],
      ['ci', path],
    ] as const) {
      const { status, body } = await call('PUT', address, { content: 'timeout: 1\n' }, user)
      expect([status, body]).toMatchObject([403, { permission: { action: 'publish', resource } }])
    }
    expect((await call('PUT', '/v1/config/documents/user.yaml', { content: 'a: 1\n' }, 'ann')).status).toBe(403)
    expect((await call('PUT', '/v1/config/policy?scope=order%2F', { approvals: 0 }, 'ann')).status).toBe(403)
    expect((await call('PUT', '/v1/config/schema?scope=order%2F', { schema: {} }, 'ann')).status).toBe(403)
    expect((await call('DELETE', '/v1/audit?olderThanDays=1', undefined, 'ann')).status).toBe(403)
    expect((await call('POST', '/v1/config/import', { documents: {}, deleteOthers: true }, 'ann')).status).toBe(403)
    expect((await call('PUT', address, { content: '' }, undefined)).status).toBe(401)
  })

  it('binds everybody by the policy: through the hub', async () => {
    expect((await call('PUT', address, { content: 'timeout: 41\n' }, 'ann')).body).toMatchObject({
      code: 'failed-precondition',
    })
    const bypass = { content: 'timeout: 41\n', bypassApproval: 'in a hurry' }
    expect((await call('PUT', address, bypass, 'ann')).body).toMatchObject({
      status: 403,
      permission: { action: 'bypass' },
    })
    await call('PUT', `${address}/draft`, { content: 'timeout: 41\n' }, 'ann')
    await call('POST', `${address}/draft/submit`, {}, 'ann')
    expect((await call('POST', `${address}/draft/approve`, {}, 'ann')).status).toBe(403)
    expect((await call('POST', `${address}/draft/publish`, {}, 'ann')).status).toBe(412)
    const canary = { name: 'try', rule: { percent: 100 }, content: 'timeout: 41\n', evenIfUnknown: true }
    expect((await call('POST', `${address}/canaries`, canary, 'ann')).status).toBe(412)
    await call('DELETE', `${address}/draft`, undefined, 'ann')
    await config.access.grant('ci', { action: 'bypass', subject: 'order/' })
    await config.access.grant('ci', { action: 'publish', subject: 'order/' })
    expect((await call('PUT', address, bypass, 'ci')).body).toMatchObject({ release: 3 })
    expect((await config.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      author: 'ci',
      comment: 'without approval: in a hurry',
    })
  })

  it('lets nobody sign with the name of another', async () => {
    for (const body of [{ content: 'timeout: 42\n', author: 'bob' }]) {
      expect((await call('PUT', address, body, 'ann')).body).toMatchObject({ code: 'invalid-argument' })
    }
    await call('PUT', `${address}/draft`, { content: 'timeout: 42\n' }, 'ann')
    await call('POST', `${address}/draft/submit`, {}, 'ann')
    expect((await call('POST', `${address}/draft/approve`, { author: 'bob' }, 'ann')).status).toBe(400)
    await call('DELETE', `${address}/draft`, undefined, 'ann')
  })

  it.each([
    ['a put of the document', (etcd: EtcdClient) => etcd.kv.put(`/config/${path}`, 'timeout: 1\n')],
    [
      'a release by the library',
      (etcd: EtcdClient) => new ConfigCenter(etcd).releases.publish(path, 'timeout: 1\n', { bypassApproval: 'me' }),
    ],
    ['a raw write by the library', (etcd: EtcdClient) => new ConfigCenter(etcd).documents.putRaw(path, 'timeout: 1\n')],
    [
      'a transaction with a step that it may do',
      (etcd: EtcdClient) =>
        etcd
          .txn()
          .do(put('/waypost/rights/publish/order/x', ''), put(`/config/${path}`, 'x'))
          .commit(),
    ],
    [
      'a transaction whose other branch writes',
      (etcd: EtcdClient) =>
        etcd
          .txn()
          .if(createRevision('/waypost/access/mode').equals(0))
          .do()
          .else(put(`/config/${path}`, 'x'))
          .commit(),
    ],
    [
      'an approval of its own',
      (etcd: EtcdClient) => etcd.kv.put(`/waypost/config/drafts/${path}`, '{"state":"approved"}'),
    ],
    ['a policy of its own', (etcd: EtcdClient) => etcd.kv.delete('/waypost/config/policies/order/')],
    ['a history of its own', (etcd: EtcdClient) => etcd.kv.put(`/waypost/config/heads/${path}`, '{}')],
    ['an entry in the audit', (etcd: EtcdClient) => etcd.kv.put('/waypost/audit/2026-01-01T00:00:00.000Z-1', '{}')],
    ['the audit deleted', (etcd: EtcdClient) => etcd.kv.delete({ prefix: '/waypost/audit/' })],
    ['the audit pruned', (etcd: EtcdClient) => new ConfigCenter(etcd).audit.prune(0)],
    ['the end of the audit', (etcd: EtcdClient) => etcd.kv.put('/waypost/audit/chain', '{}')],
    [
      'an override of its own',
      (etcd: EtcdClient) => etcd.kv.put('/waypost/services/overrides/order/a', '{"status":"disabled"}'),
    ],
    ['the mode', (etcd: EtcdClient) => new ConfigCenter(etcd).access.setMode('direct')],
    ['the key of the mode', (etcd: EtcdClient) => etcd.kv.delete('/waypost/access/mode')],
    ['a right for itself', (etcd: EtcdClient) => etcd.auth.roles.grant('ann', 'readwrite', { prefix: '/config/' })],
    ['the role of the hub', (etcd: EtcdClient) => etcd.auth.users.grantRole('ann', 'hub')],
  ] as const)('refuses, past the hub: %s', async (_, attempt) => {
    await expect(attempt(clientOf('ann'))).rejects.toMatchObject({ code: 'permission-denied' })
  })

  it.each([
    ['a document as a raw key', 'PUT', `/v1/keys/${part(`/config/${path}`)}`, { value: 'x' }],
    ['the audit as raw keys', 'DELETE', '/v1/keys?prefix=%2Fwaypost%2Faudit%2F&expectedCount=1', undefined],
    ['the mode', 'PUT', '/v1/access/mode', { mode: 'direct' }],
    ['a right for itself', 'POST', '/v1/access/grants', { name: 'ann', action: 'bypass', subject: '' }],
    ['another password of the hub', 'PUT', '/v1/users/hub/password', { password: 'mine' }],
  ] as const)('refuses, by other operations of the hub: %s', async (_, method, url, body) => {
    const { status } = await call(method, url, body, 'ann')
    // Where one has to say how many keys there are, reading them is refused, or the number is wrong.
    expect([403, 412]).toContain(status)
  })

  it('operates services for those who may ask, and says who it was', async () => {
    await root.kv.put('/services/order/a', '{"host":"10.0.0.1","port":80}')
    const drain = () => call('PATCH', '/v1/services/order/instances/a', { action: 'drain', reason: 'disk' }, 'eva')
    expect((await drain()).body).toMatchObject({ status: 403, permission: { action: 'operate', resource: 'order' } })
    await config.access.grant('eva', { action: 'operate', subject: 'order' })
    expect((await drain()).status).toBe(200)
    expect((await config.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      author: 'eva',
      address: expect.stringContaining('127.0.0.1'),
      action: 'service.drain',
      instances: ['order/a'],
    })
  })

  it('leaves an audit that is whole, and a document that went through it', async () => {
    const { faults } = await config.audit.verify()
    expect(faults).toEqual([])
    expect((await config.releases.current(path)).changedByHand).toBe(false)
  })

  it('goes back to the direct mode, with the writing that people had', async () => {
    await config.access.setMode('direct', { convert: true, author: 'root' })
    expect((await call('PUT', address, { content: 'timeout: 50\n', bypassApproval: 'back' }, 'ann')).status).toBe(200)
    await expect(clientOf('bob').kv.put(`/config/${path}`, 'timeout: 51\n')).resolves.toMatchObject({})
  })
})
