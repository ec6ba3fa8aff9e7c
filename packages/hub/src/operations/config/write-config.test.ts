import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { until } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsOf, onHub, part } from '../operations.test-support.ts'

const on = onHub()
const call: ReturnType<typeof on>['call'] = (...args) => on().call(...args)
const path = 'order/application.yaml'
const address = `/v1/config/documents/${part(path)}`
let service: EtcdClient
let running: ConfigCenter

beforeAll(async () => {
  service = new EtcdClient({ endpoints: on().running.store.url, instance: 'order-1' })
  running = new ConfigCenter(service)
  await on().config.releases.publish(path, 'timeout: 30\nretries: 1\n')
  await running.load({ app: 'order' })
})

afterAll(async () => {
  await running.close()
  await service.close()
})

describe('a release', () => {
  it('is made, refused when another came first, merged, and brought back', async () => {
    const first = await call('PUT', address, {
      content: 'timeout: 40\nretries: 1\n',
      expectedRelease: 1,
      author: 'mei',
      comment: 'more',
    })
    expect(first).toMatchObject({ status: 200, body: { release: 2, unchanged: false } })
    const refused = await call('PUT', address, { content: 'timeout: 30\nretries: 2\n', expectedRelease: 1 })
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'conflict',
      conflicts: [
        {
          path,
          currentRelease: 2,
          current: { author: 'mei', comment: 'more' },
          theirs: { content: 'timeout: 40\nretries: 1\n' },
          base: { content: 'timeout: 30\nretries: 1\n' },
          merged: { clean: false },
        },
      ],
    })
    expect((await call('POST', `${address}/rollback`, { release: 1 })).body).toMatchObject({ release: 3 })
    expect((await call('POST', `${address}/rollback`, { release: 99 })).status).toBe(404)
    expect((await call('DELETE', '/v1/config/documents/nothing')).body).toMatchObject({ unchanged: true })
    expect((await on().config.audit.list({ path })).entries.at(-2)).toMatchObject({
      author: 'mei',
      address: expect.stringContaining('127.0.0.1'),
    })
  })

  it('is refused when it does not parse, and says where', async () => {
    expect((await call('PUT', address, { content: 'a: [\n' })).body).toMatchObject({
      status: 422,
      code: 'invalid-document',
      problems: [{ path, line: expect.any(Number) }],
    })
    for (const body of [{ content: 1 }, { contents: '' }, {}, { content: '!', encoding: 'base64' }, '{', undefined]) {
      expect((await call('PUT', address, body)).status).toBe(400)
    }
  })

  it('of several documents is one, and can be tried first', async () => {
    const changes = [
      { path: 'a.yaml', content: 'a: 1\n' },
      { path: 'logo', content: '/w==', encoding: 'base64' },
    ]
    expect((await call('POST', '/v1/config/releases', { changes, dryRun: true })).body).toMatchObject({
      preview: { documents: [{ path: 'a.yaml', release: 1 }, { path: 'logo' }], needsApproval: false },
    })
    const { body } = await call('POST', '/v1/config/releases', { changes })
    expect(body).toMatchObject({ releases: [{ release: 1 }, { release: 1 }] })
    expect((await call('POST', '/v1/config/releases', { changes: [] })).status).toBe(400)
  })

  it('is validated without being made: who changes from what to what', async () => {
    const { body } = await call('POST', `${address}/validate`, { content: 'timeout: 99\n' })
    expect(body).toMatchObject({
      documents: [{ patch: expect.stringContaining('+timeout: 99'), unchanged: false }],
      affected: [
        {
          app: 'order',
          instances: ['order-1'],
          changes: expect.arrayContaining([{ keyPath: ['timeout'], from: 30, to: 99 }]),
        },
      ],
    })
    expect((await call('POST', `${address}/validate`, { delete: true })).body).toMatchObject({ documents: [{ path }] })
  })

  it('is followed process by process', async () => {
    const stop = new AbortController()
    const headers = { accept: 'text/event-stream' }
    const url = `${on().running.hub.url}${address}/status`
    const events = eventsOf(await fetch(url, { headers, signal: stop.signal }))
    expect((await events.next()).value).toMatchObject({
      event: 'snapshot',
      data: { processes: [{ instance: 'order-1' }] },
    })
    await call('PUT', address, { content: 'timeout: 41\n' })
    for await (const { data } of events) {
      const { counts, running: each } = data as { counts: { applied: number }; running: { release: number }[] }
      if (counts.applied === 1 && each[0]?.release === 4) break
    }
    stop.abort()
  })
})

describe('drafts', () => {
  it('are saved, submitted, approved by others and released, as the policy wants it', async () => {
    const doc = '/v1/config/documents/guarded.yaml'
    await call('PUT', doc, { content: 'a: 1\n' })
    expect((await call('PUT', '/v1/config/policy?scope=guarded.yaml', { approvals: 1 })).status).toBe(204)
    expect((await call('PUT', '/v1/config/policy?scope=nothing.yaml', { approvals: 1 })).body).toMatchObject({
      code: 'not-found',
      mayBeConfirmedBy: 'evenIfUnknown',
    })
    expect((await call('GET', '/v1/config/policies')).body).toMatchObject({
      policies: [{ scope: 'guarded.yaml', approvals: 1 }],
    })
    expect((await call('PUT', doc, { content: 'a: 2\n' })).body).toMatchObject({
      status: 412,
      code: 'failed-precondition',
    })
    expect((await call('PUT', `${doc}/draft`, { content: 'a: 2\n' })).body).toMatchObject({ code: 'invalid-argument' })
    const { body } = await call('PUT', `${doc}/draft`, { content: 'a: 2\n', author: 'mei' })
    expect(body).toMatchObject({ state: 'draft', base: 1, content: 'a: 2\n' })
    expect((await call('POST', `${doc}/draft/publish`, { author: 'mei' })).status).toBe(412)
    expect((await call('POST', `${doc}/draft/submit`, { author: 'mei' })).body).toMatchObject({ state: 'submitted' })
    expect((await call('POST', `${doc}/draft/approve`, { author: 'mei' })).status).toBe(403)
    expect((await call('POST', `${doc}/draft/approve`, { author: 'li', revision: '1' })).status).toBe(409)
    expect((await call('POST', `${doc}/draft/reject`, { author: 'li', comment: 'no' })).body).toMatchObject({
      state: 'draft',
    })
    await call('POST', `${doc}/draft/submit`, { author: 'mei' })
    expect((await call('POST', `${doc}/draft/approve`, { author: 'li' })).body).toMatchObject({
      state: 'approved',
      approvals: [{ by: 'li' }],
    })
    expect((await call('GET', '/v1/config/drafts?state=approved')).body).toMatchObject({
      drafts: [{ path: 'guarded.yaml' }],
    })
    expect((await call('POST', `${doc}/draft/publish`, {})).body).toMatchObject({ release: 2 })
    expect((await call('GET', `${doc}/draft`)).status).toBe(404)
    await call('PUT', `${doc}/draft`, { delete: true, author: 'mei' })
    expect((await call('GET', `${doc}/draft`)).body).toMatchObject({ deletes: true })
    expect((await call('DELETE', `${doc}/draft?author=mei`)).status).toBe(204)
    expect((await call('DELETE', '/v1/config/policy?scope=guarded.yaml')).body).toEqual({ deleted: true })
  })
})

describe('canaries', () => {
  it('are tried, made, widened, promoted and taken back', async () => {
    const canaries = `${address}/canaries`
    const proposal = { name: 'try', rule: { percent: 100 }, content: 'timeout: 50\n' }
    expect((await call('POST', `${canaries}/preview`, proposal)).body).toMatchObject({
      affected: [{ changes: [{ keyPath: ['timeout'], to: 50 }] }],
    })
    expect((await call('POST', canaries, { ...proposal, rule: { zones: ['nowhere'] } })).status).toBe(404)
    expect((await call('POST', canaries, { ...proposal, rule: { percent: 101 } })).status).toBe(400)
    expect(await call('POST', canaries, { ...proposal, rule: { percent: 1 } })).toMatchObject({
      status: 201,
      body: { name: 'try' },
    })
    expect((await call('POST', canaries, proposal)).body).toMatchObject({ code: 'already-exists' })
    expect((await call('POST', `${canaries}/try/raise`, { percent: 100 })).body).toMatchObject({
      rule: { percent: 100 },
    })
    await until('It is applied', async () => {
      const { body } = await call('GET', canaries)
      return (body as { progress: { applied: number }[] }).progress[0]?.applied === 1
    })
    expect((await call('POST', `${canaries}/try/promote`, {})).body).toMatchObject({ unchanged: false })
    expect((await call('POST', `${canaries}/try/promote`, {})).status).toBe(404)
    await call('POST', canaries, { ...proposal, name: 'next', content: 'timeout: 60\n' })
    expect((await call('DELETE', `${canaries}/next`)).status).toBe(204)
    await until('It is gone', async () => {
      const { body } = await call('GET', canaries)
      const { canaries: left, processes } = body as { canaries: unknown[]; processes: number }
      return left.length === 0 && processes === 1
    })
  })

  it('are taken back by the hub when more processes reject them than their limits allow', async () => {
    const canary = { name: 'bad', rule: { percent: 100 }, content: 'timeout: [\n', validate: 'none' }
    expect((await call('POST', `${address}/canaries`, canary)).status).toBe(201)
    await until('It is taken back', async () => {
      const { canaries } = await on().config.canaries.list(path)
      return canaries.length === 0
    })
    const [entry] = (await on().config.audit.list({ path })).entries
    expect(entry).toMatchObject({
      action: 'canary.rollback',
      detail: 'bad',
      comment: expect.stringContaining('order on order-1'),
    })
  })
})

describe('schemas', () => {
  it('are set, found, in force, and taken off', async () => {
    expect(
      (await call('PUT', '/v1/config/schema?scope=strict%2F', { schema: { type: 'object', required: ['a'] } })).status,
    ).toBe(204)
    expect((await call('PUT', '/v1/config/schema?scope=strict%2F', { schema: { type: 'nonsense' } })).status).toBe(400)
    expect((await call('GET', '/v1/config/schemas')).body).toEqual({ scopes: ['strict/'] })
    expect((await call('GET', '/v1/config/schema?path=strict%2Fx.yaml')).body).toMatchObject({ scope: 'strict/' })
    expect((await call('PUT', `/v1/config/documents/${part('strict/x.yaml')}`, { content: 'b: 1\n' })).status).toBe(422)
    expect((await call('DELETE', '/v1/config/schema?scope=strict%2F')).body).toEqual({ deleted: true })
    expect((await call('GET', '/v1/config/schema?scope=strict%2F')).status).toBe(404)
  })
})

describe('many documents', () => {
  it('are exported, previewed and imported', async () => {
    await call('PUT', `/v1/config/documents/${part('shop/a.yaml')}`, { content: 'a: 1\n' })
    await call('PUT', `/v1/config/documents/${part('shop/b.yaml')}`, { content: 'b: 1\n' })
    const exported = (await call('GET', '/v1/config/export?prefix=shop%2F')).body as {
      documents: Record<string, { content: string }>
    }
    expect(Object.keys(exported.documents)).toEqual(['shop/a.yaml', 'shop/b.yaml'])
    const documents = { 'shop/a.yaml': { content: 'a: 2\n' } }
    const body = { documents, prefix: 'shop/', deleteOthers: true }
    expect((await call('POST', '/v1/config/import', { ...body, dryRun: true })).body).toMatchObject({
      preview: { documents: expect.arrayContaining([expect.objectContaining({ path: 'shop/b.yaml' })]) },
    })
    expect((await call('POST', '/v1/config/import', body)).body).toMatchObject({
      releases: [{ path: 'shop/a.yaml' }, { path: 'shop/b.yaml' }],
      unchanged: 0,
    })
    expect((await call('POST', '/v1/config/import', { documents })).body).toMatchObject({ releases: [], unchanged: 1 })
    expect((await call('POST', '/v1/config/import', { documents: { '../x': { content: '' } } })).status).toBe(400)
  })

  it('come from what other systems exported, and it is said what was left out', async () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const exported = [
      { key: 'config/old/a.yaml', flags: 0, value: base64('a: 1\n') },
      { key: 'config/old/', flags: 0, value: '' },
      { key: 'config/old/b.yaml', flags: 0, value: '?' },
    ]
    const content = base64(JSON.stringify(exported))
    const source = { kind: 'consul', content, strip: 'config/', under: 'moved/' }
    const send = (body: object) => call('POST', '/v1/config/import', body)
    const skipped = [{ name: 'config/old/', harmless: true }, { name: 'config/old/b.yaml' }]
    expect((await send({ source, dryRun: true })).body).toMatchObject({
      preview: { documents: [{ path: 'moved/old/a.yaml' }] },
      skipped,
    })
    expect((await send({ source, prefix: 'moved/', deleteOthers: true })).body).toMatchObject({ status: 412 })
    expect((await send({ source })).body).toMatchObject({ releases: [{ path: 'moved/old/a.yaml' }], skipped })
    const env = { kind: 'env', content: base64('DB__HOST=db\n'), path: 'moved/env.yaml', separator: '__' }
    expect((await send({ source: env })).body).toMatchObject({ releases: [{ path: 'moved/env.yaml' }], skipped: [] })
    for (const body of [
      {},
      { source, documents: {} },
      { source: { ...source, content: '!' } },
      { source: { kind: 'nacos', content } },
      { source: { kind: 'apollo', content } },
      { source: { ...source, content: base64('{}') } },
      { source: { kind: 'env', content } },
    ])
      expect([body, (await send(body)).status]).toEqual([body, 400])
  })
})
